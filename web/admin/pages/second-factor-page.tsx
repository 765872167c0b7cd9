import { Anchor } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { FrontPage } from "../layout/front-page.tsx";
import { SecondFactor } from "../settings/second-factor.tsx";

/** Where whoever has no second factor lands whose workspace wants one. */
export function SecondFactorPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { to } = useSearch({ from: "/second-factor" });
  return (
    <FrontPage title={t("secondFactor.needed")} lead={t("secondFactor.neededLead")}>
      <SecondFactor onSetUp={() => void navigate({ to: to ?? "/", replace: true })} />
      <Anchor component={Link} to="/sign-in" size="sm">
        {t("secondFactor.otherAccount")}
      </Anchor>
    </FrontPage>
  );
}
