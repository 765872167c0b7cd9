import { Button, PasswordInput, Skeleton, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { resetShownSchema } from "../../../src/http/contract/sign-in.ts";
import { ApiError, call } from "../api.ts";
import { useForm } from "../layout/form.tsx";
import { FrontPage } from "../layout/front-page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { renewSession } from "../session.ts";

type Shown = z.infer<typeof resetShownSchema>;

/** What the link of the mail opens. The token stands behind `#`, which browsers tell no server; it goes out in the body alone. */
export function NewPasswordPage() {
  const { t } = useTranslation();
  const token = useLocation({ select: ({ hash }) => hash });
  const [isSet, setSet] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ["password-reset", token],
    queryFn: () => call<Shown>("POST", "/auth/password-reset/look", { body: { token } }),
    enabled: token !== "" && !isSet,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (isSet) {
    return (
      <FrontPage title={t("passwordReset.isSet")} lead={t("passwordReset.isSetLead")}>
        <Button component={Link} to="/sign-in" replace>
          {t("signIn.submit")}
        </Button>
      </FrontPage>
    );
  }
  if (token === "" || isOver(error)) return <Over isWhole={token !== ""} />;
  return (
    <FrontPage
      title={t("passwordReset.choose")}
      lead={data === undefined ? "" : t("passwordReset.chooseLead", { email: data.email })}
    >
      {error === null ? null : <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null && <Skeleton h={120} />
      ) : (
        <Choose token={token} email={data.email} onSet={() => setSet(true)} />
      )}
    </FrontPage>
  );
}

const isOver = (error: unknown) => error instanceof ApiError && error.code === "password_reset.not_found";

/** It was used, replaced or is too old; or the mail program cut it off. */
function Over({ isWhole }: { readonly isWhole: boolean }) {
  const { t } = useTranslation();
  return (
    <FrontPage title={t("passwordReset.over")} lead={t(isWhole ? "passwordReset.overLead" : "passwordReset.noLink")}>
      <Button component={Link} to="/forgotten-password">
        {t("passwordReset.newLink")}
      </Button>
    </FrontPage>
  );
}

function Choose({
  token,
  email,
  onSet,
}: {
  readonly token: string;
  readonly email: string;
  readonly onSet: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [password, setPassword] = useState("");
  const [lost, setLost] = useState<unknown>(null);
  const form = useForm(["password"], async () => {
    try {
      await call("POST", "/auth/password-reset/use", { body: { token, password } });
    } catch (thrown) {
      if (!isOver(thrown)) throw thrown;
      setLost(thrown);
      return;
    }
    // Whoever was signed in on this browser is out too.
    onSet();
    await renewSession(client);
  });
  if (lost !== null) {
    return (
      <Stack>
        <ErrorNotice error={lost} />
        <Button component={Link} to="/forgotten-password">
          {t("passwordReset.newLink")}
        </Button>
      </Stack>
    );
  }
  return (
    <form onSubmit={form.onSubmit}>
      <Stack>
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        {/* Tells password managers whose password this is. */}
        <input type="text" autoComplete="username" value={email} readOnly hidden />
        <PasswordInput
          label={t("passwordReset.next")}
          description={t("field.passwordHint")}
          autoComplete="new-password"
          required
          autoFocus
          value={password}
          error={form.fieldErrors.password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={form.isBusy}>
          {t("passwordReset.set")}
        </Button>
      </Stack>
    </form>
  );
}
