import type { z } from "zod";

/**
 * What is said to people, so that it can be said in their language: the English `message`, and, where it names something, its `form` ("there is no tag {id}")
 * with the `parameters` that were put in. A sentence without parameters is its own form. Whoever speaks another language looks the form up
 * (web/admin/words/ru/sentences.ts) and puts the parameters into that; whoever does not, takes the message.
 */
export interface Sentence {
  readonly message: string;
  readonly form?: string | undefined;
  readonly parameters?: Readonly<Record<string, Parameter>> | undefined;
  /** What zod found, where a schema refused. */
  readonly issue?: Readonly<Record<string, unknown>> | undefined;
}

/** Another sentence, or several, may stand in a sentence: why a value is none, say. */
export type Parameter = string | number | Sentence | readonly Sentence[];

/**
 * A sentence with named parameters: say`there is no tag ${{ id }}`. A test holds every form that is written here against the words of the admin's other languages.
 */
export function say(parts: TemplateStringsArray, ...named: readonly Readonly<Record<string, Parameter>>[]): Sentence {
  const texts = parts.map((part) => part);
  if (named.length === 0) return { message: texts[0] ?? "" };
  const parameters = Object.assign({}, ...named) as Record<string, Parameter>;
  const fill = (write: (name: string, value: Parameter) => string) =>
    texts.reduce((before, part, index) => {
      const [entry] = Object.entries(named[index - 1] ?? {});
      return `${before}${entry === undefined ? "" : write(...entry)}${part}`;
    });
  return { message: fill((_, value) => sayParameter(value)), form: fill((name) => `{${name}}`), parameters };
}

/** What a schema refused: in its own words where it has them, else what zod found, from which zod's own languages make a sentence. */
export function sayIssue({ path: _path, message, ...issue }: z.core.$ZodIssue): Sentence {
  // The answers of each branch of a union are long and say no more than the union's own.
  const { input: _input, errors: _errors, ...found } = issue as Record<string, unknown>;
  return issue.code === "custom" ? { message } : { message, issue: found };
}

/** What is wrong in several places of what was given: "name: is too short; ref: is taken". */
export function sayPlaces(places: readonly Place[]): Sentence {
  const problems = places.map(({ path, ...problem }) => (path === "" ? problem : say`${{ path }}: ${{ problem }}`));
  return say`${{ problems }}`;
}

/** Something wrong at a place: a path with dots. */
export interface Place extends Sentence {
  readonly path: string;
}

/** The places that a schema refused. */
export function toPlaces(issues: readonly z.core.$ZodIssue[]): Place[] {
  return issues.map((issue) => ({ path: issue.path.join("."), ...sayIssue(issue) }));
}

/** The sentence alone, of something that carries one. */
export function toSentence({ message, form, parameters, issue }: Sentence): Sentence {
  return {
    message,
    ...(form === undefined ? {} : { form, parameters }),
    ...(issue === undefined ? {} : { issue }),
  };
}

/** A sentence that comes from elsewhere (a messenger, a library): nobody can translate it. */
export function quote(message: string): Sentence {
  return { message };
}

function sayParameter(value: Parameter): string {
  if (typeof value !== "object") return String(value);
  return (Array.isArray(value) ? (value as readonly Sentence[]) : [value as Sentence])
    .map(({ message }) => message)
    .join("; ");
}
