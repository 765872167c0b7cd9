import { Button, Group, Table, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SequenceBody } from "../../../src/http/contract/sequences.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { EditButton } from "../layout/edit-button.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useContactCounts, useList, useMayBuild, useRenew } from "../layout/resource.ts";
import { BotChoice, useBotNames, useChosenBot } from "../setup/bot-choice.tsx";

/** What contacts can be subscribed to, and how many are. */
export function SequencesPage() {
  const { t } = useTranslation();
  const mayBuild = useMayBuild();
  const [botId, setBotId] = useState<number | undefined>(undefined);
  const sequences = useList<SequenceBody>("/sequences", { bot: botId });
  const [edited, setEdited] = useState<SequenceBody | "new" | null>(null);
  const create = mayBuild ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("sequences.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.sequences")} actions={create}>
      <BotChoice all value={botId} onChange={setBotId} />
      <Listing
        list={sequences}
        empty={<EmptyState title={t("sequences.empty.title")} text={t("sequences.empty.text")} action={create} />}
      >
        {(items) => <Sequences sequences={items} onEdit={mayBuild ? setEdited : undefined} />}
      </Listing>
      {edited === null ? null : (
        <EditSequence sequence={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
      )}
    </Page>
  );
}

function Sequences({
  sequences,
  onEdit,
}: {
  readonly sequences: readonly SequenceBody[];
  readonly onEdit: ((sequence: SequenceBody) => void) | undefined;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const counts = useContactCounts("sequences");
  const botNames = useBotNames();
  const head = [t("list.name"), t("sequences.ref"), t("list.bot"), t("sequences.subscribers"), t("list.created"), ""];
  return (
    <ListTable head={head} minWidth={640}>
      {sequences.map((sequence) => {
        const contacts = counts?.get(sequence.ref) ?? 0;
        return (
          <Table.Tr key={sequence.ref}>
            <Table.Td maw={260} className="cut">
              <Text span size="sm" fw={600}>
                {sequence.name}
              </Text>
            </Table.Td>
            <Table.Td>
              <CopyText what={t("sequences.ref")} value={sequence.ref} />
            </Table.Td>
            <Table.Td>{botNames.get(sequence.botId) ?? ""}</Table.Td>
            <Table.Td>{counts === undefined ? "…" : contacts}</Table.Td>
            <Table.Td>
              <Moment at={sequence.createdAt} />
            </Table.Td>
            <Table.Td>
              {onEdit === undefined ? null : (
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  <EditButton name={sequence.name} onClick={() => onEdit(sequence)} />
                  <DeleteButton
                    name={sequence.name}
                    loss={t("sequences.loss", { contacts })}
                    onDelete={async () => {
                      await api.send("DELETE", `/sequences/${sequence.ref}`);
                      await renew("/sequences");
                    }}
                  />
                </Group>
              )}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </ListTable>
  );
}

function EditSequence({
  sequence,
  onClose,
}: {
  readonly sequence: SequenceBody | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [chosenBot, setChosenBot] = useState<number | undefined>(undefined);
  const [name, setName] = useState(sequence?.name ?? "");
  const bot = useChosenBot(chosenBot);
  const form = useForm(["name"], async () => {
    await (sequence === undefined
      ? api.send("POST", "/sequences", { bot, name })
      : api.send("PATCH", `/sequences/${sequence.ref}`, { name }));
    await renew("/sequences");
    onClose();
  });
  return (
    <Dialog
      title={sequence === undefined ? t("sequences.create") : t("list.edit", { name: sequence.name })}
      onClose={onClose}
    >
      <DialogForm form={form} submit={t(sequence === undefined ? "action.create" : "action.save")}>
        {sequence === undefined ? <BotChoice value={bot} onChange={setChosenBot} /> : null}
        <TextInput
          label={t("list.name")}
          required
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
