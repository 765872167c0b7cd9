import { parseArgs } from "node:util";
import { z } from "zod";
import type { Command } from "./command.ts";

/** One option as it is typed, read off a command's schema. */
export interface OptionShape {
  /** The schema's key. */
  readonly key: string;
  /** As typed, without dashes in front. */
  readonly flag: string;
  readonly type: "boolean" | "number" | "string" | "list";
  readonly required: boolean;
  readonly description: string;
  readonly values: readonly string[] | undefined;
  readonly fallback: unknown;
  readonly positional: boolean;
}

/** The command line was typed wrongly; ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

interface PropertySchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
}

/** The options of a command, in the order of its schema. */
export function optionShapes(command: Command): readonly OptionShape[] {
  const schema = z.toJSONSchema(command.options, { io: "input" }) as {
    readonly properties?: Readonly<Record<string, PropertySchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(schema.properties ?? {}).map(([key, property]) => ({
    key,
    flag: key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    type: typeOf(property),
    required: schema.required?.includes(key) ?? false,
    description: property.description ?? "",
    values: property.enum,
    fallback: property.default,
    positional: command.positionals?.includes(key) ?? false,
  }));
}

function typeOf(property: PropertySchema): OptionShape["type"] {
  if (property.type === "boolean") return "boolean";
  if (property.type === "array") return "list";
  return property.type === "number" || property.type === "integer" ? "number" : "string";
}

/** What every command takes. */
const common = { help: { type: "boolean", short: "h" }, json: { type: "boolean" } } as const;

export interface ParsedLine {
  readonly help: boolean;
  readonly json: boolean;
  /** Checked by the command's schema; absent when help was asked for. */
  readonly options: unknown;
}

/** Parses what follows the command's name. Throws `UsageError` for anything the command does not take. */
export function parseOptions(command: Command, words: readonly string[]): ParsedLine {
  const shapes = optionShapes(command);
  const { values, positionals } = parseWords(words, shapes);
  const json = values.json === true;
  if (values.help === true) return { help: true, json, options: undefined };
  const named = shapes.filter(({ positional }) => !positional);
  const given: Record<string, unknown> = {};
  for (const shape of named) {
    const value = values[shape.flag];
    if (value !== undefined) given[shape.key] = shape.type === "number" ? toNumber(shape, String(value)) : value;
  }
  placeWords(positionals, command.positionals ?? [], shapes, given);
  for (const shape of shapes) {
    if (shape.required && given[shape.key] === undefined) throw new UsageError(`${toTyped(shape)} is missing`);
  }
  const parsed = command.options.safeParse(given);
  if (parsed.success) return { help: false, json, options: parsed.data };
  const lines = parsed.error.issues.map((issue) => {
    const shape = shapes.find(({ key }) => key === issue.path[0]);
    return `${shape === undefined ? "" : `${toTyped(shape)}: `}${issue.message}`;
  });
  throw new UsageError(lines.join("; "));
}

function placeWords(
  words: readonly string[],
  places: readonly string[],
  shapes: readonly OptionShape[],
  given: Record<string, unknown>,
): void {
  const last = places.at(-1);
  const isList = last !== undefined && shapes.find(({ key }) => key === last)?.type === "list";
  const single = isList ? places.slice(0, -1) : places;
  if (!isList && words.length > single.length) throw new UsageError(`unexpected "${words[single.length]}"`);
  for (const [index, place] of single.entries()) if (words[index] !== undefined) given[place] = words[index];
  if (isList && words.length > single.length) given[last] = words.slice(single.length);
}

function parseWords(
  words: readonly string[],
  shapes: readonly OptionShape[],
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const options = Object.fromEntries(
    shapes
      .filter(({ positional }) => !positional)
      .map(({ flag, type }) => [
        flag,
        { type: type === "boolean" ? ("boolean" as const) : ("string" as const), multiple: type === "list" },
      ]),
  );
  try {
    return parseArgs({ args: [...words], options: { ...options, ...common }, allowPositionals: true, strict: true });
  } catch (error) {
    // The sentence without Node's hint on how to write a positional that starts with a dash.
    throw new UsageError((error as Error).message.split(". ")[0], { cause: error });
  }
}

function toNumber(shape: OptionShape, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new UsageError(`${toTyped(shape)} has to be a number`);
  return value;
}

function toTyped(shape: OptionShape): string {
  return shape.positional ? shape.key.toUpperCase() : `--${shape.flag}`;
}
