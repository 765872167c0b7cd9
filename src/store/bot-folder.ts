import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { z } from "zod";
import { refSchema } from "../model/flow.ts";
import { type BotFile, botFileSchema } from "./bot-file.ts";
import { explainIssues, type FileProblem, type Path, parseYaml, type YamlFile } from "./yaml-file.ts";

/** Texts by the names of files, seen from the folder, `/` between the parts. */
export type Folder = ReadonlyMap<string, string>;

/** The file that says what a bot is made of; its flows, by age, are named by their refs. */
export const mainFile = "bot.yaml";
const flowFile = /^flows\/([^/]+)\.yaml$/;

/** Only such files are a folder's; others in it are nobody's business. */
export function isOfFolder(name: string): boolean {
  return name === mainFile || flowFile.test(name);
}

/**
 * A bot as files that people review: the same bot gives the same texts. Every flow is a file of its own, its steps and edges in the order in which the
 * document has them. A file of `there` that says the same in other words (comments, order of keys) stays as it is.
 */
export function toFolder(bot: BotFile, there: Folder = new Map()): Folder {
  const old = fromFolder(there);
  const kept = "problems" in old ? new Map<string, unknown>() : toParts(old.bot);
  return new Map(
    [...toParts(bot)].map(([name, part]) => {
      const text = isDeepStrictEqual(kept.get(name), part) ? there.get(name) : undefined;
      return [name, text ?? stringify(part, { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: byRank })];
    }),
  );
}

function toParts({ flows, ...rest }: BotFile): ReadonlyMap<string, unknown> {
  const main = {
    ...rest,
    tags: [...rest.tags].sort(byCode),
    labels: [...rest.labels].sort(byCode),
    fields: [...rest.fields].sort(byKey),
    variables: [...rest.variables].sort(byKey),
    flows: flows.map(({ ref }) => ref),
  };
  const parts = [[mainFile, main], ...flows.map(({ ref, ...flow }) => [`flows/${ref}.yaml`, flow] as const)] as const;
  // What is absent and what is undefined are the same in a file.
  return new Map(parts.map(([name, part]) => [name, JSON.parse(JSON.stringify(part)) as unknown]));
}

/** The database keeps keys by their length; what an action or a comparison is about is read first. */
const rank = (pair: { readonly key: unknown }) => (["action", "subject"].includes(String(pair.key)) ? 0 : 1);
const byRank = (a: { readonly key: unknown }, b: { readonly key: unknown }) => rank(a) - rank(b);

/** By code units: the same order on every machine. */
const byCode = (a: string, b: string) => (a < b ? -1 : Number(a > b));
const byKey = (a: { readonly key: string }, b: { readonly key: string }) => byCode(a.key, b.key);

export interface ReadFolder {
  readonly bot: BotFile;
  /** Where something of the bot stands, by its path in the bot's file (`flows.0.steps.2`). */
  readonly placeOf: (path: Path) => { readonly file: string; readonly line: number };
}

const orderSchema = z.array(refSchema).default([]);

/** Reads what `toFolder` wrote, or people changed since; each problem names its file and line. A flow that the main file does not name comes after the others. */
export function fromFolder(folder: Folder): ReadFolder | { readonly problems: readonly FileProblem[] } {
  const main = parseYaml(mainFile, folder.get(mainFile) ?? "");
  if ("problems" in main) return main;
  if (typeof main.value !== "object" || main.value === null) {
    return {
      problems: [{ file: mainFile, line: 1, message: "this file has to say kind: repartee-bot, ref and name" }],
    };
  }
  const order = orderSchema.safeParse((main.value as { readonly flows?: unknown }).flows);
  const named = order.data ?? [];
  const names = [...folder.keys()].filter((name) => flowFile.test(name)).sort(byCode);
  const rank = (name: string) => (named.includes(refOf(name)) ? named.indexOf(refOf(name)) : named.length);
  const problems: FileProblem[] = explainIssues(order.error?.issues ?? [], ["flows"]).map(({ path, message }) => ({
    file: mainFile,
    line: main.lineOf(path),
    message: `flows lists the refs of flows, one a file of flows/: ${message}`,
  }));
  for (const [index, ref] of named.entries()) {
    if (folder.has(`flows/${ref}.yaml`)) continue;
    const message = `there is no flows/${ref}.yaml: add it, or take "${ref}" from the list`;
    problems.push({ file: mainFile, line: main.lineOf(["flows", index]), message });
  }
  const files: { readonly name: string; readonly yaml: YamlFile }[] = [];
  for (const name of names.sort((a, b) => rank(a) - rank(b) || byCode(a, b))) {
    const yaml = parseYaml(name, folder.get(name) ?? "");
    if ("problems" in yaml) problems.push(...yaml.problems);
    else files.push({ name, yaml });
  }
  if (problems.length > 0) return { problems };
  const placeOf = (path: Path) => {
    const [key, index, ...rest] = path;
    const flow = key === "flows" && typeof index === "number" ? files[index] : undefined;
    if (flow === undefined) return { file: mainFile, line: main.lineOf(path) };
    return { file: flow.name, line: flow.yaml.lineOf(rest) };
  };
  const flows = files.map(({ name, yaml }) => ({ ref: refOf(name), ...(yaml.value as object) }));
  const renamed = flows.flatMap(({ ref }, index): FileProblem[] => {
    const expected = refOf(files[index]?.name ?? "");
    if (ref === expected) return [];
    return [{ ...placeOf(["flows", index, "ref"]), message: `the file's name says ref ${expected}: leave ref out` }];
  });
  return renamed.length > 0 ? { problems: renamed } : checkBot({ ...main.value, flows }, placeOf);
}

const refOf = (name: string) => flowFile.exec(name)?.[1] ?? "";

/** Reads a bot's one file. */
export function fromBotFile(name: string, text: string): ReadFolder | { readonly problems: readonly FileProblem[] } {
  const parsed = parseYaml(name, text);
  if ("problems" in parsed) return parsed;
  const placeOf = (path: Path) => ({ file: name, line: parsed.lineOf(path) });
  return checkBot(parsed.value, placeOf);
}

function checkBot(
  value: unknown,
  placeOf: ReadFolder["placeOf"],
): ReadFolder | { readonly problems: readonly FileProblem[] } {
  const checked = botFileSchema.safeParse(value);
  const told = checked.success ? findDropped(value, checked.data) : explainIssues(checked.error.issues);
  if (checked.success && told.length === 0) return { bot: checked.data, placeOf };
  const problems = told.map(({ path, message }) => {
    const where = path[0] === "flows" && typeof path[1] === "number" ? path.slice(2) : path;
    return { ...placeOf(path), message: where.length === 0 ? message : `${where.join(".")}: ${message}` };
  });
  return { problems };
}

/** What the schema passed over: written by hand, a key that nobody knows is a slip, and would be gone with the next export. */
function findDropped(
  written: unknown,
  read: unknown,
  path: Path = [],
): { readonly path: Path; readonly message: string }[] {
  if (typeof written !== "object" || written === null || typeof read !== "object" || read === null) return [];
  return Object.entries(written).flatMap(([key, value]) => {
    const at = [...path, Array.isArray(written) ? Number(key) : key];
    if (value !== undefined && !Object.hasOwn(read, key)) return [{ path: at, message: `there is no "${key}" here` }];
    return findDropped(value, (read as Readonly<Record<string, unknown>>)[key], at);
  });
}
