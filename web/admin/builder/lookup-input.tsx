import { Autocomplete, MultiSelect, Select, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useContext, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { ApiError } from "../api.ts";
import { useApi } from "../layout/page.tsx";
import { useMayChange, useRenew } from "../layout/resource.ts";
import { useSentence } from "../layout/trouble.tsx";
import { type Catalogue, useCatalogue } from "./catalogue.ts";
import { type Choice, type Lookup, lookups } from "./lookups.ts";
import { callSteps } from "./step-names.ts";
import { StepScopeContext } from "./step-scope.ts";

export type LookupName = keyof typeof lookups | "step";
type Settings = Readonly<Record<string, unknown>>;

interface Props {
  readonly name: LookupName;
  /** What stands beside the setting: the plan whose statuses are meant. */
  readonly settings: Settings;
  readonly label?: string | undefined;
  readonly "aria-label"?: string | undefined;
  readonly description?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly size?: string;
}

/** A form has dozens of menus, each with all flows or fields: a closed one is not drawn. */
export const onlyWhileOpen = { keepMounted: false };

/** One of the things that the workspace has, by name; a value that is none of them (a template, something gone) is kept and may be typed. */
export function LookupInput({
  name,
  settings,
  value,
  onChange,
  more = [],
  ...look
}: Props & {
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  /** Choices that are no things: nobody. */
  readonly more?: readonly Choice[];
}) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const { choices, error, isName } = useChoices(name, settings);
  const maker = useMaker(name, settings, onChange);
  const placeholder = look.placeholder ?? (isName || maker.mayMake ? t("lookup.chooseOrName") : undefined);
  if (error !== null) {
    return (
      <TextInput
        {...look}
        value={value ?? ""}
        description={t("lookup.failed")}
        onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? undefined : currentTarget.value)}
      />
    );
  }
  if (isName) {
    return (
      <Autocomplete
        {...look}
        placeholder={placeholder}
        comboboxProps={onlyWhileOpen}
        data={choices.map((choice) => choice.value)}
        value={value ?? ""}
        onChange={(next) => onChange(next === "" ? undefined : next)}
      />
    );
  }
  const all = withValues([...more, ...choices], value === undefined || value === "" ? [] : [value]);
  const typed = search.trim();
  const isNew = typed !== "" && !all.some((one) => one.label === typed || one.value === typed);
  // A template is no name. A name alone, of what is not there, is worth nothing where it can be made.
  const isMakeable = isNew && maker.mayMake && !typed.includes("{");
  const made = { value: maker.choice, label: t("lookup.make", { text: typed }) };
  const used = { value: typed, label: t("lookup.use", { text: typed }) };
  // After what there is: who types a part of a name and presses Enter makes nothing.
  const offered = isNew ? [isMakeable ? made : used] : [];
  return (
    <Select
      {...look}
      placeholder={placeholder}
      comboboxProps={onlyWhileOpen}
      searchable
      clearable
      allowDeselect={false}
      nothingFoundMessage={t("choice.nothing")}
      clearButtonProps={{ "aria-label": t("lookup.clear") }}
      data={[...all, ...offered]}
      error={maker.error}
      disabled={maker.isBusy}
      filter={({ options, search: wanted }) => {
        const text = wanted.trim().toLowerCase();
        const found = options.flatMap((option) => {
          if ("group" in option) return [];
          const isOffered = option.value === typed || option.value === maker.choice;
          return isOffered || option.label.toLowerCase().includes(text) ? [option] : [];
        });
        // Enter takes the first: what is called exactly so comes before what only contains it.
        const isSame = ({ label }: { readonly label: string }) => label.toLowerCase() === text;
        return [...found.filter(isSame), ...found.filter((one) => !isSame(one))];
      }}
      value={value === undefined || value === "" ? null : value}
      onSearchChange={setSearch}
      onChange={(next) => (next === maker.choice ? maker.make(typed) : onChange(next ?? undefined))}
    />
  );
}

/** No text that anybody types, since it begins with a space. */
const makeChoice = " make";

/** Makes the thing that is missing where its name was typed. */
function useMaker(name: LookupName, settings: Settings, onMade: (value: string) => void) {
  const api = useApi();
  const renew = useRenew();
  const mayChange = useMayChange();
  const say = useSentence();
  const { path, make }: Lookup = name === "step" ? { path: () => undefined, choices: () => [] } : lookups[name];
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (typed: string) => {
      const made = await api.send("POST", path({}) ?? "", make?.body(typed, settings));
      await renew(path({}) ?? "");
      return make?.value(made) ?? typed;
    },
    onSuccess: onMade,
  });
  return {
    choice: makeChoice,
    mayMake: make !== undefined && mayChange,
    make: mutate,
    isBusy: isPending,
    error: error instanceof ApiError ? say(error.sentence) : error?.message,
  };
}

/** Several of them. */
export function LookupsInput({
  name,
  settings,
  values,
  onChange,
  ...look
}: Props & { readonly values: readonly string[]; readonly onChange: (values: readonly string[]) => void }) {
  const { t } = useTranslation();
  const { choices } = useChoices(name, settings);
  return (
    <MultiSelect
      {...look}
      comboboxProps={onlyWhileOpen}
      searchable
      nothingFoundMessage={t("choice.nothing")}
      data={withValues(choices, values)}
      value={[...values]}
      onChange={onChange}
    />
  );
}

/** Each value once, whatever lists it: menus refuse a value that comes twice. */
function withValues(choices: readonly Choice[], values: readonly string[]): Choice[] {
  const all = new Map<string, Choice>();
  for (const choice of choices) if (!all.has(choice.value)) all.set(choice.value, choice);
  for (const value of values) if (!all.has(value)) all.set(value, { value, label: value });
  return [...all.values()];
}

function useChoices(name: LookupName, settings: Settings) {
  const { botId, document } = useContext(StepScopeContext);
  const catalogue = useCatalogue();
  const lookup: Lookup = name === "step" ? stepsOfFlow(catalogue) : lookups[name];
  const path = lookup.path(settings);
  const first = useBody(path, lookup.query);
  const far = first.data === undefined ? undefined : lookup.far?.(first.data, settings);
  const second = useBody(far, undefined);
  const body = lookup.far === undefined ? first.data : second.data;
  const own = name === "step" && path === undefined ? stepChoices(document, catalogue) : [];
  return {
    choices: body === undefined ? own : lookup.choices(body, { settings, botId }),
    error: first.error ?? second.error,
    isName: lookup.isName === true,
  };
}

function useBody(path: string | undefined, query: Lookup["query"] = {}) {
  const api = useApi();
  return useQuery({
    queryKey: [api.domain, path?.slice(1), query],
    queryFn: ({ signal }) => api.get<unknown>(path ?? "", query, signal),
    enabled: path !== undefined,
    staleTime: 30_000,
    retry: false,
  });
}

/** Steps of the flow that is named beside; of the one at hand where none is. */
function stepsOfFlow(catalogue: Catalogue): Lookup {
  return {
    path: ({ flow }) => (typeof flow === "string" && /^[\w-]+$/.test(flow) ? `/flows/${flow}` : undefined),
    choices: (flow: { draft: FlowDocument }) => stepChoices(flow.draft, catalogue),
  };
}

function stepChoices(document: FlowDocument | undefined, catalogue: Catalogue): readonly Choice[] {
  return [...callSteps(document?.steps ?? [], catalogue)].map(([value, label]) => ({ value, label }));
}
