import type { z } from "zod";
import type { ErrorCode } from "../../../src/model/app-error.ts";
import type { Parameter, Sentence } from "../../../src/model/sentence.ts";
import { singular, wordsOf } from "../builder/json-schema.ts";

/** What it takes to say the server's and the engine's sentences in a language that is not English. */
export interface SentenceWords {
  /** By the English form. */
  readonly forms: Readonly<Record<string, string>>;
  /** Where the sentence itself comes from elsewhere (a messenger, another system): what is said around the `{message}`. */
  readonly codes: Readonly<Partial<Record<ErrorCode, string>>>;
  /** Words of ours that stand in sentences, by the parameter's name. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** For the places that sentences name. */
  readonly places: PlaceWords;
  /** For what a schema refused in zod's words; absent: they stay English. */
  readonly issue?: z.core.$ZodErrorMap;
}

/** What the places are called that sentences name by a path, and what is to be done there. */
export interface PlaceWords {
  /** Of settings, by key. */
  readonly labels: Readonly<Record<string, string>>;
  /** One of a list, by the list's key. */
  readonly items: Readonly<Record<string, string>>;
  readonly actions: Readonly<Record<string, { readonly title: string }>>;
  /** By key: what somebody is to do where nothing is there yet. */
  readonly missing: Readonly<Record<string, string>>;
  /** Something by its name, in the language's quotation marks. */
  quoted(name: string): string;
  /** Whether what is wrong can be said of what it is wrong with: "“Title” has to be a text". */
  readonly hasPredicates: boolean;
}

/** A sentence as it travels; `code` is that of the refusal or problem. */
export type SaidSentence = Sentence & { readonly code?: string | undefined };

/** In the words at hand; in English where there are none for it. */
export function sayIn(words: SentenceWords | undefined, sentence: SaidSentence): string {
  return words === undefined ? sentence.message : (translate(words, sentence) ?? around(words, sentence));
}

function around({ codes }: SentenceWords, { code = "", message }: SaidSentence): string {
  const frame = Object.hasOwn(codes, code) ? codes[code as ErrorCode] : undefined;
  return frame === undefined ? message : frame.replace("{message}", () => message);
}

/** The same where it stands alone: it begins as a sentence does, unless it begins with what somebody named. */
export function sayAlone(words: SentenceWords | undefined, sentence: SaidSentence): string {
  const said = sayIn(words, sentence);
  const values = Object.entries(sentence.parameters ?? {}).filter(([name]) => !namesPlace.has(name));
  const isNamed = values.some(([, value]) => typeof value === "string" && value !== "" && said.startsWith(value));
  return isNamed || !/^\p{Ll}+(?=[\s,:;]|$)/u.test(said) ? said : said.charAt(0).toUpperCase() + said.slice(1);
}

function translate(words: SentenceWords, { message, form = message, parameters = {}, issue }: Sentence) {
  const place = readPlace(form, parameters);
  if (place !== undefined) return sayAt(words, place.path, place.problem);
  const known = Object.hasOwn(words.forms, form) ? words.forms[form] : isOnlyPlaces(form) ? form : undefined;
  if (known === undefined) return issue === undefined ? undefined : sayIssue(words, issue);
  return known.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return value === undefined ? whole : sayParameter(words, name, value);
  });
}

const namesPlace: ReadonlySet<string> = new Set(["where", "path"]);

/** Where something is wrong, and what: sentences of this form alone name places. */
function readPlace(form: string, parameters: NonNullable<Sentence["parameters"]>) {
  const [, name = ""] = /^\{(where|path)\}: \{problem\}$/.exec(form) ?? [];
  const { [name]: path, problem } = parameters;
  if (typeof path !== "string" || typeof problem !== "object" || Array.isArray(problem)) return undefined;
  return { path, problem: problem as Sentence };
}

/** What is there not at all. */
const isNothing: ReadonlySet<string> = new Set(["has to be filled in", "is missing", "needs at least one entry"]);
const isPredicate = /^(?:has|is|needs|may) /;

/** "Message 2, button 1: write what stands on it", "Message 2, button 1: “Title” has to be a text". */
function sayAt(words: SentenceWords, path: string, problem: Sentence): string {
  const { around, setting } = readPath(words.places, path);
  const { missing, quoted, hasPredicates, labels } = words.places;
  const said = sayIn(words, problem);
  if (setting === undefined) return joinPlace(around, said);
  const todo = Object.hasOwn(missing, setting) ? missing[setting] : undefined;
  if (todo !== undefined && isNothing.has(problem.form ?? problem.message)) return joinPlace(around, todo);
  const name = quoted((Object.hasOwn(labels, setting) ? labels[setting] : undefined) ?? wordsOf(setting));
  return hasPredicates && isPredicate.test(said)
    ? joinPlace(around, `${name} ${said}`)
    : joinPlace([...around, name], said);
}

function joinPlace(around: readonly string[], what: string): string {
  return around.length === 0 ? what : `${around.join(", ")}: ${what}`;
}

/** "messages.1.buttons.0.title": in message 2, in button 1, the title. The path of an action's argument begins with the action. */
function readPath(
  { labels, items, actions, quoted }: PlaceWords,
  path: string,
): { readonly around: readonly string[]; readonly setting: string | undefined } {
  const own = <Value>(of: Readonly<Record<string, Value>>, key: string) =>
    Object.hasOwn(of, key) ? of[key] : undefined;
  const around: string[] = [];
  let setting: string | undefined;
  for (const part of path.split(/\.|, /)) {
    if (/^\d+$/.test(part)) {
      const list = setting ?? "";
      around.push(
        `${own(items, list) ?? singular((own(labels, list) ?? wordsOf(list)).toLowerCase())} ${Number(part) + 1}`,
      );
      setting = undefined;
      continue;
    }
    if (setting !== undefined && setting !== "args") {
      const action = around.length === 0 ? own(actions, setting) : undefined;
      around.push(quoted(action?.title ?? own(labels, setting) ?? wordsOf(setting)));
    }
    setting = part;
  }
  return { around, setting };
}

/** A form of nothing but places is the same in every language. */
export function isOnlyPlaces(form: string): boolean {
  return form.includes("{") && !/\p{L}/u.test(form.replaceAll(/\{\w+\}/g, ""));
}

function sayIssue({ issue: say }: SentenceWords, issue: Readonly<Record<string, unknown>>): string | undefined {
  if (say === undefined) return undefined;
  // It went through JSON, and lacks the input: enough for all that the sentences name.
  const said = say({ input: undefined, ...issue } as unknown as Parameters<typeof say>[0]);
  return typeof said === "string" ? said : said?.message;
}

function sayParameter(words: SentenceWords, name: string, value: Parameter): string {
  if (typeof value === "string") {
    const known = words.values[name];
    return known !== undefined && Object.hasOwn(known, value) ? (known[value] ?? value) : value;
  }
  if (typeof value === "number") return String(value);
  const sentences = Array.isArray(value) ? (value as readonly Sentence[]) : [value as Sentence];
  return sentences.map((sentence) => sayIn(words, sentence)).join("; ");
}
