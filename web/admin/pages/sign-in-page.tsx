import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, call } from "../api.ts";
import { CodeInput } from "../layout/code-input.tsx";
import { useForm } from "../layout/form.tsx";
import { FrontPage } from "../layout/front-page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { hasPasskeys, signWithPasskey } from "../passkey.ts";
import { renewSession, useSession } from "../session.ts";

export function SignInPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { to } = useSearch({ from: "/sign-in" });
  const goOn = async () => await navigate({ to: to ?? "/", replace: true });
  return <SignIn title={t("signIn.title")} lead={t("signIn.lead")} onSignedIn={goOn} />;
}

/** Where somebody signs in, and is asked for the second factor where they have one. Without `onSignedIn`, the page around goes on by itself. */
export function SignIn({
  title,
  lead,
  onSignedIn,
}: {
  readonly title: string;
  readonly lead: string;
  readonly onSignedIn?: () => Promise<void>;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [isAskedForCode, setAskedForCode] = useState(false);
  const send = async () => {
    try {
      await call("POST", "/auth/session", { body: { email, password, ...(isAskedForCode ? { code } : {}) } });
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.code !== "session.second_factor_needed") throw thrown;
      setAskedForCode(true);
      return;
    }
    await renewSession(client);
    await onSignedIn?.();
  };
  const form = useForm(["email", "password", "code"], send, { "session.wrong_code": "code" });
  if (isAskedForCode) {
    return (
      <FrontPage title={t("secondFactor.stage")} lead={t("secondFactor.stageLead")}>
        <form key="code" onSubmit={form.onSubmit}>
          <Stack>
            {form.error === undefined ? null : <ErrorNotice error={form.error} />}
            <CodeInput
              label={t("secondFactor.code")}
              description={t("secondFactor.codeHint")}
              autoFocus
              value={code}
              error={form.fieldErrors.code}
              onChange={setCode}
            />
            <Button type="submit" loading={form.isBusy}>
              {t("signIn.submit")}
            </Button>
            <ByPasskey onSignedIn={onSignedIn} />
          </Stack>
        </form>
      </FrontPage>
    );
  }
  return (
    <FrontPage title={title} lead={lead}>
      <form onSubmit={form.onSubmit}>
        <Stack>
          {form.error === undefined ? null : <ErrorNotice error={form.error} />}
          <TextInput
            label={t("field.email")}
            type="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            error={form.fieldErrors.email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("field.password")}
            autoComplete="current-password"
            required
            value={password}
            error={form.fieldErrors.password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={form.isBusy}>
            {t("signIn.submit")}
          </Button>
          <ByPasskey onSignedIn={onSignedIn} />
          <Forgotten />
          <Text size="xs" c="dimmed">
            {t("signIn.noAccount")}
          </Text>
        </Stack>
      </form>
    </FrontPage>
  );
}

/** In the place of all that: a passkey says who it is, and is both factors. */
function ByPasskey({ onSignedIn }: { readonly onSignedIn: (() => Promise<void>) | undefined }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const session = useSession();
  const signIn = useMutation({
    mutationFn: async () => {
      await call("POST", "/auth/passkeys/session", { body: { passkey: await signWithPasskey() } });
      await renewSession(client);
      await onSignedIn?.();
    },
  });
  if (session?.passkeys !== true || !hasPasskeys()) return null;
  return (
    <>
      {signIn.error === null ? null : <ErrorNotice error={signIn.error} />}
      <Button variant="default" loading={signIn.isPending} onClick={() => signIn.mutate()}>
        {t("passkey.signIn")}
      </Button>
    </>
  );
}

function Forgotten() {
  const { t } = useTranslation();
  const session = useSession();
  if (session === undefined) return null;
  if (!session.mailsAccounts) {
    return (
      <Text size="xs" c="dimmed">
        {t("passwordReset.byCommand")}
      </Text>
    );
  }
  return (
    <Anchor component={Link} to="/forgotten-password" size="sm">
      {t("passwordReset.link")}
    </Anchor>
  );
}
