import { Anchor, Button, PasswordInput, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { invitationShownSchema } from "../../../src/http/contract/sign-in.ts";
import { call } from "../api.ts";
import { useForm } from "../layout/form.tsx";
import { FrontPage } from "../layout/front-page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { renewSession, useSession } from "../session.ts";

type Invitation = z.infer<typeof invitationShownSchema>;

export function InvitationPage() {
  const { t } = useTranslation();
  const { secret } = useParams({ from: "/invitation/$secret" });
  const { data, error } = useQuery({
    queryKey: ["invitation", secret],
    queryFn: () => call<Invitation>("GET", `/auth/invitations/${encodeURIComponent(secret)}`),
  });
  const title = data === undefined ? t("invitation.title") : t("invitation.into", { workspace: data.workspace });
  return (
    <FrontPage title={title} lead={data === undefined ? "" : t("invitation.lead", { email: data.email })}>
      {error === null ? null : <ErrorNotice error={error} />}
      {data === undefined ? error === null && <Skeleton h={120} /> : <Accept secret={secret} invitation={data} />}
    </FrontPage>
  );
}

function Accept({ secret, invitation }: { readonly secret: string; readonly invitation: Invitation }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const session = useSession();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const form = useForm(["name", "password"], async () => {
    const body = invitation.isKnown ? {} : { name, password };
    await call("POST", `/auth/invitations/${encodeURIComponent(secret)}`, { body });
    await renewSession(client);
    await navigate({ to: "/", replace: true });
  });
  const isSelf = session?.user?.email.toLowerCase() === invitation.email.toLowerCase();
  if (invitation.isKnown && !isSelf) {
    const to = `/sign-in?to=${encodeURIComponent(`/invitation/${secret}`)}`;
    return (
      <Text size="sm">
        {t("invitation.known")} <Anchor href={to}>{t("signIn.submit")}</Anchor>
      </Text>
    );
  }
  return (
    <form onSubmit={form.onSubmit}>
      <Stack>
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        {invitation.isKnown ? null : (
          <>
            <TextInput
              label={t("field.yourName")}
              autoComplete="name"
              value={name}
              error={form.fieldErrors.name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <PasswordInput
              label={t("field.password")}
              description={t("field.passwordHint")}
              autoComplete="new-password"
              required
              value={password}
              error={form.fieldErrors.password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          </>
        )}
        <Button type="submit" loading={form.isBusy}>
          {t("invitation.accept")}
        </Button>
      </Stack>
    </form>
  );
}
