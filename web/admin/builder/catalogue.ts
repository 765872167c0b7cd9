import { useContext } from "react";
import { useTranslation } from "react-i18next";
import { actions } from "../../../src/actions/index.ts";
import type { AnyAction } from "../../../src/engine/action-type.ts";
import type { StepOutput } from "../../../src/engine/step-type.ts";
import type { ConditionGroup } from "../../../src/model/condition.ts";
import type { StoredStep } from "../../../src/model/flow.ts";
import type { CatalogueWords, TranslatedCatalogue } from "../words/catalogue.ts";
import { catalogueWords as english } from "../words/en/catalogue.ts";
import { describeDelay } from "./describe-delay.ts";
import { singular, wordsOf } from "./json-schema.ts";
import { keyOf, type Subject } from "./rules.ts";
import { describeCondition, describeRule, findStepType, summarize } from "./step-kinds.ts";
import {
  findThing,
  findThingOfRule,
  findThingOfValue,
  noNames,
  type ThingNames,
  ThingNamesContext,
} from "./thing-names.ts";

interface Entry {
  readonly title: string;
  readonly about: string;
}

/** What forms, the canvas and lists call the entries of the registries and their settings, in one language. */
export interface Catalogue {
  step(kind: string): Entry;
  /** What a step is called: its own name, or its kind's. */
  nameOf(step: StoredStep): string;
  /** What has to hold, in a line; `joints`: what stands between comparisons of which all have to, or any. */
  condition(condition: ConditionGroup, joints: Readonly<Record<ConditionGroup["match"], string>>): string;
  /** A value as people read it, where it is a comparison or names a thing; undefined: it is read as it is written. */
  value(owner: string, key: string, value: unknown): string | undefined;
  /** The first lines of what a step says or does, for its box on the canvas. */
  summary(step: StoredStep): string;
  action(name: string): Entry;
  output(output: StepOutput): string;
  /** `owner`: the kind of step or the action whose setting it is. */
  label(owner: string, key: string): string;
  option(owner: string, key: string, value: string): string;
  /** One item of the list with this key and label. */
  item(key: string, label: string): string;
  /** What the button says that adds one to it. */
  add(key: string, label: string): string;
  hint(description: string | undefined): string | undefined;
  readonly groups: CatalogueWords["groups"];
  readonly subjects: CatalogueWords["subjects"];
  /** `kind`: of what is compared, where that is known. */
  operator(subject: string, kind: string | undefined, operator: string): string;
}

const actionTypes: Readonly<Record<string, AnyAction>> = actions;
const of = <Value>(words: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(words, key) ? words[key] : undefined;

/** English titles of steps, and most hints, are the registries' own; another language brings a translation of each. `names`: of what settings name by key or ref. */
export function catalogueIn(words: CatalogueWords | TranslatedCatalogue, names: ThingNames = noNames): Catalogue {
  const translated = "steps" in words ? words : undefined;
  const option = (owner: string, key: string, value: string) =>
    of(words.options, `${owner}.${key}.${value}`) ?? of(words.options, `${key}.${value}`) ?? of(words.options, value);
  const step = (kind: string) => {
    const type = findStepType(kind);
    const known = of<Entry>(translated?.steps ?? {}, kind);
    return known ?? { title: type?.title ?? kind, about: type?.description ?? "" };
  };
  const action = (name: string) => {
    const type = of(actionTypes, name);
    const known = of<Entry>(words.actions, name);
    return known ?? { title: type?.title ?? wordsOf(name), about: type?.description ?? "" };
  };
  const own = (owner: string | undefined, operator: string) => of<string>(words.comparisons, `${owner}.${operator}`);
  const nameOf = (thing: ReturnType<typeof findThing>) =>
    thing === undefined ? undefined : names(thing.kind, thing.value);
  const ruleWords = {
    key: (subject: string, key: string) => {
      const called = nameOf(findThingOfRule(subject, key)) ?? option(subject, "key", key);
      return called ?? (typeof keyOf[subject as Subject] === "object" ? wordsOf(key) : key);
    },
    value: (subject: string, value: unknown) => nameOf(findThingOfValue(subject, value)),
    subject: (subject: string) => of<string>(words.subjects, subject) ?? subject,
    operator: (operator: string) => of<string>(words.operators, operator) ?? operator,
    phrase: (subject: string, operator: string) => own(subject, operator),
  };
  return {
    step,
    condition: (condition, joints) => describeCondition(condition, joints, ruleWords),
    value: (owner, key, value) => {
      const isRule = typeof value === "object" && value !== null && "subject" in value && "operator" in value;
      return isRule ? describeRule(value, ruleWords) : nameOf(findThing(owner, key, value));
    },
    nameOf: ({ name, kind }) => (name === undefined || name === "" ? step(kind).title : name),
    summary: (stored) =>
      summarize(stored, {
        action: (name) => action(name).title,
        delay: (config) => describeDelay(words.delays, config, (field) => names("field", field)),
        option: (key, value) => option(stored.kind, key, value) ?? wordsOf(value),
        thing: (owner, key, value, beside) => nameOf(findThing(owner, key, value, beside)),
        ...ruleWords,
      }),
    action,
    // A button or a script's output that somebody named is called as they called it.
    output: ({ name, title }) => (of(english.outputs, name) === title ? (of(words.outputs, name) ?? title) : title),
    label: (owner, key) => of(words.labels, `${owner}.${key}`) ?? of(words.labels, key) ?? wordsOf(key),
    option: (owner, key, value) => option(owner, key, value) ?? wordsOf(value),
    item: (key, label) => of(words.items, key) ?? singular(label.toLowerCase()),
    add: (key, label) => of(words.adds, key) ?? label,
    hint: (description) => (description === undefined ? undefined : (of(words.hints, description) ?? description)),
    groups: words.groups,
    subjects: words.subjects,
    operator: (subject, kind, operator) =>
      own(subject, operator) ?? own(kind, operator) ?? of<string>(words.operators, operator) ?? operator,
  };
}

const made = new WeakMap<CatalogueWords, WeakMap<ThingNames, Catalogue>>();

/** In the language of the page, with the names that the flow at hand has for what it names. The same one for all that ask. */
export function useCatalogue(names?: ThingNames): Catalogue {
  const { i18n } = useTranslation();
  const around = useContext(ThingNamesContext);
  const words = (i18n.getResourceBundle(i18n.language, "catalogue") as CatalogueWords | undefined) ?? english;
  return ofWords(words, names ?? around);
}

function ofWords(words: CatalogueWords, names: ThingNames): Catalogue {
  const byNames = made.get(words) ?? new WeakMap<ThingNames, Catalogue>();
  made.set(words, byNames);
  const known = byNames.get(names) ?? catalogueIn(words, names);
  byNames.set(names, known);
  return known;
}
