import { Button, Code, Group, Image, PasswordInput, SimpleGrid, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type {
  recoveryCodesSchema,
  SecondFactorBody,
  secondFactorBegunSchema,
} from "../../../src/http/contract/sign-in.ts";
import { call } from "../api.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { Moment } from "../layout/moment.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { renewSession } from "../session.ts";

type Begun = z.infer<typeof secondFactorBegunSchema>;
type Codes = z.infer<typeof recoveryCodesSchema>;
const key = ["second-factor"];

/** Setting up what one signs in with beside the password, and turning it off. */
export function SecondFactor({ onSetUp }: { readonly onSetUp?: () => void }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => call<SecondFactorBody>("GET", "/auth/second-factor"),
  });
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={60} />;
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={560}>
        {t("secondFactor.text")}
      </Text>
      {data.isOn ? <TurnedOn state={data} /> : <SetUp onSetUp={onSetUp} />}
    </Stack>
  );
}

function TurnedOn({ state }: { readonly state: SecondFactorBody }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<"off" | "codes" | undefined>(undefined);
  const close = () => setAsking(undefined);
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm" fw={600}>
        {t("secondFactor.isOn")} {state.since === null ? null : <Moment at={state.since} />}
      </Text>
      <Text size="sm">{t("secondFactor.codesLeft", { count: state.recoveryCodesLeft })}</Text>
      <Group>
        <Button variant="default" onClick={() => setAsking("codes")}>
          {t("secondFactor.newCodes")}
        </Button>
        <Button variant="subtle" color="red" onClick={() => setAsking("off")}>
          {t("secondFactor.turnOff")}
        </Button>
      </Group>
      {asking === "off" ? <TurnOff onClose={close} /> : null}
      {asking === "codes" ? <NewCodes onClose={close} /> : null}
    </Stack>
  );
}

/** Password, authenticator, recovery codes: one after the other, in place. */
function SetUp({ onSetUp }: { readonly onSetUp: (() => void) | undefined }) {
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
  return <Begin onBegun={setBegun} />;
}

function Begin({ onBegun }: { readonly onBegun: (begun: Begun) => void }) {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const form = useForm(
    ["current"],
    async () => onBegun(await call<Begun>("POST", "/auth/second-factor", { body: { current } })),
    { "session.wrong_password": "current" },
  );
  return (
    <form onSubmit={form.onSubmit}>
      <Stack maw={360}>
        {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        <PasswordInput
          label={t("account.current")}
          autoComplete="current-password"
          required
          value={current}
          error={form.fieldErrors.current}
          onChange={({ currentTarget }) => setCurrent(currentTarget.value)}
        />
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

/** Where a code is typed: browsers and password managers fill it in. */
export function CodeInput({
  onChange,
  ...props
}: {
  readonly label: string;
  readonly description: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly autoFocus?: boolean;
  readonly onChange: (code: string) => void;
}) {
  return (
    <TextInput
      {...props}
      autoComplete="one-time-code"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={40}
      required
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function RecoveryCodes({ codes }: { readonly codes: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status">
      <Text fw={600}>{t("secondFactor.codesTitle")}</Text>
      <Text size="sm">{t("secondFactor.codesText")}</Text>
      <SimpleGrid cols={2} spacing="xs" aria-hidden>
        {codes.map((one) => (
          <Code key={one} fz="sm">
            {one}
          </Code>
        ))}
      </SimpleGrid>
      <CopyField label={t("secondFactor.codesAll")} value={codes.join("\n")} />
    </Stack>
  );
}

/** The password and a code: whoever finds a browser that is signed in has neither. */
function useProof() {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const [code, setCode] = useState("");
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
      <CodeInput
        label={t("secondFactor.code")}
        description={t("secondFactor.codeHint")}
        value={code}
        error={errors.code}
        onChange={setCode}
      />
    </>
  );
  return { body: { current, code }, fields };
}

const proofCodes = { "session.wrong_password": "current", "session.wrong_code": "code" };

function TurnOff({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { body, fields } = useProof();
  const send = async () => {
    await call("POST", "/auth/second-factor/off", { body });
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

function NewCodes({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  const { body, fields } = useProof();
  const send = async () => {
    setCodes((await call<Codes>("POST", "/auth/second-factor/recovery-codes", { body })).recoveryCodes);
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
