import { Button, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SessionBody } from "../../../src/http/contract/sign-in.ts";
import { RatherCode, SecondCode, useSecondWay } from "../layout/second-way.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { type Signed, signWithPasskey } from "../passkey.ts";

interface SecondStep {
  /** What goes out beside the password. */
  readonly body: { readonly code?: string; readonly passkey?: Signed };
  fields(error: string | undefined): ReactNode;
  /** Sends it; a passkey's signature is good once. */
  spend<T>(send: () => Promise<T>): Promise<T>;
}

/** The second factor of whoever has one, beside the password: a passkey, or a code. */
export function useSecondStep(user: NonNullable<SessionBody["user"]>): SecondStep {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const [passkey, setPasskey] = useState<Signed>();
  const show = useMutation({ mutationFn: signWithPasskey, onSuccess: setPasskey });
  const { takesPasskey, takesCode, wantCode } = useSecondWay(user);
  const shown = passkey === undefined ? { code } : { passkey };
  return {
    body: user.hasSecondFactor ? shown : {},
    fields: (error) => {
      if (!user.hasSecondFactor) return null;
      if (passkey !== undefined) return <Text size="sm">{t("passkey.shown")}</Text>;
      return (
        <>
          {takesCode ? <SecondCode has={user} value={code} error={error} onChange={setCode} /> : null}
          {takesPasskey ? (
            <Group gap="xs">
              <Button variant="default" loading={show.isPending} onClick={() => show.mutate()}>
                {t(takesCode ? "passkey.instead" : "passkey.show")}
              </Button>
              {takesCode ? null : <RatherCode has={user} onClick={wantCode} />}
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
