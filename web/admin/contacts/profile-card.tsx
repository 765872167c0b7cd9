import { Badge, Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import { useBasis } from "../layout/basis.ts";
import { useForm } from "../layout/form.tsx";
import { Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { GuardedForm } from "../layout/unsaved.tsx";
import { useKindName } from "../settings/kind-words.ts";
import { CameBy } from "./came-by.tsx";

const keys = [
  "name",
  "firstName",
  "lastName",
  "email",
  "phone",
  "gender",
  "language",
  "timeZone",
  "clientExternalId",
] as const;
type Key = (typeof keys)[number];

/** Who the contact is; typed over and saved, what is wrong beside the field. */
export function ProfileCard({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [typed, setTyped] = useState<Partial<Record<Key, string>>>({});
  const titles: Readonly<Record<Key, string>> = {
    name: t("field.name"),
    firstName: t("contactCard.firstName"),
    lastName: t("contactCard.lastName"),
    email: t("field.email"),
    phone: t("field.phone"),
    gender: t("contactList.gender"),
    language: t("field.language"),
    timeZone: t("field.timeZone"),
    clientExternalId: t("field.externalId"),
  };
  const changed = Object.fromEntries(
    keys.flatMap((key) => (typed[key] === undefined || typed[key] === (contact[key] ?? "") ? [] : [[key, typed[key]]])),
  );
  const basis = useBasis(
    `/contacts/${contact.id}`,
    contact,
    keys.filter((key) => key in changed),
    { isUntouched: Object.keys(typed).length === 0 },
  );
  const form = useForm(
    keys,
    async () => {
      await api.send("PATCH", `/contacts/${contact.id}`, changed);
      await client.invalidateQueries({ queryKey: [api.domain, "contact", String(contact.id)] });
      setTyped({});
    },
    {},
    basis,
  );
  const marks = [
    ...(contact.optedOutAt === null ? [] : [t("contact.optedOut")]),
    ...(contact.bannedAt === null ? [] : [t("contact.banned")]),
  ];
  const set = (key: Key, value: string) => setTyped((last) => ({ ...last, [key]: value }));
  return (
    <Section title={t("contact.profile")}>
      {marks.length === 0 ? null : (
        <Group gap="xs">
          {marks.map((mark) => (
            <Badge key={mark} color="red" variant="light">
              {mark}
            </Badge>
          ))}
        </Group>
      )}
      <GuardedForm form={form} isTyped={Object.keys(changed).length > 0}>
        <Stack gap="sm">
          {form.error === undefined ? null : <ErrorNotice error={form.error} />}
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            {keys.map((key) =>
              key === "timeZone" ? (
                <Select
                  key={key}
                  label={titles[key]}
                  data={Intl.supportedValuesOf("timeZone")}
                  searchable
                  clearable
                  clearButtonProps={{ "aria-label": t("contactCard.clear", { what: titles[key] }) }}
                  limit={50}
                  value={(typed[key] ?? contact[key]) || null}
                  error={form.fieldErrors[key]}
                  onChange={(next) => set(key, next ?? "")}
                />
              ) : (
                <TextInput
                  key={key}
                  label={titles[key]}
                  value={typed[key] ?? contact[key] ?? ""}
                  error={form.fieldErrors[key]}
                  onChange={({ currentTarget }) => set(key, currentTarget.value)}
                />
              ),
            )}
          </SimpleGrid>
          {Object.keys(changed).length === 0 ? null : (
            <Group justify="flex-end">
              <Button type="button" variant="default" onClick={() => setTyped({})}>
                {t("action.cancel")}
              </Button>
              <Button type="submit" loading={form.isBusy}>
                {t("action.save")}
              </Button>
            </Group>
          )}
        </Stack>
      </GuardedForm>
      <Identities contact={contact} />
    </Section>
  );
}

function Identities({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  const nameOf = useKindName();
  const rows = [
    [t("contactCard.cuid"), contact.cuid] as const,
    ...Object.entries(contact.utm).map(([key, value]) => [`utm ${key}`, value] as const),
  ];
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        {t("contact.channels")}
      </Text>
      {contact.channels.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("contactCard.noChannel")}
        </Text>
      ) : null}
      {contact.channels.map(({ channelId, kind, externalId, username, status }) => (
        <Group key={`${channelId} ${externalId}`} gap="xs" wrap="nowrap">
          <Badge variant="default" tt="none">
            {nameOf(kind)}
          </Badge>
          <Text size="sm" c="dimmed" className="cut">
            {username === null ? externalId : `${username} · ${externalId}`}
          </Text>
          {status === "blocked" ? <Badge color="red">{t("contact.blocked")}</Badge> : null}
        </Group>
      ))}
      {contact.entry === null ? null : (
        <Group gap="xs" align="flex-start">
          <Text size="sm" fw={600}>
            {t("inbox.cameBy")}
          </Text>
          <div>
            <CameBy entry={contact.entry} />
          </div>
        </Group>
      )}
      {rows.map(([label, value]) => (
        <Text key={label} size="xs" c="dimmed" className="breakable">
          {label}: {value}
        </Text>
      ))}
    </Stack>
  );
}
