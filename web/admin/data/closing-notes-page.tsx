import { Select, Table } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { closingNoteSchema } from "../../../src/http/contract/conversations.ts";
import { useBasis } from "../layout/basis.ts";
import { EditDialog } from "../layout/dialog.tsx";
import { useEdited } from "../layout/edited.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { DescriptionField, NameCell, NameField } from "../layout/named.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useList, useRenew } from "../layout/resource.ts";
import { RowButtons } from "../layout/row-buttons.tsx";
import { BotChoice, useBotNames, useChosenBot } from "../setup/bot-choice.tsx";

type ClosingNote = z.infer<typeof closingNoteSchema>;

/** What agents choose from when they close a conversation. */
export function ClosingNotesPage() {
  const { t } = useTranslation();
  const botNames = useBotNames();
  const notes = useList<ClosingNote>("/closing-notes");
  const { create, onEdit, dialog } = useEdited<ClosingNote>(t("closingNotes.create"));
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
                <NameCell name={note.name} description={note.description} />
                <Table.Td>{botNames.get(note.botId) ?? ""}</Table.Td>
                <Table.Td>{t(`closingNotes.requirement.${requirementWords[note.requireSummary]}`)}</Table.Td>
                <Table.Td>{t(`closingNotes.requirement.${requirementWords[note.requireAttachment]}`)}</Table.Td>
                <Table.Td>
                  <RowButtons
                    name={note.name}
                    loss={t("closingNotes.loss")}
                    list="/closing-notes"
                    id={note.id}
                    onEdit={onEdit && (() => onEdit(note))}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
      {dialog((note, onClose) => (
        <EditNote note={note} onClose={onClose} />
      ))}
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
    <EditDialog name={note?.name} create={t("closingNotes.create")} form={form} onClose={onClose}>
      {note === undefined ? <BotChoice value={bot} onChange={setChosenBot} /> : null}
      <NameField value={name} error={form.fieldErrors.name} onChange={setName} />
      <DescriptionField value={description} error={form.fieldErrors.description} onChange={setDescription} />
      <Requirement label={t("closingNotes.summary")} value={requireSummary} onChange={setSummary} />
      <Requirement label={t("closingNotes.attachment")} value={requireAttachment} onChange={setAttachment} />
    </EditDialog>
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
