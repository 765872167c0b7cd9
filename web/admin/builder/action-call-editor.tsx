import { Button, Fieldset, Group, Select, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ComponentType, useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { actions } from "../../../src/actions/index.ts";
import type { AnyAction } from "../../../src/engine/action-type.ts";
import { actionCallSchema } from "../../../src/model/action-call.ts";
import { type Catalogue, useCatalogue } from "./catalogue.ts";
import type { FieldProps, FieldsProps } from "./field-props.ts";
import { FormScopeContext } from "./form-scope.ts";
import { emptyValue, type JsonSchema } from "./json-schema.ts";
import { StepScopeContext } from "./step-scope.ts";

const catalogue: Readonly<Record<string, AnyAction>> = actions;
/** What is done to most contacts comes first. */
const order: readonly AnyAction["group"][] = [
  ...(["tags", "fields", "messages", "flows", "sequences", "conversation", "contact", "consent"] as const),
  ...(["sales", "shop", "integrations", "variables"] as const),
];
const offered = Object.values(catalogue).filter(({ isForCallers }) => isForCallers !== true);
const groups = [...Map.groupBy(offered, ({ group }) => group)].toSorted(
  ([one], [other]) => order.indexOf(one) - order.indexOf(other),
);

const toChoice = ({ name }: AnyAction, words: Catalogue) => ({ value: name, label: words.action(name).title });

/** What can be put into a flow, or done to many: by what it is about. */
export function offeredActions(words: Catalogue) {
  return groups.map(([group, members]) => ({
    group: words.groups[group],
    items: members.map((action) => toChoice(action, words)),
  }));
}

const schemas = new Map<string, JsonSchema>();

function schemaOfAction(action: AnyAction): JsonSchema {
  const known = schemas.get(action.name);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(action.args, { io: "input", unrepresentable: "any", reused: "inline" }) as JsonSchema;
  schemas.set(action.name, made);
  return made;
}

/** One call of the action catalogue: which, and with what. `Fields` draws the arguments. */
export function ActionCallEditor({
  value,
  path,
  label,
  onChange,
  Fields,
}: FieldProps & { readonly Fields: ComponentType<FieldsProps> }) {
  const { t } = useTranslation();
  const { document } = useContext(StepScopeContext);
  const words = useCatalogue();
  const choices = useMemo(() => offeredActions(words), [words]);
  const call = (value ?? {}) as {
    readonly action?: string;
    readonly args?: Record<string, unknown>;
    readonly save?: readonly unknown[];
  };
  const action = Object.hasOwn(catalogue, call.action ?? "") ? catalogue[call.action ?? ""] : undefined;
  const schema = action === undefined ? undefined : schemaOfAction(action);
  const scope = useMemo(() => ({ owner: action?.name ?? "", settings: {} }), [action]);
  return (
    <Fieldset p="sm">
      <Stack gap="sm">
        <Select
          label={label}
          searchable
          placeholder={t("builder.chooseAction")}
          nothingFoundMessage={t("choice.nothing")}
          // One that is not offered stays what it is where it was put in before.
          data={action?.isForCallers === true ? [...choices, toChoice(action, words)] : choices}
          value={action?.name ?? null}
          onChange={(name) => {
            const next = name === null ? undefined : catalogue[name];
            if (next !== undefined) onChange({ action: next.name, args: emptyValue(schemaOfAction(next)) ?? {} }, path);
          }}
        />
        {action === undefined ? null : (
          <Text size="xs" c="dimmed">
            {words.action(action.name).about}
          </Text>
        )}
        {schema === undefined ? null : (
          <FormScopeContext value={scope}>
            <Fields
              schema={schema}
              value={call.args}
              path={`${path}.args`}
              onChange={(args, changed) => onChange({ ...call, args }, changed)}
            />
            {document === undefined ? null : (
              <SavedParts
                value={call.save}
                path={`${path}.save`}
                onChange={(save, changed) => {
                  const { save: _save, ...rest } = call;
                  onChange(save === undefined ? rest : { ...rest, save }, changed);
                }}
                Fields={Fields}
              />
            )}
          </FormScopeContext>
        )}
      </Stack>
    </Fieldset>
  );
}

/** Of the call's envelope, the parts of its result that are kept: in a flow alone, where steps after it can use them. */
const saveSchema = z.toJSONSchema(actionCallSchema.pick({ save: true }), {
  io: "input",
  unrepresentable: "any",
  reused: "inline",
}) as JsonSchema;

function SavedParts({
  value,
  path,
  onChange,
  Fields,
}: Pick<FieldProps, "value" | "path" | "onChange"> & { readonly Fields: ComponentType<FieldsProps> }) {
  const { t } = useTranslation();
  // Few actions have a result that anybody looks at.
  if (value === undefined) {
    const first = emptyValue(saveSchema.properties?.save?.items ?? {});
    return (
      <Group>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([first], path)}
        >
          {t("keepResult")}
        </Button>
      </Group>
    );
  }
  return (
    <Fields
      schema={saveSchema}
      value={value === undefined ? {} : { save: value }}
      path={path.replace(/\.save$/, "")}
      onChange={(next, changed) => {
        const { save } = next as { readonly save?: readonly unknown[] };
        onChange(save === undefined || save.length === 0 ? undefined : save, changed);
      }}
    />
  );
}
