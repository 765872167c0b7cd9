import { Group, Select, Table, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toKey } from "../../../src/engine/field-key.ts";
import type { VariableBody } from "../../../src/http/contract/fields.ts";
import type { FieldKind } from "../../../src/model/field.ts";
import { useBasis } from "../layout/basis.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { EditDialog } from "../layout/dialog.tsx";
import { useEdited } from "../layout/edited.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { DescriptionField, NameCell, NameField } from "../layout/named.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useList, useRenew } from "../layout/resource.ts";
import { RowButtons } from "../layout/row-buttons.tsx";
import { isFound, SearchField } from "../layout/search-field.tsx";
import { BotChoice, useBotNames, useChosenBot } from "../setup/bot-choice.tsx";
import { KeyAndKind } from "./edit-field.tsx";
import { showVariable, toVariableValue } from "./variable-value.ts";

/** What bots know that is the same for all their contacts: prices, dates, addresses. */
export function VariablesPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [botId, setBotId] = useState<number | undefined>(undefined);
  const variables = useList<VariableBody>("/variables", { bot: botId });
  const { create, onEdit, dialog } = useEdited<VariableBody>(t("variables.create"));
  return (
    <Page title={t("menu.variables")} actions={create}>
      <Group align="flex-end">
        <SearchField value={search} onChange={setSearch} />
        <BotChoice all value={botId} onChange={setBotId} />
      </Group>
      <Listing
        list={variables}
        empty={<EmptyState title={t("variables.empty.title")} text={t("variables.empty.text")} action={create} />}
      >
        {(items) => (
          <Variables variables={items.filter(({ name, key }) => isFound(search, name, key))} onEdit={onEdit} />
        )}
      </Listing>
      {dialog((variable, onClose) => (
        <EditVariable variable={variable} onClose={onClose} />
      ))}
    </Page>
  );
}

function Variables({
  variables,
  onEdit,
}: {
  readonly variables: readonly VariableBody[];
  readonly onEdit: ((variable: VariableBody) => void) | undefined;
}) {
  const { t } = useTranslation();
  const botNames = useBotNames();
  if (variables.length === 0) return <Text size="sm">{t("list.noMatch")}</Text>;
  return (
    <ListTable head={[t("list.name"), t("fields.key"), t("list.bot"), t("choice.value"), ""]} minWidth={620}>
      {variables.map((variable) => (
        <Table.Tr key={variable.id}>
          <NameCell name={variable.name} description={variable.description} width={240} />
          <Table.Td>
            <CopyText what={t("fields.key")} value={variable.key} />
          </Table.Td>
          <Table.Td>{botNames.get(variable.botId) ?? ""}</Table.Td>
          <Table.Td maw={220} className="cut">
            {variable.value === null ? "—" : showVariable(variable.value)}
          </Table.Td>
          <Table.Td>
            <RowButtons
              name={variable.name}
              loss={t("variables.loss")}
              list="/variables"
              id={variable.id}
              onEdit={onEdit && (() => onEdit(variable))}
            />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}

function EditVariable({
  variable,
  onClose,
}: {
  readonly variable: VariableBody | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [chosenBot, setChosenBot] = useState<number | undefined>(variable?.botId);
  const [name, setName] = useState(variable?.name ?? "");
  const [typedKey, setKey] = useState<string | undefined>(undefined);
  const [newKind, setKind] = useState<FieldKind>("text");
  const [description, setDescription] = useState(variable?.description ?? "");
  const [text, setText] = useState(
    variable === undefined || variable.value === null ? "" : showVariable(variable.value),
  );
  const bot = useChosenBot(chosenBot);
  const key = typedKey ?? toKey(name);
  const kind = variable?.kind ?? newKind;
  const basis = useBasis(`/variables/${variable?.id}`, variable, ["name", "description", "value"]);
  const form = useForm(
    ["name", "key", "value", "description"],
    async () => {
      const value = toVariableValue(kind, text);
      await (variable === undefined
        ? api.send("POST", "/variables", { bot, name, key, kind, description, value })
        : api.send("PATCH", `/variables/${variable.id}`, { name, description, value }));
      await renew("/variables");
      onClose();
    },
    { "variable.key_taken": variable === undefined ? "key" : "name", "variable.invalid_value": "value" },
    basis,
  );
  return (
    <EditDialog name={variable?.name} create={t("variables.create")} form={form} onClose={onClose}>
      {variable === undefined ? <BotChoice value={bot} onChange={setChosenBot} /> : null}
      <NameField value={name} error={form.fieldErrors.name} onChange={setName} />
      {variable === undefined ? (
        <KeyAndKind value={key} kind={kind} error={form.fieldErrors.key} onKey={setKey} onKind={setKind} />
      ) : null}
      <ValueField kind={kind} value={text} error={form.fieldErrors.value} onChange={setText} />
      <DescriptionField value={description} error={form.fieldErrors.description} onChange={setDescription} />
    </EditDialog>
  );
}

function ValueField({
  kind,
  value,
  error,
  onChange,
}: {
  readonly kind: FieldKind;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useTranslation();
  if (kind === "boolean") {
    return (
      <Select
        label={t("choice.value")}
        clearable
        data={[
          { value: "true", label: t("fields.yes") },
          { value: "false", label: t("fields.no") },
        ]}
        value={value === "" ? null : value}
        error={error}
        onChange={(next) => onChange(next ?? "")}
      />
    );
  }
  return (
    <Textarea
      label={t("choice.value")}
      description={t(`valueHint.${kind}`)}
      autosize
      minRows={1}
      value={value}
      error={error}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
