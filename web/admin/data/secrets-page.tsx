import { Button, Group, PasswordInput, Table, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toKey } from "../../../src/engine/field-key.ts";
import type { SecretBody } from "../../../src/http/contract/secrets.ts";
import { useBasis } from "../layout/basis.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { EditButton } from "../layout/edit-button.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment, sayMoment } from "../layout/moment.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useList, useMayChange, useRenew } from "../layout/resource.ts";
import { BotChoice, useBotNames, useChosenBot } from "../setup/bot-choice.tsx";

/** Keys of other systems, which requests of flows use and nobody reads again. */
export function SecretsPage() {
  const { t } = useTranslation();
  const [edited, setEdited] = useState<SecretBody | "new" | null>(null);
  const mayChange = useMayChange();
  const secrets = useList<SecretBody>("/secrets", {});
  const create = mayChange ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("secrets.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.secrets")} actions={create}>
      <Listing
        list={secrets}
        empty={<EmptyState title={t("secrets.empty.title")} text={t("secrets.empty.text")} action={create} />}
      >
        {(items) => <Secrets secrets={items} onEdit={mayChange ? setEdited : undefined} />}
      </Listing>
      {edited === null ? null : (
        <EditSecret secret={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
      )}
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
  const api = useApi();
  const renew = useRenew();
  const botNames = useBotNames();
  return (
    <ListTable head={[t("list.name"), t("secrets.use"), t("list.bot"), t("secrets.changed"), ""]} minWidth={620}>
      {secrets.map((secret) => (
        <Table.Tr key={secret.id}>
          <Table.Td maw={240}>
            <Text size="sm" fw={600} className="cut">
              {secret.name}
            </Text>
            <Text size="xs" c="dimmed" className="cut">
              {secret.description}
            </Text>
          </Table.Td>
          <Table.Td>
            <CopyText what={t("secrets.use")} value={`{{ secrets.${secret.key} }}`} />
          </Table.Td>
          <Table.Td>{botNames.get(secret.botId) ?? ""}</Table.Td>
          <Table.Td>
            <Moment at={secret.updatedAt} />
          </Table.Td>
          <Table.Td>
            {onEdit === undefined ? null : (
              <Group gap={4} justify="flex-end" wrap="nowrap">
                <EditButton name={secret.name} onClick={() => onEdit(secret)} />
                <DeleteButton
                  name={secret.name}
                  loss={t("secrets.loss")}
                  onDelete={async () => {
                    await api.send("DELETE", `/secrets/${secret.id}`);
                    await renew("/secrets");
                  }}
                />
              </Group>
            )}
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
    <Dialog
      title={secret === undefined ? t("secrets.create") : t("list.edit", { name: secret.name })}
      onClose={onClose}
    >
      <DialogForm form={form} submit={t(secret === undefined ? "action.create" : "action.save")}>
        {secret === undefined ? <BotChoice value={bot} onChange={setChosenBot} /> : null}
        <TextInput
          label={t("list.name")}
          required
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
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
        <Textarea
          label={t("list.description")}
          description={t("list.descriptionHint")}
          autosize
          minRows={2}
          value={description}
          error={form.fieldErrors.description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
