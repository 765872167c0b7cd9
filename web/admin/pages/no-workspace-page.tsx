import { Button, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { call } from "../api.ts";
import { FrontPage } from "../layout/front-page.tsx";
import { renewSession, useSession } from "../session.ts";
import { DeleteAccount } from "../settings/delete-account.tsx";

/** Where somebody lands who has an account and belongs nowhere: the workspace was deleted, or they were taken out of it. */
export function NoWorkspacePage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const email = useSession()?.user?.email;
  const signOut = async () => {
    await call("DELETE", "/auth/session");
    await renewSession(client);
    await navigate({ to: "/sign-in", search: {} });
  };
  return (
    <FrontPage title={t("deletion.nowhere")} lead={t("deletion.nowhereLead", { email: email ?? "" })}>
      <Stack align="stretch">
        <Button onClick={() => void signOut()}>{t("nav.signOut")}</Button>
        {email === undefined ? null : <DeleteAccount email={email} />}
      </Stack>
    </FrontPage>
  );
}
