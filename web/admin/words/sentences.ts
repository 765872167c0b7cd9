import type { z } from "zod";
import type { ErrorCode } from "../../../src/model/app-error.ts";
import type { Parameter, Sentence } from "../../../src/model/sentence.ts";
import { wordsOf } from "../builder/json-schema.ts";

/** What it takes to say the server's and the engine's sentences in a language that is not English. */
export interface SentenceWords {
  /** By the English form. */
  readonly forms: Readonly<Record<string, string>>;
  /** Where the sentence itself comes from elsewhere (a messenger, another system): what is said around the `{message}`. */
  readonly codes: Readonly<Partial<Record<ErrorCode, string>>>;
  /** Words of ours that stand in sentences, by the parameter's name. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Of settings, for the places that sentences name. */
  readonly labels: Readonly<Record<string, string>>;
  /** For what a schema refused in zod's words; absent: they stay English. */
  readonly issue?: z.core.$ZodErrorMap;
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

function translate(words: SentenceWords, { message, form = message, parameters = {}, issue }: Sentence) {
  const known = Object.hasOwn(words.forms, form) ? words.forms[form] : isOnlyPlaces(form) ? form : undefined;
  if (known === undefined) return issue === undefined ? undefined : sayIssue(words, issue);
  return known.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return value === undefined ? place : sayParameter(words, name, value);
  });
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
    if (name === "where" || name === "path") return sayPlace(words, value);
    const known = words.values[name];
    return known !== undefined && Object.hasOwn(known, value) ? (known[value] ?? value) : value;
  }
  if (typeof value === "number") return String(value);
  const sentences = Array.isArray(value) ? (value as readonly Sentence[]) : [value as Sentence];
  return sentences.map((sentence) => sayIn(words, sentence)).join("; ");
}

/** "messages.0.text" as the form calls it: "Сообщения 1, Текст". */
function sayPlace({ labels }: SentenceWords, path: string): string {
  return path
    .split(/\.|, /)
    .map((part) =>
      /^\d+$/.test(part) ? ` ${Number(part) + 1}` : `, ${Object.hasOwn(labels, part) ? labels[part] : wordsOf(part)}`,
    )
    .join("")
    .replace(/^[, ]+/, "");
}
