import { Button, Group, PasswordInput, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { deviceSchema, SessionBody } from "../../../src/http/contract/sign-in.ts";
import { call } from "../api.ts";
import type { Basis } from "../layout/basis.ts";
import { useForm } from "../layout/form.tsx";
import { Moment } from "../layout/moment.tsx";
import { Page, Section } from "../layout/page.tsx";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { renewSession, useSession } from "../session.ts";
import { ChangeEmail } from "./change-email.tsx";
import { DeleteAccount } from "./delete-account.tsx";
import { describeBrowser } from "./describe-browser.ts";
import { Passkeys } from "./passkeys.tsx";
import { SecondFactor } from "./second-factor.tsx";

type Device = z.infer<typeof deviceSchema>;

/** One's own name, e-mail, password and devices. */
export function AccountPage() {
  const { t } = useTranslation();
  const user = useSession()?.user;
  return (
    <Page title={t("nav.account")}>
      <Section title={t("account.profile")}>{user == null ? <Skeleton h={60} /> : <Name name={user.name} />}</Section>
      <Section title={t("emailChange.title")}>
        {user == null ? <Skeleton h={60} /> : <ChangeEmail user={user} />}
      </Section>
      <Section title={t("account.password")}>
        <Password />
      </Section>
      <Section title={t("passkey.title")}>{user == null ? <Skeleton h={60} /> : <Passkeys user={user} />}</Section>
      <Section title={t("secondFactor.title")}>
        <SecondFactor />
      </Section>
      <Section title={t("account.devices")}>
        <Devices />
      </Section>
      {user == null ? null : (
        <Section title={t("deletion.account")}>
          <Text size="sm">{t("deletion.accountAbout")}</Text>
          <Group>
            <DeleteAccount email={user.email} />
          </Group>
        </Section>
      )}
    </Page>
  );
}

/** The account of one person, who may be signed in on several devices: what one of them changed, another does not take back in silence. */
function Name({ name: old }: { readonly name: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [typed, setTyped] = useState<string>();
  const name = typed ?? old;
  const basis: Basis = {
    seen: { name: old },
    keys: ["name"],
    isUntouched: typed === undefined,
    load: async () => ({ name: (await call<SessionBody>("GET", "/auth/session")).user?.name }),
    notice: { title: t("account.changedElsewhere") },
    words: { name: { title: t("field.yourName") } },
  };
  const form = useForm(
    ["name"],
    async () => {
      await call("PATCH", "/auth/profile", { body: { name } });
      await renewSession(client);
      setTyped(undefined);
      notifications.show({ message: t("saved") });
    },
    {},
    basis,
  );
  return (
    <form onSubmit={form.onSubmit}>
      <Group align="flex-end">
        <TextInput
          label={t("field.yourName")}
          autoComplete="name"
          value={name}
          error={form.fieldErrors.name}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" loading={form.isBusy} variant="default">
          {t("action.save")}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt="xs">
        {t("account.nameHint")}
      </Text>
      {form.error === undefined ? null : <ErrorNotice error={form.error} />}
    </form>
  );
}

function Password() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const form = useForm(
    ["current", "next"],
    async () => {
      await call("POST", "/auth/password", { body: { current, next } });
      setCurrent("");
      setNext("");
      await client.invalidateQueries({ queryKey: ["devices"] });
      notifications.show({ message: t("account.passwordChanged") });
    },
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
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("account.next")}
          description={t("field.passwordHint")}
          autoComplete="new-password"
          required
          value={next}
          error={form.fieldErrors.next}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" loading={form.isBusy} variant="default">
            {t("account.change")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function sayDevice(t: TFunction, userAgent: string): string {
  const { browser, system } = describeBrowser(userAgent);
  if (browser !== undefined && system !== undefined) return t("account.browserOn", { browser, system });
  return browser ?? system ?? (userAgent === "" ? t("account.unknownDevice") : userAgent);
}

function Devices() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: ["devices"],
    queryFn: () => call<{ data: Device[] }>("GET", "/auth/devices"),
  });
  const end = useMutation({
    mutationFn: (id: number | undefined) => call("DELETE", id === undefined ? "/auth/devices" : `/auth/devices/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["devices"] }),
  });
  if (leavesNothing(error, data)) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={60} />;
  return (
    <Stack gap="sm">
      {data.data.map(({ id, userAgent, createdAt, seenAt, isThisOne }) => (
        <Group key={id} justify="space-between" wrap="nowrap">
          <Stack gap={0} miw={0}>
            <Text size="sm" className="cut" title={userAgent}>
              {sayDevice(t, userAgent)}
            </Text>
            <Text size="xs" c="dimmed">
              {isThisOne ? (
                t("account.thisDevice")
              ) : (
                <>
                  {t("account.lastSeen")} <Moment at={seenAt} />
                </>
              )}
              {" · "}
              {t("account.signedIn")} <Moment at={createdAt} />
            </Text>
          </Stack>
          {isThisOne ? null : (
            <Button size="compact-sm" variant="default" style={{ flexShrink: 0 }} onClick={() => end.mutate(id)}>
              {t("account.end")}
            </Button>
          )}
        </Group>
      ))}
      {data.data.length < 2 ? null : (
        <Group>
          <Button variant="default" loading={end.isPending} onClick={() => end.mutate(undefined)}>
            {t("secondFactor.everywhere")}
          </Button>
        </Group>
      )}
      {end.error === null ? null : <ErrorNotice error={end.error} />}
    </Stack>
  );
}
