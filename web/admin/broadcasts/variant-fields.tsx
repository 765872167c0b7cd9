import { Button, Fieldset, Group, NumberInput, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { winnerChoices } from "../../../src/model/broadcast.ts";
import { addVariant, type BroadcastDraft, restOf, splitUp, type VariantDraft } from "./broadcast-draft.ts";
import { WhatFields, whatPaths } from "./what-fields.tsx";

const atMost = [0, 1, 2, 3, 4];
export const variantPaths = [
  "split",
  "split.variants",
  "split.afterMinutes",
  ...atMost.flatMap((n) => ["name", "share", ...whatPaths].map((path) => `split.variants.${n}.${path}`)),
  ...atMost.map((n) => `split.variants.${n}`),
];

type Changed = Pick<BroadcastDraft, "what" | "variants" | "winnerBy" | "afterMinutes">;

/** What everybody gets, or several versions with their shares, and how the winner is chosen. */
export function VariantFields({
  botId,
  value,
  onChange,
  errors,
}: {
  readonly botId: number | undefined;
  readonly value: Changed;
  readonly onChange: (part: Partial<Changed>) => void;
  readonly errors: Readonly<Record<string, string>>;
}) {
  const { t } = useTranslation();
  const { what, variants } = value;
  const isSplit = variants.length > 0;
  return (
    <>
      <Switch
        label={t("broadcasts.split.on")}
        description={t("broadcasts.split.hint")}
        checked={isSplit}
        onChange={({ currentTarget }) =>
          onChange(
            currentTarget.checked ? { variants: splitUp(what) } : { what: variants[0]?.what ?? what, variants: [] },
          )
        }
      />
      {isSplit ? (
        <Versions botId={botId} value={value} onChange={onChange} errors={errors} />
      ) : (
        <WhatFields
          botId={botId}
          label={t("broadcasts.what")}
          value={what}
          onChange={(next) => onChange({ what: next })}
          errors={errors}
        />
      )}
    </>
  );
}

function Versions({ botId, value, onChange, errors }: Parameters<typeof VariantFields>[0]) {
  const { t } = useTranslation();
  const { variants } = value;
  const more = addVariant(variants);
  const rest = restOf(variants);
  const problem = errors.split ?? errors["split.variants"];
  return (
    <>
      {variants.map((variant, index) => (
        <Version
          // biome-ignore lint/suspicious/noArrayIndexKey: a version is known by its place, and its name is being typed.
          key={index}
          botId={botId}
          value={variant}
          onChange={(next) => onChange({ variants: variants.with(index, next) })}
          onRemove={variants.length > 2 ? () => onChange({ variants: variants.toSpliced(index, 1) }) : undefined}
          errors={errorsOf(errors, index)}
        />
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} />}
          disabled={more === undefined}
          onClick={() => more !== undefined && onChange({ variants: more })}
        >
          {t("broadcasts.split.add")}
        </Button>
      </Group>
      <Text size="sm" {...(rest < 0 ? { c: "red", role: "alert" } : {})}>
        {rest < 0
          ? t("broadcasts.split.tooMuch", { percent: 100 - rest })
          : rest === 0
            ? t("broadcasts.split.noRest")
            : t("broadcasts.split.rest", { percent: rest })}
      </Text>
      {problem === undefined ? null : (
        <Text size="sm" c="red" role="alert">
          {problem}
        </Text>
      )}
      {rest > 0 ? (
        <Select
          label={t("broadcasts.split.winnerBy")}
          data={winnerChoices.map((one) => ({ value: one, label: t(`broadcasts.split.by.${one}`) }))}
          value={value.winnerBy}
          allowDeselect={false}
          onChange={(next) => onChange({ winnerBy: winnerChoices.find((one) => one === next) ?? "hand" })}
        />
      ) : null}
      {rest > 0 && value.winnerBy !== "hand" ? (
        <NumberInput
          label={t("broadcasts.split.after")}
          min={1}
          max={43_200}
          allowDecimal={false}
          value={value.afterMinutes}
          error={errors["split.afterMinutes"]}
          onChange={(next) => typeof next === "number" && onChange({ afterMinutes: next })}
        />
      ) : null}
    </>
  );
}

/** What is said of one version, by the paths within it. */
function errorsOf(errors: Readonly<Record<string, string>>, index: number): Readonly<Record<string, string>> {
  const start = `split.variants.${index}`;
  const own = Object.entries(errors).flatMap(([path, message]) =>
    path.startsWith(`${start}.`)
      ? [[path.slice(start.length + 1), message]]
      : path === start
        ? [["content", message]]
        : [],
  );
  return Object.fromEntries(own);
}

function Version({
  botId,
  value,
  onChange,
  onRemove,
  errors,
}: {
  readonly botId: number | undefined;
  readonly value: VariantDraft;
  readonly onChange: (variant: VariantDraft) => void;
  readonly onRemove: (() => void) | undefined;
  readonly errors: Readonly<Record<string, string>>;
}) {
  const { t } = useTranslation();
  const title = t("broadcasts.split.version", { name: value.name });
  return (
    <Fieldset legend={title} p="sm" miw={0}>
      <Stack gap="sm">
        <Group grow align="flex-start">
          <TextInput
            label={t("list.name")}
            required
            value={value.name}
            error={errors.name}
            onChange={({ currentTarget }) => onChange({ ...value, name: currentTarget.value })}
          />
          <NumberInput
            label={t("broadcasts.split.share")}
            required
            min={1}
            max={100}
            allowDecimal={false}
            suffix=" %"
            value={value.share}
            error={errors.share}
            onChange={(share) => onChange({ ...value, share: typeof share === "number" ? share : 0 })}
          />
        </Group>
        <WhatFields
          botId={botId}
          label={t("broadcasts.split.what", { name: value.name })}
          value={value.what}
          onChange={(what) => onChange({ ...value, what })}
          errors={errors}
        />
        {onRemove === undefined ? null : (
          <Group>
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              leftSection={<IconTrash size={14} />}
              onClick={onRemove}
            >
              {t("broadcasts.split.remove", { name: value.name })}
            </Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
}
