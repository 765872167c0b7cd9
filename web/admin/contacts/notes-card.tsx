import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import { toLiteral } from "../../../src/engine/literal-text.ts";
import type { noteSchema } from "../../../src/http/contract/contacts.ts";
import { useMembers } from "../inbox/use-members.ts";
import { useForm } from "../layout/form.tsx";
import { Moment } from "../layout/moment.tsx";
import { Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { GuardedForm } from "../layout/unsaved.tsx";
import { useContactActions } from "./contact-actions.ts";

type Note = z.infer<typeof noteSchema>;

/** What people wrote down about the contact. */
export function NotesCard({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const [text, setText] = useState("");
  const add = useContactActions(id);
  const { nameOfMember } = useMembers();
  const query = useInfiniteQuery({
    queryKey: [api.domain, "contact", id, "notes", "pages"],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ data: Note[]; nextCursor: string | null }>(
        `/contacts/${id}/notes`,
        { cursor: pageParam, limit: 10 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const form = useForm([], async () => {
    await add.mutateAsync([{ action: "add_note", args: { text: toLiteral(text.trim()) } }]);
    setText("");
  });
  return (
    <Section title={t("contactCard.notes")}>
      <GuardedForm form={form} isTyped={text.trim() !== ""}>
        <Stack gap="xs">
          <Textarea
            aria-label={t("contactCard.newNote")}
            placeholder={t("contactCard.newNote")}
            autosize
            minRows={1}
            maxRows={6}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          {text.trim() === "" ? null : (
            <Group justify="flex-end">
              <Button type="submit" size="compact-sm" loading={form.isBusy}>
                {t("contactCard.addNote")}
              </Button>
            </Group>
          )}
          {form.error === undefined ? null : <ErrorNotice error={form.error} />}
        </Stack>
      </GuardedForm>
      {query.data?.pages
        .flatMap(({ data }) => data)
        .map((note) => (
          <Stack key={note.id} gap={0}>
            <Text size="sm" className="breakable" style={{ whiteSpace: "pre-wrap" }}>
              {note.text}
            </Text>
            <Text size="xs" c="dimmed" component="div">
              {note.by === null ? t("inbox.system") : nameOfMember(note.by)} · <Moment at={note.createdAt} />
            </Text>
          </Stack>
        ))}
      {query.hasNextPage ? (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("action.more")}
        </Button>
      ) : null}
    </Section>
  );
}
