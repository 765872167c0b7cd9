import type { actions } from "../../../src/actions/index.ts";
import type { ActionType } from "../../../src/engine/action-type.ts";
import type { Comparison, operators } from "../../../src/model/condition.ts";
import type { steps } from "../../../src/steps/index.ts";

type Operator = (typeof operators)[keyof typeof operators][number];

/** Words for what the registries of steps and actions, and the conditions, name by keys: what forms are labelled with. */
export interface CatalogueWords {
  /** A setting's label by its key, or by `KIND.key` where one step or action means something else by it. */
  readonly labels: Readonly<Record<string, string>>;
  /** A choice's label by its value, or by `key.value` or `KIND.key.value`. */
  readonly options: Readonly<Record<string, string>>;
  /** One item of a list, by the list's key. */
  readonly items: Readonly<Record<string, string>>;
  /** What the button says that adds one to the list. */
  readonly adds: Readonly<Record<string, string>>;
  /** Outputs that every step of a kind has, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<ActionType["group"], string>>;
  readonly actions: Readonly<Record<keyof typeof actions, { readonly title: string; readonly about: string }>>;
  /** What stands below a setting, by what the registry says to callers of the API. */
  readonly hints: Readonly<Record<string, string>>;
  readonly subjects: Readonly<Record<Comparison["subject"], string>>;
  readonly operators: Readonly<Record<Operator, string>>;
  /** Comparisons that are said otherwise of one subject, or of one kind of value, as `subject.operator`: of a subject they stand without its name. `said`: with their value in them. */
  readonly comparisons: Readonly<Record<string, string>>;
  readonly delays: DelayWords;
}

type Counted = "seconds" | "minutes" | "hours" | "days" | "before" | "after";

/** What the box of a delay says of how long it takes. */
export interface DelayWords {
  /** Whose plural forms and numbers these are. */
  readonly language: string;
  /** By what is counted and the language's form for the number: `days_few`; all have `other`. */
  readonly forms: Readonly<Partial<Record<`${Counted}_${Intl.LDMLPluralRule}`, string>>> &
    Readonly<Record<`${Counted}_other`, string>>;
  readonly untilTime: string;
  readonly untilDays: string;
  readonly untilDate: string;
  /** From Monday, as they stand after "until". */
  readonly weekdays: readonly string[];
}

/** What a registry says of itself in English, in another language: a step that is added has to be in here. */
export interface TranslatedCatalogue extends CatalogueWords {
  readonly steps: Readonly<Record<keyof typeof steps, { readonly title: string; readonly about: string }>>;
}
