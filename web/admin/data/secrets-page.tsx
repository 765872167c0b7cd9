import { PasswordInput, Table, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toKey } from "../../../src/engine/field-key.ts";
import type { SecretBody } from "../../../src/http/contract/secrets.ts";
import { useBasis } from "../layout/basis.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { EditDialog } from "../layout/dialog.tsx";
import { useEdited } from "../layout/edited.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment, sayMoment } from "../layout/moment.tsx";
import { DescriptionField, NameCell, NameField } from "../layout/named.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useList, useRenew } from "../layout/resource.ts";
import { RowButtons } from "../layout/row-buttons.tsx";
import { BotChoice, useBotNames, useChosenBot } from "../setup/bot-choice.tsx";

/** Keys of other systems, which requests of flows use and nobody reads again. */
export function SecretsPage() {
  const { t } = useTranslation();
  const secrets = useList<SecretBody>("/secrets", {});
  const { create, onEdit, dialog } = useEdited<SecretBody>(t("secrets.create"));
  return (
    <Page title={t("menu.secrets")} actions={create}>
      <Listing
        list={secrets}
        empty={<EmptyState title={t("secrets.empty.title")} text={t("secrets.empty.text")} action={create} />}
      >
        {(items) => <Secrets secrets={items} onEdit={onEdit} />}
      </Listing>
      {dialog((secret, onClose) => (
        <EditSecret secret={secret} onClose={onClose} />
      ))}
    </Page>
  );
}

function Secrets({
  secrets,
  onEdit,
}: {
  readonly secrets: readonly SecretBody[];
  readonly onEdit: ((secret: SecretBody) => void) | undefined;
}) {
  const { t } = useTranslation();
  const botNames = useBotNames();
  return (
    <ListTable head={[t("list.name"), t("secrets.use"), t("list.bot"), t("secrets.changed"), ""]} minWidth={620}>
      {secrets.map((secret) => (
        <Table.Tr key={secret.id}>
          <NameCell name={secret.name} description={secret.description} width={240} />
          <Table.Td>
            <CopyText what={t("secrets.use")} value={`{{ secrets.${secret.key} }}`} />
          </Table.Td>
          <Table.Td>{botNames.get(secret.botId) ?? ""}</Table.Td>
          <Table.Td>
            <Moment at={secret.updatedAt} />
          </Table.Td>
          <Table.Td>
            <RowButtons
              name={secret.name}
              loss={t("secrets.loss")}
              list="/secrets"
              id={secret.id}
              onEdit={onEdit && (() => onEdit(secret))}
            />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}

function EditSecret({ secret, onClose }: { readonly secret: SecretBody | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [chosenBot, setChosenBot] = useState<number | undefined>(secret?.botId);
  const [name, setName] = useState(secret?.name ?? "");
  const [typedKey, setKey] = useState<string | undefined>(undefined);
  const [description, setDescription] = useState(secret?.description ?? "");
  const [value, setValue] = useState("");
  const bot = useChosenBot(chosenBot);
  const key = typedKey ?? toKey(name);
  const basis = useBasis(`/secrets/${secret?.id}`, secret, ["name", "description", "updatedAt"], {
    // Nobody sees a value again: that it may be another is told by when the secret was changed.
    words: { updatedAt: { title: t("secrets.changed"), say: (at) => sayMoment(String(at)) } },
  });
  const form = useForm(
    ["name", "key", "value", "description"],
    async () => {
      await (secret === undefined
        ? api.send("POST", "/secrets", { bot, name, key, description, value })
        : api.send("PATCH", `/secrets/${secret.id}`, { name, description, ...(value === "" ? {} : { value }) }));
      await renew("/secrets");
      onClose();
    },
    { "secret.key_taken": secret === undefined ? "key" : "name" },
    basis,
  );
  return (
    <EditDialog name={secret?.name} create={t("secrets.create")} form={form} onClose={onClose}>
      {secret === undefined ? <BotChoice value={bot} onChange={setChosenBot} /> : null}
      <NameField value={name} error={form.fieldErrors.name} onChange={setName} />
      {secret === undefined ? (
        <TextInput
          label={t("fields.key")}
          required
          value={key}
          error={form.fieldErrors.key}
          onChange={({ currentTarget }) => setKey(currentTarget.value)}
        />
      ) : null}
      <PasswordInput
        label={t("choice.value")}
        description={t(secret === undefined ? "secrets.valueHint" : "secrets.keepHint")}
        required={secret === undefined}
        autoComplete="off"
        value={value}
        error={form.fieldErrors.value}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
      />
      <DescriptionField value={description} error={form.fieldErrors.description} onChange={setDescription} />
    </EditDialog>
  );
}
