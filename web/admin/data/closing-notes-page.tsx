import { Button, Group, Select, Table, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { closingNoteSchema } from "../../../src/http/contract/conversations.ts";
import { useBasis } from "../layout/basis.ts";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { EditButton } from "../layout/edit-button.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useList, useMayChange, useRenew } from "../layout/resource.ts";
import { BotChoice, useBotNames, useChosenBot } from "../setup/bot-choice.tsx";

type ClosingNote = z.infer<typeof closingNoteSchema>;

/** What agents choose from when they close a conversation. */
export function ClosingNotesPage() {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const mayChange = useMayChange();
  const botNames = useBotNames();
  const notes = useList<ClosingNote>("/closing-notes");
  const [edited, setEdited] = useState<ClosingNote | "new" | null>(null);
  const create = mayChange ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("closingNotes.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.closingNotes")} actions={create}>
      <Listing
        list={notes}
        empty={<EmptyState title={t("closingNotes.empty.title")} text={t("closingNotes.empty.text")} action={create} />}
      >
        {(items) => (
          <ListTable
            head={[t("list.name"), t("list.bot"), t("closingNotes.summary"), t("closingNotes.attachment"), ""]}
          >
            {items.map((note) => (
              <Table.Tr key={note.id}>
                <Table.Td maw={260}>
                  <Text size="sm" fw={600} className="cut">
                    {note.name}
                  </Text>
                  <Text size="xs" c="dimmed" className="cut">
                    {note.description}
                  </Text>
                </Table.Td>
                <Table.Td>{botNames.get(note.botId) ?? ""}</Table.Td>
                <Table.Td>{t(`closingNotes.requirement.${requirementWords[note.requireSummary]}`)}</Table.Td>
                <Table.Td>{t(`closingNotes.requirement.${requirementWords[note.requireAttachment]}`)}</Table.Td>
                <Table.Td>
                  {mayChange ? (
                    <Group gap={4} justify="flex-end" wrap="nowrap">
                      <EditButton name={note.name} onClick={() => setEdited(note)} />
                      <DeleteButton
                        name={note.name}
                        loss={t("closingNotes.loss")}
                        onDelete={async () => {
                          await api.send("DELETE", `/closing-notes/${note.id}`);
                          await renew("/closing-notes");
                        }}
                      />
                    </Group>
                  ) : null}
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
      {edited === null ? null : (
        <EditNote note={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
      )}
    </Page>
  );
}

function EditNote({ note, onClose }: { readonly note: ClosingNote | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [chosenBot, setChosenBot] = useState<number | undefined>(undefined);
  const [name, setName] = useState(note?.name ?? "");
  const [description, setDescription] = useState(note?.description ?? "");
  const [requireSummary, setSummary] = useState<ClosingNote["requireSummary"]>(note?.requireSummary ?? 0);
  const [requireAttachment, setAttachment] = useState<ClosingNote["requireAttachment"]>(note?.requireAttachment ?? 0);
  const bot = useChosenBot(chosenBot);
  const basis = useBasis(`/closing-notes/${note?.id}`, note, [
    "name",
    "description",
    "requireSummary",
    "requireAttachment",
  ]);
  const form = useForm(
    ["name", "description"],
    async () => {
      const body = { name, description, requireSummary, requireAttachment };
      await (note === undefined
        ? api.send("POST", "/closing-notes", { bot, ...body })
        : api.send("PATCH", `/closing-notes/${note.id}`, body));
      await renew("/closing-notes");
      onClose();
    },
    { "closing_note.name_taken": "name" },
    basis,
  );
  return (
    <Dialog
      title={note === undefined ? t("closingNotes.create") : t("list.edit", { name: note.name })}
      onClose={onClose}
    >
      <DialogForm form={form} submit={t(note === undefined ? "action.create" : "action.save")}>
        {note === undefined ? <BotChoice value={bot} onChange={setChosenBot} /> : null}
        <TextInput
          label={t("list.name")}
          required
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Textarea
          label={t("list.description")}
          description={t("list.descriptionHint")}
          autosize
          minRows={2}
          value={description}
          error={form.fieldErrors.description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        <Requirement label={t("closingNotes.summary")} value={requireSummary} onChange={setSummary} />
        <Requirement label={t("closingNotes.attachment")} value={requireAttachment} onChange={setAttachment} />
      </DialogForm>
    </Dialog>
  );
}

const requirements = [0, 1, 2] as const;
const requirementWords = ["no", "may", "must"] as const;

function Requirement({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: ClosingNote["requireSummary"];
  readonly onChange: (value: ClosingNote["requireSummary"]) => void;
}) {
  const { t } = useTranslation();
  return (
    <Select
      label={label}
      data={requirements.map((one) => ({
        value: String(one),
        label: t(`closingNotes.requirement.${requirementWords[one]}`),
      }))}
      value={String(value)}
      allowDeselect={false}
      onChange={(next) => onChange(requirements.find((one) => String(one) === next) ?? 0)}
    />
  );
}
