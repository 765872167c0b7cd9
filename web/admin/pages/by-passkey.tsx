import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { call } from "../api.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { hasPasskeys, signWithPasskey } from "../passkey.ts";
import { renewSession, useSession } from "../session.ts";

/** In the place of e-mail, password and code: a passkey says who it is, and is both factors. */
export function ByPasskey({
  onSignedIn,
  isFirst = false,
}: {
  readonly onSignedIn: (() => Promise<void>) | undefined;
  /** It is what is meant to be pressed. */
  readonly isFirst?: boolean;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const session = useSession();
  const signIn = useMutation({
    mutationFn: async () => {
      await call("POST", "/auth/passkeys/session", { body: { passkey: await signWithPasskey() } });
      await renewSession(client);
      await onSignedIn?.();
    },
  });
  if (session?.passkeys !== true || !hasPasskeys()) return null;
  return (
    <>
      {signIn.error === null ? null : <ErrorNotice error={signIn.error} />}
      <Button
        variant={isFirst ? "filled" : "default"}
        autoFocus={isFirst}
        loading={signIn.isPending}
        onClick={() => signIn.mutate()}
      >
        {t("passkey.signIn")}
      </Button>
    </>
  );
}
