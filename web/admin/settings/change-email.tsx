import { Alert, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type {
  emailChangeMadeSchema,
  emailChangeWaitingSchema,
  SessionBody,
} from "../../../src/http/contract/sign-in.ts";
import { call } from "../api.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { renewSession, useSession } from "../session.ts";
import { timeFormat } from "../words/times.ts";
import { useSecondStep } from "./second-step.tsx";

type Made = z.infer<typeof emailChangeMadeSchema>;
type Waiting = z.infer<typeof emailChangeWaitingSchema>;
type User = NonNullable<SessionBody["user"]>;
/** Whose link was opened, in another tab or on another device, waits for nothing more. */
const keyOf = ({ email }: User) => ["email-change", email];

/** The e-mail that one signs in with. */
export function ChangeEmail({ user }: { readonly user: User }) {
  const { t } = useTranslation();
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm" className="breakable">
        {t("emailChange.about", { email: user.email })}
      </Text>
      <WaitsFor user={user} />
      <Button variant="default" onClick={open}>
        {t("emailChange.change")}
      </Button>
      {isOpen ? <Change user={user} onClose={close} /> : null}
    </Stack>
  );
}

function WaitsFor({ user }: { readonly user: User }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: keyOf(user),
    queryFn: () => call<Waiting>("GET", "/auth/email-change"),
  });
  const withdraw = useMutation({
    mutationFn: () => call("DELETE", "/auth/email-change"),
    onSettled: () => client.invalidateQueries({ queryKey: keyOf(user) }),
  });
  if (leavesNothing(error, data)) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data?.waiting == null) return null;
  const { email, until } = data.waiting;
  const time = timeFormat({ timeStyle: "short" }).format(new Date(until));
  return (
    <Alert title={t("emailChange.waiting", { email })} maw={560} role="status" className="breakable">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t("emailChange.waitingText", { until: time })}</Text>
        {withdraw.error === null ? null : <ErrorNotice error={withdraw.error} />}
        <Button size="compact-sm" variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
          {t("emailChange.withdraw")}
        </Button>
      </Stack>
    </Alert>
  );
}

const fieldOfCode = {
  "session.wrong_password": "current",
  "session.wrong_code": "code",
  "session.second_factor_needed": "code",
  "user.email_taken": "email",
};

function Change({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const mailsAccounts = useSession()?.mailsAccounts === true;
  const [email, setEmail] = useState("");
  const [current, setCurrent] = useState("");
  const step = useSecondStep(user);
  const send = async () => {
    const body = { email, current, ...step.body };
    const { isChanged } = await step.spend(() => call<Made>("POST", "/auth/email-change", { body }));
    if (isChanged) {
      await renewSession(client);
      notifications.show({ message: t("emailChange.changed", { email: email.trim() }) });
    } else await client.invalidateQueries({ queryKey: keyOf(user) });
    onClose();
  };
  const form = useForm(["email", "current", "code"], send, fieldOfCode);
  return (
    <Dialog title={t("emailChange.change")} onClose={onClose}>
      <DialogForm form={form} submit={t(mailsAccounts ? "emailChange.send" : "emailChange.change")}>
        <TextInput
          label={t("emailChange.next")}
          description={t(mailsAccounts ? "emailChange.byMail" : "emailChange.atOnce")}
          type="email"
          autoComplete="email"
          required
          data-autofocus
          value={email}
          error={form.fieldErrors.email}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        />
        <PasswordInput
          label={t("account.current")}
          autoComplete="current-password"
          required
          value={current}
          error={form.fieldErrors.current}
          onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
        />
        {step.fields(form.fieldErrors.code)}
      </DialogForm>
    </Dialog>
  );
}
