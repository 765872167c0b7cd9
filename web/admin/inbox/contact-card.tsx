import { ActionIcon, Anchor, Group, ScrollArea, Stack, TagsInput, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { ContactBody, noteSchema } from "../../../src/http/contract/contacts.ts";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import { CameBy } from "../contacts/came-by.tsx";
import { usePlaceNames } from "../contacts/use-fact-names.ts";
import { describeWait, NextAnswer } from "../contacts/wait.tsx";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { FieldInput, TextField } from "./field-input.tsx";
import { useAction } from "./use-action.ts";
import { useMembers } from "./use-members.ts";
import { usePositions } from "./use-positions.ts";

const profileKeys = ["name", "email", "phone", "language", "timeZone"] as const;

/** Who the contact is, beside the conversation. */
export function ContactCard({ contact, onClose }: { readonly contact: ContactBody; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  return (
    <ScrollArea className="inbox-card" type="auto" component="aside" aria-label={t("inbox.card")}>
      <Stack p="sm" gap="md">
        <Group justify="space-between">
          <Anchor component={Link} to={`/w/${api.domain}/contacts/${contact.id}`} size="sm">
            {t("inbox.wholeContact")}
          </Anchor>
          <ActionIcon variant="subtle" color="gray" aria-label={t("inbox.closeCard")} onClick={onClose}>
            <IconX size={18} />
          </ActionIcon>
        </Group>
        <Profile contact={contact} />
        <Names contact={contact} list="tags" />
        <Names contact={contact} list="labels" />
        <Fields contact={contact} />
        {contact.entry === null ? null : (
          <Part title={t("inbox.cameBy")}>
            <CameBy entry={contact.entry} />
          </Part>
        )}
        <Positions id={contact.id} />
        <Notes id={contact.id} />
      </Stack>
    </ScrollArea>
  );
}

function useChange(contact: ContactBody) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: object) => api.send("PATCH", `/contacts/${contact.id}`, change),
    onSuccess: () => client.invalidateQueries({ queryKey: [api.domain] }),
  });
}

function Profile({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  const change = useChange(contact);
  return (
    <Part title={t("contact.profile")}>
      {profileKeys.map((key) => (
        <TextField
          key={key}
          label={t(`field.${key}`)}
          value={contact[key] ?? ""}
          onSave={(next) => change.mutate({ [key]: next === "" ? null : next })}
        />
      ))}
      {change.error === null ? null : <ErrorNotice error={change.error} />}
    </Part>
  );
}

function Names({ contact, list }: { readonly contact: ContactBody; readonly list: "tags" | "labels" }) {
  const { t } = useTranslation();
  const api = useApi();
  const act = useAction(contact.id);
  const [noun, now] = list === "tags" ? (["tag", contact.tags] as const) : (["label", contact.labels] as const);
  const known = useQuery({
    queryKey: [api.domain, list],
    queryFn: ({ signal }) => api.get<{ data: { name: string }[] }>(`/${list}`, {}, signal),
  });
  const change = (next: readonly string[]) => {
    const added = next.filter((name) => !now.includes(name));
    const removed = now.filter((name) => !next.includes(name));
    const calls = [
      ...added.map((name) => ({ action: `add_${noun}`, args: { [noun]: name } })),
      ...removed.map((name) => ({ action: `remove_${noun}`, args: { [noun]: name } })),
    ];
    if (calls.length > 0) act.mutate(calls);
  };
  return (
    <>
      <TagsInput
        size="xs"
        label={t(list === "tags" ? "nav.tags" : "inbox.labels")}
        data={known.data?.data.map(({ name }) => name) ?? []}
        value={[...now]}
        onChange={change}
      />
      {act.error === null ? null : <ErrorNotice error={act.error} />}
    </>
  );
}

function Fields({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const change = useChange(contact);
  const { data } = useQuery({
    queryKey: [api.domain, "fields"],
    queryFn: ({ signal }) => api.get<{ data: FieldBody[] }>("/fields", {}, signal),
    staleTime: 60_000,
  });
  const fields = data?.data ?? [];
  if (fields.length === 0) return null;
  return (
    <Part title={t("inbox.fields")}>
      {fields.map((field) => (
        <FieldInput
          key={field.key}
          field={field}
          value={contact.fields[field.key]}
          onSave={(value) => change.mutate({ fields: { [field.key]: value } })}
        />
      ))}
      {change.error === null ? null : <ErrorNotice error={change.error} />}
    </Part>
  );
}

function Positions({ id }: { readonly id: number }) {
  const { t } = useTranslation();
  const api = useApi();
  const loaded = usePositions(id);
  const positions = loaded ?? [];
  const names = usePlaceNames(positions.map(({ flow }) => flow));
  return (
    <Part title={t("contact.positions")}>
      {loaded?.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("contact.nowhere")}
        </Text>
      ) : null}
      {positions.map((position) => {
        const { flow, step, enteredAt } = position;
        return (
          <Stack key={`${flow} ${step} ${enteredAt}`} gap={2} align="flex-start">
            <Text size="sm" className="breakable" title={`${flow} / ${step}`}>
              <Anchor component={Link} to={`/w/${api.domain}/flows/${flow}`} size="sm">
                {names.flow(flow)}
              </Anchor>{" "}
              / {names.step(flow, step)} · {describeWait(t, position)}
            </Text>
            <NextAnswer takesNextText={position.takesNextText} />
          </Stack>
        );
      })}
    </Part>
  );
}

function Notes({ id }: { readonly id: number }) {
  const { t } = useTranslation();
  const api = useApi();
  const { nameOfMember } = useMembers();
  const { data } = useQuery({
    queryKey: [api.domain, "contact", String(id), "notes"],
    queryFn: ({ signal }) =>
      api.get<{ data: z.infer<typeof noteSchema>[] }>(`/contacts/${id}/notes`, { limit: 20 }, signal),
  });
  const notes = data?.data ?? [];
  if (notes.length === 0) return null;
  return (
    <Part title={t("inbox.notes")}>
      {notes.map((note) => (
        <Stack gap={0} key={note.id}>
          <Text size="xs" c="dimmed" component="div">
            {note.by === null ? t("inbox.system") : nameOfMember(note.by)} · <Moment at={note.createdAt} />
          </Text>
          <Text size="sm" className="breakable">
            {note.text}
          </Text>
        </Stack>
      ))}
    </Part>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <Stack gap={6} component="section" aria-labelledby={id}>
      <Text size="sm" fw={650} component="h2" id={id} m={0}>
        {title}
      </Text>
      {children}
    </Stack>
  );
}
