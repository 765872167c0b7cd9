import { Button, Group, PasswordInput, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/browser";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { PasskeyBody, passkeyMadeSchema } from "../../../src/http/contract/passkeys.ts";
import type { SessionBody } from "../../../src/http/contract/sign-in.ts";
import { call } from "../api.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { Moment } from "../layout/moment.tsx";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { hasPasskeys, makePasskey } from "../passkey.ts";
import { renewSession, useSession } from "../session.ts";
import { RecoveryCodes } from "./second-factor.tsx";
import { useSecondStep } from "./second-step.tsx";

type User = NonNullable<SessionBody["user"]>;
type Made = z.infer<typeof passkeyMadeSchema>;
const key = ["passkeys"];
const codes = { "session.wrong_password": "current", "session.wrong_code": "code" };

/** What one signs in with in the place of the password, or beside it. */
export function Passkeys({ user, onAdded }: { readonly user: User; readonly onAdded?: () => void }) {
  const { t } = useTranslation();
  const isPossible = useSession()?.passkeys === true;
  const [isAdding, setAdding] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: key,
    queryFn: () => call<{ data: PasskeyBody[] }>("GET", "/auth/passkeys"),
  });
  if (leavesNothing(error, data)) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={60} />;
  return (
    <Stack align="flex-start">
      <Text size="sm" c="dimmed" maw={560}>
        {t("passkey.text")}
      </Text>
      {data.data.map((passkey) => (
        <One key={passkey.id} passkey={passkey} user={user} />
      ))}
      {isPossible && hasPasskeys() ? (
        <Button variant="default" onClick={() => setAdding(true)}>
          {t("passkey.add")}
        </Button>
      ) : (
        <Text size="sm">{t(isPossible ? "passkey.noBrowser" : "passkey.noSite")}</Text>
      )}
      {isAdding ? <Add user={user} onAdded={onAdded} onClose={() => setAdding(false)} /> : null}
    </Stack>
  );
}

function One({ passkey, user }: { readonly passkey: PasskeyBody; readonly user: User }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState<"rename" | "remove">();
  const { name, isSynced, createdAt, lastUsedAt } = passkey;
  const close = () => setAsking(undefined);
  return (
    <Group justify="space-between" w="100%">
      <Stack gap={0} miw={0}>
        <Text size="sm" className="breakable">
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {t(isSynced ? "passkey.synced" : "passkey.device")} · {t("passkey.made")} <Moment at={createdAt} />
          {lastUsedAt === null ? null : (
            <>
              {" "}
              · {t("passkey.used")} <Moment at={lastUsedAt} />
            </>
          )}
        </Text>
      </Stack>
      <Group gap="xs">
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t("passkey.renameOne", { name })}
          onClick={() => setAsking("rename")}
        >
          {t("passkey.rename")}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          aria-label={t("passkey.removeOne", { name })}
          onClick={() => setAsking("remove")}
        >
          {t("passkey.remove")}
        </Button>
      </Group>
      {asking === "rename" ? <Rename passkey={passkey} onClose={close} /> : null}
      {asking === "remove" ? <Remove passkey={passkey} user={user} onClose={close} /> : null}
    </Group>
  );
}

function Name({
  value,
  error,
  onChange,
}: {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (name: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t("field.name")}
      description={t("passkey.nameHint")}
      required
      maxLength={100}
      data-autofocus
      value={value}
      error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function Current({
  value,
  error,
  onChange,
}: {
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (password: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      label={t("account.current")}
      autoComplete="current-password"
      required
      value={value}
      error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** The password first; then the browser asks for a finger, a face or a PIN. */
function Add({
  user,
  onAdded,
  onClose,
}: {
  readonly user: User;
  readonly onAdded: (() => void) | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [current, setCurrent] = useState("");
  const [recoveryCodes, setRecoveryCodes] = useState<readonly string[]>();
  const step = useSecondStep(user);
  const finish = async () => {
    await renewSession(client);
    onClose();
    onAdded?.();
  };
  const send = async () => {
    const options = await step.spend(() =>
      call<PublicKeyCredentialCreationOptionsJSON>("POST", "/auth/passkeys/begin", { body: { current, ...step.body } }),
    );
    const passkey = await makePasskey(options);
    const made = await call<Made>("POST", "/auth/passkeys", { body: { name, passkey } });
    if (made.recoveryCodes !== null) return setRecoveryCodes(made.recoveryCodes);
    notifications.show({ message: t("passkey.added") });
    await finish();
  };
  const form = useForm(["name", "current", "code"], send, codes);
  if (recoveryCodes !== undefined) {
    return (
      <Dialog title={t("passkey.add")} onClose={() => void finish()}>
        <Stack>
          <RecoveryCodes codes={recoveryCodes} />
          <Group justify="flex-end">
            <Button onClick={() => void finish()}>{t("secondFactor.kept")}</Button>
          </Group>
        </Stack>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("passkey.add")} onClose={onClose}>
      <DialogForm form={form} submit={t("passkey.add")}>
        <Name value={name} error={form.fieldErrors.name} onChange={setName} />
        <Current value={current} error={form.fieldErrors.current} onChange={setCurrent} />
        {step.fields(form.fieldErrors.code)}
      </DialogForm>
    </Dialog>
  );
}

function Rename({
  passkey: { id, name: old },
  onClose,
}: {
  readonly passkey: PasskeyBody;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(old);
  const send = async () => {
    await call("PATCH", `/auth/passkeys/${id}`, { body: { name } });
    await client.invalidateQueries({ queryKey: key });
    onClose();
  };
  const form = useForm(["name"], send);
  return (
    <Dialog title={t("passkey.rename")} onClose={onClose}>
      <DialogForm form={form} submit={t("action.save")}>
        <Name value={name} error={form.fieldErrors.name} onChange={setName} />
      </DialogForm>
    </Dialog>
  );
}

function Remove({
  passkey: { id, name },
  user,
  onClose,
}: {
  readonly passkey: PasskeyBody;
  readonly user: User;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const step = useSecondStep(user);
  const send = async () => {
    await step.spend(() => call("DELETE", `/auth/passkeys/${id}`, { body: { current, ...step.body } }));
    await renewSession(client);
    notifications.show({ message: t("passkey.removed", { name }) });
    onClose();
  };
  const form = useForm(["current", "code"], send, codes);
  return (
    <Dialog title={t("passkey.removeOne", { name })} onClose={onClose}>
      <DialogForm form={form} submit={t("passkey.remove")}>
        <Text size="sm">{t("passkey.removeText")}</Text>
        <Current value={current} error={form.fieldErrors.current} onChange={setCurrent} />
        {step.fields(form.fieldErrors.code)}
      </DialogForm>
    </Dialog>
  );
}
