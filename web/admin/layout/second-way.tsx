import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SecondFactorNeeded } from "../../../src/http/contract/sign-in.ts";
import { hasPasskeys } from "../passkey.ts";
import { useSession } from "../session.ts";
import { CodeInput } from "./code-input.tsx";

/** How somebody shows the second factor that their account has: by a passkey where there is one and this browser does passkeys, else, or where they would rather, by a code. */
export function useSecondWay(has: SecondFactorNeeded) {
  const isPossible = useSession()?.passkeys === true;
  const [wantsCode, setWantsCode] = useState(false);
  const takesPasskey = has.hasPasskeys && isPossible && hasPasskeys();
  return { takesPasskey, takesCode: wantsCode || !takesPasskey, wantCode: () => setWantsCode(true) };
}

/** Of the authenticator, where there is one, or a recovery code. */
export function SecondCode({
  has: { hasAuthenticator },
  ...input
}: {
  readonly has: SecondFactorNeeded;
  readonly value: string;
  readonly error: string | undefined;
  readonly autoFocus?: boolean;
  readonly onChange: (code: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <CodeInput
      label={t(hasAuthenticator ? "secondFactor.code" : "secondFactor.recoveryCode")}
      description={t(hasAuthenticator ? "secondFactor.codeHint" : "secondFactor.recoveryHint")}
      {...input}
    />
  );
}

/** For whoever has not the passkey at hand. */
export function RatherCode({
  has: { hasAuthenticator },
  onClick,
}: {
  readonly has: SecondFactorNeeded;
  readonly onClick: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Button variant="subtle" size="compact-sm" onClick={onClick}>
      {t(hasAuthenticator ? "secondFactor.byCode" : "secondFactor.byRecoveryCode")}
    </Button>
  );
}
