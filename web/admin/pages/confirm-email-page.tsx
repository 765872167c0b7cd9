import { Button, Skeleton, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { emailChangeShownSchema } from "../../../src/http/contract/sign-in.ts";
import { ApiError, call } from "../api.ts";
import { FrontPage } from "../layout/front-page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { renewSession, useSession } from "../session.ts";
import { SignIn } from "./sign-in-page.tsx";

type Shown = z.infer<typeof emailChangeShownSchema>;

/** What the link of the mail opens. The token stands behind `#`, which browsers tell no server; it goes out in the body alone. */
export function ConfirmEmailPage() {
  const { t } = useTranslation();
  const token = useLocation({ select: ({ hash }) => hash });
  const session = useSession();
  const [changedTo, setChangedTo] = useState<string>();
  const { data, error, refetch } = useQuery({
    queryKey: ["email-change", token, session?.user?.id],
    queryFn: () => call<Shown>("POST", "/auth/email-change/look", { body: { token } }),
    enabled: token !== "" && session !== undefined && changedTo === undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (changedTo !== undefined) {
    return (
      <FrontPage title={t("emailChange.isChanged")} lead={t("emailChange.isChangedLead", { email: changedTo })}>
        <Button component={Link} to="/" replace>
          {t("emailChange.goOn")}
        </Button>
      </FrontPage>
    );
  }
  if (token === "" || isOver(error)) return <Over isWhole={token !== ""} />;
  if (data === undefined || session === undefined) {
    return (
      <FrontPage title={t("emailChange.confirm")} lead="">
        {error === null ? <Skeleton h={60} /> : <ErrorNotice error={error} onRetry={() => void refetch()} />}
      </FrontPage>
    );
  }
  const { user } = session;
  const { email } = data;
  if (user === null) {
    return <SignIn title={t("emailChange.confirm")} lead={t("emailChange.signInFirst", { email })} />;
  }
  if (!data.isYours) return <OtherAccount email={user.email} />;
  return (
    <FrontPage title={t("emailChange.confirm")} lead={t("emailChange.confirmLead", { email, old: user.email })}>
      <Use token={token} onUsed={() => setChangedTo(email)} />
    </FrontPage>
  );
}

const isOver = (error: unknown) => error instanceof ApiError && error.code === "email_change.not_found";

/** It was used, replaced or is too old; or the mail program cut it off. */
function Over({ isWhole }: { readonly isWhole: boolean }) {
  const { t } = useTranslation();
  return (
    <FrontPage title={t("emailChange.over")} lead={t(isWhole ? "emailChange.overLead" : "emailChange.noLink")}>
      <Button component={Link} to="/">
        {t("emailChange.goOn")}
      </Button>
    </FrontPage>
  );
}

function OtherAccount({ email }: { readonly email: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: async () => {
      await call("DELETE", "/auth/session");
      await renewSession(client);
    },
  });
  return (
    <FrontPage title={t("emailChange.confirm")} lead={t("emailChange.otherAccount", { email })}>
      {signOut.error === null ? null : <ErrorNotice error={signOut.error} />}
      <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
        {t("emailChange.otherSignIn")}
      </Button>
    </FrontPage>
  );
}

/** A program that opens links to look at them presses no button. */
function Use({ token, onUsed }: { readonly token: string; readonly onUsed: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const use = useMutation({
    mutationFn: async () => {
      await call("POST", "/auth/email-change/use", { body: { token } });
      onUsed();
      await renewSession(client);
    },
  });
  return (
    <Stack>
      {use.error === null ? null : <ErrorNotice error={use.error} />}
      <Button loading={use.isPending} onClick={() => use.mutate()}>
        {t("emailChange.use")}
      </Button>
    </Stack>
  );
}
