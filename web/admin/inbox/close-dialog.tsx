import { Button, FileButton, Group, Modal, Select, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ClosingNoteBody } from "../../../src/http/contract/conversations.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { useUpload } from "./attach-tools.tsx";
import { useAction } from "./use-action.ts";

/** Closes with one of the bot's closing notes, or without. */
export function CloseDialog({
  contactId,
  notes,
  onClose,
}: {
  readonly contactId: number;
  readonly notes: readonly ClosingNoteBody[];
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const act = useAction(contactId);
  const upload = useUpload(contactId);
  const [name, setName] = useState<string | null>(null);
  const [summary, setSummary] = useState("");
  const note = notes.find((one) => one.name === name);
  const file = upload.data;
  const lacksSummary = note?.requireSummary === 2 && summary.trim() === "";
  const lacksFile = note?.requireAttachment === 2 && file === undefined;
  const close = () => {
    const closing =
      note === undefined ? {} : { closingNote: note.name, summary: note.requireSummary === 0 ? "" : summary };
    const attachment =
      note === undefined || note.requireAttachment === 0 || file === undefined ? {} : { attachment: file.url };
    const args = { status: "done", ...closing, ...attachment };
    act.mutate({ action: "move_conversation", args }, { onSuccess: onClose });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("inbox.closing.title")}
      closeButtonProps={{ "aria-label": t("action.cancel") }}
    >
      <Stack>
        <Select
          label={t("inbox.closing.note")}
          description={note?.description}
          placeholder={t("inbox.closing.none")}
          clearable
          data={notes.map((one) => one.name)}
          value={name}
          onChange={setName}
        />
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
        {upload.error === null ? null : <ErrorNotice error={upload.error} />}
        {act.error === null ? null : <ErrorNotice error={act.error} />}
        <Button disabled={lacksSummary || lacksFile} loading={act.isPending} onClick={close}>
          {t("inbox.closing.submit")}
        </Button>
      </Stack>
    </Modal>
  );
}
