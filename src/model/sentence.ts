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

/** The same sentence with other parameters: what it names is called otherwise. */
export function fillAnew(sentence: Sentence, parameters: NonNullable<Sentence["parameters"]>): Sentence {
  const { form } = sentence;
  if (form === undefined) return sentence;
  const message = form.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return value === undefined ? place : sayParameter(value);
  });
  return { ...sentence, message, parameters };
}

/** What a schema refused: in its own words where it has them, else in ours; what we have none for is what zod found, from which zod's own languages make a sentence. */
export function sayIssue(issue: z.core.$ZodIssue): Sentence {
  const { path: _path, message, ...rest } = issue;
  if (issue.code === "custom") return { message };
  const known = isZodsOwn(message) ? sayFound(issue) : undefined;
  if (known !== undefined) return known;
  // The answers of each branch of a union are long and say no more than the union's own.
  const { input: _input, errors: _errors, ...found } = rest as Record<string, unknown>;
  return { message, issue: found };
}

/** A schema that has words of its own says what is wrong better than any rule; zod does not tell them apart, but for how its own begin. */
const isZodsOwn = (message: string) => /^(?:Too (?:small|big): |Invalid )/.test(message);

/** What is refused most, as people say it: "Too small: expected string to have >=1 characters" is a programmer's way to say that nothing was written. */
function sayFound(issue: z.core.$ZodIssue): Sentence | undefined {
  switch (issue.code) {
    case "invalid_type":
      return sayType(issue.expected, issue.message);
    case "invalid_value":
      return isNothing(issue.message) ? say`is missing` : undefined;
    case "too_small":
      return sayTooSmall(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case "too_big":
      return sayTooBig(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case "invalid_union":
      return say`is incomplete or does not fit`;
    default:
      return undefined;
  }
}

/** The input does not come along; zod's own sentence ends with what it was. */
const isNothing = (message: string) => /received (?:undefined|null)$/.test(message);

function sayType(expected: string, message: string): Sentence | undefined {
  if (isNothing(message)) return say`is missing`;
  if (expected === "string") return say`has to be a text`;
  if (expected === "number") return say`has to be a number`;
  if (expected === "int") return say`has to be a whole number`;
  if (expected === "boolean") return say`has to be yes or no`;
  return expected === "array" ? say`has to be a list` : undefined;
}

function sayTooSmall(origin: string, least: number, isInclusive: boolean): Sentence | undefined {
  if (origin === "string") return least === 1 ? say`has to be filled in` : say`needs ${{ least }} characters at least`;
  if (origin === "array") return least === 1 ? say`needs at least one entry` : say`needs ${{ least }} entries at least`;
  if (origin !== "number" && origin !== "int") return undefined;
  return isInclusive ? say`has to be ${{ least }} at least` : say`has to be more than ${{ least }}`;
}

function sayTooBig(origin: string, most: number, isInclusive: boolean): Sentence | undefined {
  if (origin === "string") return say`may have ${{ longest: most }} characters at most`;
  if (origin === "array") return say`may have ${{ most }} entries at most`;
  if (origin !== "number" && origin !== "int") return undefined;
  return isInclusive ? say`has to be ${{ most }} at most` : say`has to be less than ${{ most }}`;
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
