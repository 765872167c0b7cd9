import { Anchor, Button, Group, Table, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SequenceBody } from "../../../src/http/contract/sequences.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useContactCounts, useList, useMayBuild, useRenew } from "../layout/resource.ts";
import { BotChoice, useBotNames, useChosenBot } from "../setup/bot-choice.tsx";
import { OwnRef } from "../setup/own-ref.tsx";

/** What contacts can be subscribed to, and how many are. */
export function SequencesPage() {
  const { t } = useTranslation();
  const mayBuild = useMayBuild();
  const [botId, setBotId] = useState<number | undefined>(undefined);
  const sequences = useList<SequenceBody>("/sequences", { bot: botId });
  const [isNew, setNew] = useState(false);
  const create = mayBuild ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setNew(true)}>
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
        {(items) => <Sequences sequences={items} mayBuild={mayBuild} />}
      </Listing>
      {isNew ? <NewSequence onClose={() => setNew(false)} /> : null}
    </Page>
  );
}

function Sequences({
  sequences,
  mayBuild,
}: {
  readonly sequences: readonly SequenceBody[];
  readonly mayBuild: boolean;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const counts = useContactCounts("sequences");
  const botNames = useBotNames();
  const head = [
    t("list.name"),
    t("sequences.ref"),
    t("list.bot"),
    t("sequences.stepCount"),
    t("sequences.subscribers"),
    t("list.created"),
    "",
  ];
  return (
    <ListTable head={head} minWidth={720}>
      {sequences.map((sequence) => {
        const contacts = counts?.get(sequence.ref) ?? 0;
        return (
          <Table.Tr key={sequence.ref}>
            <Table.Td maw={260} className="cut">
              <Anchor component={Link} to={`/w/${api.domain}/sequences/${sequence.ref}`} size="sm" fw={600}>
                {sequence.name}
              </Anchor>
            </Table.Td>
            <Table.Td>
              <CopyText what={t("sequences.ref")} value={sequence.ref} />
            </Table.Td>
            <Table.Td>{botNames.get(sequence.botId) ?? ""}</Table.Td>
            <Table.Td>{sequence.stepCount}</Table.Td>
            <Table.Td>{counts === undefined ? "…" : contacts}</Table.Td>
            <Table.Td>
              <Moment at={sequence.createdAt} />
            </Table.Td>
            <Table.Td>
              {mayBuild ? (
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  <DeleteButton
                    name={sequence.name}
                    loss={t("sequences.loss", { contacts })}
                    onDelete={async () => {
                      await api.send("DELETE", `/sequences/${sequence.ref}`);
                      await renew("/sequences");
                    }}
                  />
                </Group>
              ) : null}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </ListTable>
  );
}

function NewSequence({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const [chosenBot, setChosenBot] = useState<number | undefined>(undefined);
  const [name, setName] = useState("");
  const bot = useChosenBot(chosenBot);
  const [ownRef, setOwnRef] = useState("");
  const form = useForm(
    ["name", "ref"],
    async () => {
      const wanted = ownRef === "" ? {} : { ref: ownRef };
      const { ref } = await api.send<SequenceBody>("POST", "/sequences", { bot, name, ...wanted });
      await renew("/sequences");
      await navigate({ to: `/w/${api.domain}/sequences/${ref}` });
    },
    { "sequence.ref_taken": "ref" },
  );
  return (
    <Dialog title={t("sequences.create")} onClose={onClose}>
      <DialogForm form={form} submit={t("action.create")}>
        <BotChoice value={bot} onChange={setChosenBot} />
        <TextInput
          label={t("list.name")}
          required
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <OwnRef value={ownRef} error={form.fieldErrors.ref} onChange={setOwnRef} />
      </DialogForm>
    </Dialog>
  );
}
