import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../api.ts";
import { useForm } from "../layout/form.tsx";
import { FrontPage } from "../layout/front-page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { renewSession } from "../session.ts";

/** The first visit: whoever sees the server's terminal makes the first user. */
export function SetupPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [values, setValues] = useState({ code: "", name: "", email: "", password: "" });
  const form = useForm(["code", "name", "email", "password"], async () => {
    await call("POST", "/auth/setup", { body: values });
    await renewSession(client);
    await navigate({ to: "/", replace: true });
  });
  const bind = (key: keyof typeof values) => ({
    value: values[key],
    error: form.fieldErrors[key],
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
      const { value } = currentTarget;
      setValues((old) => ({ ...old, [key]: value }));
    },
  });
  return (
    <FrontPage title={t("setup.title")} lead={t("setup.lead")}>
      <form onSubmit={form.onSubmit}>
        <Stack>
          {form.error === undefined ? null : <ErrorNotice error={form.error} />}
          <TextInput
            label={t("setup.code")}
            description={t("setup.codeHint")}
            placeholder="XXXX-XXXX-XXXX"
            autoComplete="off"
            required
            autoFocus
            {...bind("code")}
          />
          <TextInput label={t("field.yourName")} autoComplete="name" {...bind("name")} />
          <TextInput label={t("field.email")} type="email" autoComplete="username" required {...bind("email")} />
          <PasswordInput
            label={t("field.password")}
            description={t("field.passwordHint")}
            autoComplete="new-password"
            required
            {...bind("password")}
          />
          <Button type="submit" loading={form.isBusy}>
            {t("setup.submit")}
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
