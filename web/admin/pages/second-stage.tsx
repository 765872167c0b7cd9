import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SecondFactorNeeded } from "../../../src/http/contract/sign-in.ts";
import { useForm } from "../layout/form.tsx";
import { FrontPage } from "../layout/front-page.tsx";
import { RatherCode, SecondCode, useSecondWay } from "../layout/second-way.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { ByPasskey } from "./by-passkey.tsx";

/** After the right password: what the account has beside it. */
export function SecondStage({
  has,
  onCode,
  onSignedIn,
  onBack,
}: {
  readonly has: SecondFactorNeeded;
  readonly onCode: (code: string) => Promise<void>;
  readonly onSignedIn: (() => Promise<void>) | undefined;
  readonly onBack: () => void;
}) {
  const { t } = useTranslation();
  const { takesPasskey, takesCode, wantCode } = useSecondWay(has);
  const [code, setCode] = useState("");
  const form = useForm(["code"], () => onCode(code), { "session.wrong_code": "code" });
  const lead = takesPasskey
    ? "secondFactor.stageLeadPasskey"
    : has.hasAuthenticator
      ? "secondFactor.stageLead"
      : "secondFactor.stageLeadRecovery";
  return (
    <FrontPage title={t("secondFactor.stage")} lead={t(lead)}>
      <form onSubmit={form.onSubmit}>
        <Stack>
          {form.error === undefined ? null : <ErrorNotice error={form.error} />}
          {takesPasskey ? <ByPasskey isFirst={!takesCode} onSignedIn={onSignedIn} /> : null}
          {takesCode ? (
            <>
              <SecondCode has={has} autoFocus value={code} error={form.fieldErrors.code} onChange={setCode} />
              <Button type="submit" loading={form.isBusy}>
                {t("signIn.submit")}
              </Button>
            </>
          ) : (
            <RatherCode has={has} onClick={wantCode} />
          )}
          <Button variant="subtle" color="gray" size="compact-sm" onClick={onBack}>
            {t("secondFactor.toPassword")}
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
