import { Alert, Button, Checkbox, Group, List, Modal, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactRowBody } from "../../../src/http/contract/contact-lists.ts";
import type { ContactBody, MergePreviewBody } from "../../../src/http/contract/contacts.ts";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import { wordsOf } from "../builder/json-schema.ts";
import { useApi } from "../layout/page.tsx";
import { useList } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { nameOf } from "./name-of.ts";

/** Another contact becomes part of this one: found, shown what would move and be lost, and then done. */
export function MergeDialog({
  contact,
  isOpen,
  onClose,
}: {
  readonly contact: ContactBody;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      size="lg"
      title={t("merge.title", { name: nameOf(t, contact) })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Merge contact={contact} onDone={onClose} />
    </Modal>
  );
}

function Merge({ contact, onDone }: { readonly contact: ContactBody; readonly onDone: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 250);
  const [other, setOther] = useState<string | null>(null);
  const [isDeleted, setDeleted] = useState(true);
  const found = useQuery({
    queryKey: [api.domain, "contacts", "merge", contact.botId, q],
    queryFn: ({ signal }) =>
      api.ask<{ data: ContactRowBody[] }>("/contacts/search", { q, bot: contact.botId, limit: 20 }, signal),
    enabled: q !== "",
    placeholderData: keepPreviousData,
  });
  const preview = useQuery({
    queryKey: [api.domain, "contact", String(contact.id), "merge", other],
    queryFn: ({ signal }) =>
      api.get<MergePreviewBody>(`/contacts/${contact.id}/merge-preview`, { secondary: other ?? "" }, signal),
    enabled: other !== null,
  });
  const merge = useMutation({
    mutationFn: () =>
      api.send("POST", `/contacts/${contact.id}/merge`, { secondary: Number(other), deleteSecondary: isDeleted }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [api.domain] });
      onDone();
    },
  });
  const options = (found.data?.data ?? [])
    .filter(({ id }) => id !== contact.id)
    .map((one) => ({
      value: String(one.id),
      label: [...new Set([nameOf(t, one), one.email, one.phone, `#${one.id}`])].filter(Boolean).join(" · "),
    }));
  const error = found.error ?? preview.error ?? merge.error;
  return (
    <Stack>
      {error === null ? null : <ErrorNotice error={error} />}
      <Select
        label={t("merge.other")}
        description={t("merge.otherHint")}
        data={options}
        value={other}
        searchable
        data-autofocus
        searchValue={text}
        onSearchChange={setText}
        filter={({ options: all }) => all}
        nothingFoundMessage={q === "" ? t("merge.type") : t("contacts.none.title")}
        onChange={setOther}
      />
      {preview.data === undefined || other === null ? null : <Preview preview={preview.data} />}
      {preview.data === undefined || other === null ? null : (
        <>
          <Checkbox
            label={t("merge.delete")}
            checked={isDeleted}
            onChange={({ currentTarget }) => setDeleted(currentTarget.checked)}
          />
          <Group justify="flex-end">
            <Button color="red" loading={merge.isPending} onClick={() => merge.mutate()}>
              {t("merge.do")}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}

function Preview({ preview: { moved, lost, ended } }: { readonly preview: MergePreviewBody }) {
  const { t } = useTranslation();
  const fields = useList<FieldBody>("/fields").items ?? [];
  const tables: Readonly<Record<string, string>> = t("merge.of", { returnObjects: true });
  const profile: Readonly<Record<string, string>> = t("factWords.profile", { returnObjects: true });
  const losses = [
    ...Object.entries(lost.profile).map(([key, value]) => ({ key, name: profile[key] ?? wordsOf(key), value })),
    ...Object.entries(lost.fields).map(([key, value]) => {
      return { key: `fields.${key}`, name: fields.find((one) => one.key === key)?.name ?? key, value };
    }),
  ];
  return (
    <>
      <Stack gap={4}>
        <Text fw={600} size="sm">
          {t("merge.moves")}
        </Text>
        <List size="sm">
          {Object.entries(moved).map(([table, count]) => (
            <List.Item key={table}>
              {tables[table] ?? wordsOf(table)}: {count}
            </List.Item>
          ))}
        </List>
      </Stack>
      {losses.length + ended.length === 0 ? (
        <Text size="sm">{t("merge.nothingLost")}</Text>
      ) : (
        <Alert color="yellow">
          <Text size="sm" fw={600}>
            {t("merge.lost")}
          </Text>
          <List size="sm">
            {losses.map(({ key, name, value }) => (
              <List.Item key={key}>
                {name}: {typeof value === "string" ? value : JSON.stringify(value)}
              </List.Item>
            ))}
            {ended.map(({ flow, step }) => (
              <List.Item key={`${flow} ${step}`}>{t("merge.ends", { where: `${flow} / ${step}` })}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </>
  );
}
