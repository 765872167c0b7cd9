import { Button, Group, Image, PasswordInput, Skeleton, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type {
  recoveryCodesSchema,
  SecondFactorBody,
  SessionBody,
  secondFactorBegunSchema,
} from "../../../src/http/contract/sign-in.ts";
import { call } from "../api.ts";
import { CodeInput } from "../layout/code-input.tsx";
import { CopyField } from "../layout/copy-field.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { Moment } from "../layout/moment.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { renewSession, useSession } from "../session.ts";
import { useSecondStep } from "./second-step.tsx";

type Begun = z.infer<typeof secondFactorBegunSchema>;
type Codes = z.infer<typeof recoveryCodesSchema>;
type User = NonNullable<SessionBody["user"]>;
const key = ["second-factor"];

/** Setting up what one signs in with beside the password, and turning it off. */
export function SecondFactor({ onSetUp }: { readonly onSetUp?: () => void }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => call<SecondFactorBody>("GET", "/auth/second-factor"),
  });
  const user = useSession()?.user;
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined || user == null) return <Skeleton h={60} />;
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={560}>
        {t("secondFactor.text")}
      </Text>
      {data.isOn ? <TurnedOn since={data.since} user={user} /> : <SetUp user={user} onSetUp={onSetUp} />}
      {user.hasSecondFactor ? <CodesLeft count={data.recoveryCodesLeft} user={user} /> : null}
    </Stack>
  );
}

function TurnedOn({ since, user }: { readonly since: string | null; readonly user: User }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm" fw={600}>
        {t("secondFactor.isOn")} {since === null ? null : <Moment at={since} />}
      </Text>
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
        {t("secondFactor.turnOff")}
      </Button>
      {isAsking ? <TurnOff user={user} onClose={() => setAsking(false)} /> : null}
    </Stack>
  );
}

/** For the day when the telephone, or the device with the passkey, is lost. */
function CodesLeft({ count, user }: { readonly count: number; readonly user: User }) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  return (
    <Group>
      <Text size="sm">{t("secondFactor.codesLeft", { count })}</Text>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t("secondFactor.newCodes")}
      </Button>
      {isAsking ? <NewCodes user={user} onClose={() => setAsking(false)} /> : null}
    </Group>
  );
}

/** Password, authenticator, recovery codes: one after the other, in place. */
function SetUp({ user, onSetUp }: { readonly user: User; readonly onSetUp: (() => void) | undefined }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [begun, setBegun] = useState<Begun | undefined>(undefined);
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  const finish = async () => {
    await client.invalidateQueries({ queryKey: key });
    await renewSession(client);
    onSetUp?.();
  };
  if (codes !== undefined) {
    return (
      <Stack maw={420}>
        <RecoveryCodes codes={codes} />
        <Group>
          <Button onClick={() => void finish()}>{t("secondFactor.kept")}</Button>
        </Group>
      </Stack>
    );
  }
  if (begun !== undefined) return <Confirm begun={begun} onCodes={setCodes} />;
  return <Begin user={user} onBegun={setBegun} />;
}

function Begin({ user, onBegun }: { readonly user: User; readonly onBegun: (begun: Begun) => void }) {
  const { t } = useTranslation();
  const { body, fields, spend } = useProof(user);
  const send = async () => onBegun(await spend(() => call<Begun>("POST", "/auth/second-factor", { body })));
  const form = useForm(["current", "code"], send, proofCodes);
  return (
    <form onSubmit={form.onSubmit}>
      <Stack maw={360}>
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        {fields(form.fieldErrors)}
        <Group>
          <Button type="submit" loading={form.isBusy} variant="default">
            {t("secondFactor.setUp")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Confirm({ begun, onCodes }: { readonly begun: Begun; readonly onCodes: (codes: readonly string[]) => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const form = useForm(
    ["code"],
    async () => onCodes((await call<Codes>("POST", "/auth/second-factor/confirm", { body: { code } })).recoveryCodes),
    { "session.wrong_code": "code" },
  );
  return (
    <form onSubmit={form.onSubmit}>
      <Stack maw={420}>
        <Text size="sm">{t("secondFactor.scan")}</Text>
        <Image
          src={`data:image/svg+xml;utf8,${encodeURIComponent(begun.qrSvg)}`}
          alt={t("secondFactor.qr")}
          w={180}
          h={180}
          bg="white"
          p={4}
          radius="sm"
        />
        <CopyField label={t("secondFactor.secret")} value={begun.secret} />
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        <CodeInput
          label={t("secondFactor.code")}
          description={t("secondFactor.confirmHint")}
          value={code}
          error={form.fieldErrors.code}
          onChange={setCode}
        />
        <Group>
          <Button type="submit" loading={form.isBusy}>
            {t("secondFactor.turnOn")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function RecoveryCodes({ codes }: { readonly codes: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status">
      <CopyField
        label={t("secondFactor.codesTitle")}
        description={t("secondFactor.codesText")}
        value={codes.join("\n")}
        maxRows={codes.length}
      />
    </Stack>
  );
}

/** The password and the second factor: whoever finds a browser that is signed in has neither. */
function useProof(user: User) {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const step = useSecondStep(user);
  const fields = (errors: Readonly<Record<string, string>>) => (
    <>
      <PasswordInput
        label={t("account.current")}
        autoComplete="current-password"
        required
        data-autofocus
        value={current}
        error={errors.current}
        onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
      />
      {step.fields(errors.code)}
    </>
  );
  return { body: { current, ...step.body }, fields, spend: step.spend };
}

const proofCodes = { "session.wrong_password": "current", "session.wrong_code": "code" };

function TurnOff({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { body, fields, spend } = useProof(user);
  const send = async () => {
    await spend(() => call("POST", "/auth/second-factor/off", { body }));
    await client.invalidateQueries({ queryKey: key });
    await renewSession(client);
    notifications.show({ message: t("secondFactor.isOff") });
    onClose();
  };
  const form = useForm(["current", "code"], send, proofCodes);
  return (
    <Dialog title={t("secondFactor.turnOff")} onClose={onClose}>
      <DialogForm form={form} submit={t("secondFactor.turnOff")}>
        {fields(form.fieldErrors)}
      </DialogForm>
    </Dialog>
  );
}

function NewCodes({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  const { body, fields, spend } = useProof(user);
  const send = async () => {
    const made = await spend(() => call<Codes>("POST", "/auth/second-factor/recovery-codes", { body }));
    setCodes(made.recoveryCodes);
    await client.invalidateQueries({ queryKey: key });
  };
  const form = useForm(["current", "code"], send, proofCodes);
  return (
    <Dialog title={t("secondFactor.newCodes")} onClose={onClose}>
      {codes === undefined ? (
        <DialogForm form={form} submit={t("secondFactor.newCodes")}>
          {fields(form.fieldErrors)}
        </DialogForm>
      ) : (
        <RecoveryCodes codes={codes} />
      )}
    </Dialog>
  );
}
