import { Button, Checkbox, FileButton, Group, Select, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import type { ClosingNoteBody } from "../../../src/http/contract/conversations.ts";
import { Dialog } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { GuardedForm } from "../layout/unsaved.tsx";
import { useUpload } from "./attach-tools.tsx";
import { isPaused } from "./is-paused.ts";
import { useAction } from "./use-action.ts";

/** Closes with one of the bot's closing notes, or without. Who has answered is done: a bot that was silent meanwhile speaks again, unless the agent wants it otherwise. */
export function CloseDialog({
  contact,
  notes,
  onClose,
}: {
  readonly contact: ContactBody;
  readonly notes: readonly ClosingNoteBody[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const act = useAction(contact.id);
  const upload = useUpload(contact.id);
  const wasPaused = isPaused(contact);
  const [isResumed, setResumed] = useState(true);
  const [name, setName] = useState<string | null>(null);
  const [summary, setSummary] = useState("");
  const note = notes.find((one) => one.name === name);
  const file = upload.data;
  const lacksSummary = note?.requireSummary === 2 && summary.trim() === "";
  const lacksFile = note?.requireAttachment === 2 && file === undefined;
  const form = useForm([], async () => {
    const closing =
      note === undefined ? {} : { closingNote: note.name, summary: note.requireSummary === 0 ? "" : summary };
    const attachment =
      note === undefined || note.requireAttachment === 0 || file === undefined ? {} : { attachment: file.url };
    const args = { status: "done", ...closing, ...attachment };
    const resume = wasPaused && isResumed ? [{ action: "resume_bot" }] : [];
    await act.mutateAsync([{ action: "move_conversation", args }, ...resume]);
    onClose();
  });
  return (
    <Dialog onClose={onClose} title={t("inbox.closing.title")}>
      <GuardedForm form={form} isTyped={summary.trim() !== "" || file !== undefined}>
        <Stack>
          {notes.length === 0 ? null : (
            <Select
              label={t("inbox.closing.note")}
              description={note?.description}
              placeholder={t("inbox.closing.none")}
              clearable
              data={notes.map((one) => one.name)}
              value={name}
              onChange={setName}
            />
          )}
          {note === undefined || note.requireSummary === 0 ? null : (
            <Textarea
              label={t("inbox.closing.summary")}
              required={note.requireSummary === 2}
              autosize
              minRows={3}
              maxLength={5_000}
              error={lacksSummary ? t("inbox.closing.summaryMissing") : null}
              value={summary}
              onChange={({ currentTarget }) => setSummary(currentTarget.value)}
            />
          )}
          {note === undefined || note.requireAttachment === 0 ? null : (
            <Group>
              <FileButton onChange={(chosen) => chosen !== null && upload.mutate(chosen)}>
                {(props) => (
                  <Button {...props} variant="default" loading={upload.isPending}>
                    {t("inbox.attach")}
                  </Button>
                )}
              </FileButton>
              <Text size="sm" c={lacksFile ? "red" : "inherit"}>
                {file?.name ?? (lacksFile ? t("inbox.closing.fileMissing") : "")}
              </Text>
            </Group>
          )}
          {wasPaused ? (
            <Checkbox
              label={t("inbox.closing.resume")}
              checked={isResumed}
              onChange={({ currentTarget }) => setResumed(currentTarget.checked)}
            />
          ) : null}
          {upload.error === null ? null : <ErrorNotice error={upload.error} />}
          {form.error === undefined ? null : <ErrorNotice error={form.error} />}
          <Button type="submit" disabled={lacksSummary || lacksFile} loading={form.isBusy}>
            {t("inbox.closing.submit")}
          </Button>
        </Stack>
      </GuardedForm>
    </Dialog>
  );
}
