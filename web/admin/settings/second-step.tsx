import { Button, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SessionBody } from "../../../src/http/contract/sign-in.ts";
import { CodeInput } from "../layout/code-input.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { type Signed, signWithPasskey } from "../passkey.ts";

interface SecondStep {
  /** What goes out beside the password. */
  readonly body: { readonly code?: string; readonly passkey?: Signed };
  fields(error: string | undefined): ReactNode;
  /** Sends it; a passkey's signature is good once. */
  spend<T>(send: () => Promise<T>): Promise<T>;
}

/** The second factor of whoever has one, beside the password: a code, or a passkey. */
export function useSecondStep({ hasSecondFactor, hasPasskeys }: NonNullable<SessionBody["user"]>): SecondStep {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const [passkey, setPasskey] = useState<Signed>();
  const show = useMutation({ mutationFn: signWithPasskey, onSuccess: setPasskey });
  const shown = passkey === undefined ? { code } : { passkey };
  return {
    body: hasSecondFactor ? shown : {},
    fields: (error) => {
      if (!hasSecondFactor) return null;
      if (passkey !== undefined) return <Text size="sm">{t("passkey.shown")}</Text>;
      return (
        <>
          <CodeInput
            label={t("secondFactor.code")}
            description={t("secondFactor.codeHint")}
            value={code}
            error={error}
            onChange={setCode}
          />
          {hasPasskeys ? (
            <Group>
              <Button size="compact-sm" variant="default" loading={show.isPending} onClick={() => show.mutate()}>
                {t("passkey.instead")}
              </Button>
            </Group>
          ) : null}
          {show.error === null ? null : <ErrorNotice error={show.error} />}
        </>
      );
    },
    async spend(send) {
      try {
        return await send();
      } finally {
        setPasskey(undefined);
      }
    },
  };
}
