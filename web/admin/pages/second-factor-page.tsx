import { Anchor, Stack, Title } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { FrontPage } from "../layout/front-page.tsx";
import { useSession } from "../session.ts";
import { Passkeys } from "../settings/passkeys.tsx";
import { SecondFactor } from "../settings/second-factor.tsx";

/** Where whoever has no second factor lands whose workspace wants one. */
export function SecondFactorPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { to } = useSearch({ from: "/second-factor" });
  const session = useSession();
  const user = session?.user;
  const goOn = () => void navigate({ to: to ?? "/", replace: true });
  return (
    <FrontPage title={t("secondFactor.needed")} lead={t("secondFactor.neededLead")}>
      <SecondFactor onSetUp={goOn} />
      {user != null && session?.passkeys === true ? (
        <Stack>
          <Title order={2} size="h5">
            {t("passkey.title")}
          </Title>
          <Passkeys user={user} onAdded={goOn} />
        </Stack>
      ) : null}
      <Anchor component={Link} to="/sign-in" size="sm">
        {t("secondFactor.otherAccount")}
      </Anchor>
    </FrontPage>
  );
}
