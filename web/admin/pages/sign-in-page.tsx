import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SecondFactorNeeded } from "../../../src/http/contract/sign-in.ts";
import { ApiError, call } from "../api.ts";
import { useForm } from "../layout/form.tsx";
import { FrontPage } from "../layout/front-page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { renewSession, useSession } from "../session.ts";
import { ByPasskey } from "./by-passkey.tsx";
import { SecondStage } from "./second-stage.tsx";

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
  const [needed, setNeeded] = useState<SecondFactorNeeded>();
  const send = async (code?: string) => {
    await call("POST", "/auth/session", { body: { email, password, ...(code === undefined ? {} : { code }) } });
    await renewSession(client);
    await onSignedIn?.();
  };
  const begin = async () => {
    try {
      await send();
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.code !== "session.second_factor_needed") throw thrown;
      setNeeded(readNeeded(thrown.data));
    }
  };
  const form = useForm(["email", "password"], begin);
  if (needed !== undefined) {
    return <SecondStage has={needed} onCode={send} onSignedIn={onSignedIn} onBack={() => setNeeded(undefined)} />;
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

/** A server of an older version does not say what the account has. */
function readNeeded(data: unknown): SecondFactorNeeded {
  return { hasAuthenticator: true, hasPasskeys: true, ...(data as Partial<SecondFactorNeeded> | undefined) };
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
