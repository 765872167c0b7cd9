import { Anchor, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api.ts";
import { useForm } from "../layout/form.tsx";
import { FrontPage } from "../layout/front-page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { useSession } from "../session.ts";

/** Where whoever has forgotten their password asks for a link. What it says is the same whether or not there is such an account. */
export function ForgottenPasswordPage() {
  const { t } = useTranslation();
  const session = useSession();
  const [email, setEmail] = useState("");
  const [sentTo, setSentTo] = useState<string>();
  const form = useForm(["email"], async () => {
    await call("POST", "/auth/password-reset", { body: { email } });
    setSentTo(email.trim());
  });
  if (session?.mailsAccounts === false) {
    return (
      <FrontPage title={t("passwordReset.title")} lead={t("passwordReset.byCommand")}>
        <BackToSignIn />
      </FrontPage>
    );
  }
  if (sentTo !== undefined) {
    return (
      <FrontPage title={t("passwordReset.title")} lead={t("passwordReset.sent", { email: sentTo })}>
        <Stack role="status">
          <Text size="sm">{t("passwordReset.notThere")}</Text>
          <Group justify="space-between">
            <BackToSignIn />
            <Button variant="default" onClick={() => setSentTo(undefined)}>
              {t("passwordReset.again")}
            </Button>
          </Group>
        </Stack>
      </FrontPage>
    );
  }
  return (
    <FrontPage title={t("passwordReset.title")} lead={t("passwordReset.lead")}>
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
          <Button type="submit" loading={form.isBusy}>
            {t("passwordReset.send")}
          </Button>
          <BackToSignIn />
        </Stack>
      </form>
    </FrontPage>
  );
}

function BackToSignIn() {
  const { t } = useTranslation();
  return (
    <Anchor component={Link} to="/sign-in" size="sm">
      {t("passwordReset.back")}
    </Anchor>
  );
}
