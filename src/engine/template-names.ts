import { type Contact, type Profile, profileKeys } from "../model/contact.ts";
import type { FieldDefinition } from "../model/field.ts";
import { type Sentence, say } from "../model/sentence.ts";
import type { BotSnapshot } from "../model/world.ts";
import { type Candidate, findNear } from "./near-name.ts";
import { listPaths, type NamePath, toNames } from "./template.ts";

/** What the templates at hand can look up besides what every contact has. */
export interface KnownNames {
  /** Names by key. */
  readonly fields: ReadonlyMap<string, string>;
  /** Keys; undefined: any may be there. */
  readonly variables: ReadonlySet<string> | undefined;
}

/** One sentence for each name in the template that nothing is called by, with the one that was likely meant: where it stands, nothing will stand. */
export function findUnknownNames(template: string, known: KnownNames): Sentence[] {
  return listPaths(template).flatMap((path) => {
    const problem = findProblem(path, known);
    if (problem === undefined) return [];
    const meant = findNear(path.at(-1) ?? "", listCandidates(known), path[0]);
    return [meant === undefined ? problem : say`${{ problem }}; did you mean ${{ meant: toCode(meant) }}?`];
  });
}

/** As it is written in a template: so people find it there. */
const toCode = (path: string) => `{{ ${path} }}`;

/** Each text says so of itself. */
const ownParts = new Set(["size", "first", "last"]);

function findProblem([root, key, part]: NamePath, known: KnownNames): Sentence | undefined {
  const code = (...parts: string[]) => toCode(parts.join("."));
  const { roots, parts } = listFixedNames();
  if (!roots.has(root)) {
    const path = key === undefined ? code(root) : code(root, key);
    return say`${{ code: path }} stays empty: nothing is called so`;
  }
  if (key === undefined || ownParts.has(key) || root === "secrets") return undefined;
  if (root === "fields") {
    return known.fields.has(key) ? undefined : say`${{ code: code(root, key) }} stays empty: there is no such field`;
  }
  if (root === "vars") {
    const isKnown = known.variables === undefined || known.variables.has(key);
    return isKnown
      ? undefined
      : say`${{ code: code(root, key) }} stays empty: no step sets it, and no variable of the bot is called so`;
  }
  const wanted = part !== undefined && parts.has(`${root}.${key}.`) ? [root, key, part] : [root, key];
  if (parts.has(wanted.join(".")) || !parts.has(`${root}.`)) return undefined;
  return say`${{ code: code(...wanted) }} stays empty: nothing is called so`;
}

const candidatesOf = new WeakMap<KnownNames, readonly Candidate[]>();

/** All that a template can look up. Of two ways to write one name, the one that the editor's menu puts in comes first. */
function listCandidates(known: KnownNames): readonly Candidate[] {
  const listed = candidatesOf.get(known) ?? [
    ...[...listFixedNames().parts]
      .filter((path) => !path.endsWith("."))
      .toSorted((one, other) => Number(/[A-Z]/.test(one)) - Number(/[A-Z]/.test(other)))
      .map((path) => ({ name: path.split(".").at(-1) ?? "", path })),
    ...[...known.fields].flatMap(([key, name]) => [key, name].map((one) => ({ name: one, path: `fields.${key}` }))),
    ...[...(known.variables ?? [])].map((key) => ({ name: key, path: `vars.${key}` })),
  ];
  candidatesOf.set(known, listed);
  return listed;
}

interface FixedNames {
  readonly roots: ReadonlySet<string>;
  /** `contact.email`, `contact.utm.source`; and `contact.` and `contact.utm.` of what has such parts. */
  readonly parts: ReadonlySet<string>;
}

let fixedNames: FixedNames | undefined;

/** What every template can look up: read off the very names that templates are rendered with. */
function listFixedNames(): FixedNames {
  fixedNames ??= readFixedNames();
  return fixedNames;
}

function readFixedNames(): FixedNames {
  const profile: Profile = Object.fromEntries(profileKeys.map((key) => [key, ""]));
  // Of a contact and a bot, what templates read.
  const nobody = { profile, identities: [], tags: [], labels: [], utm: {}, fields: {} } as unknown as Contact;
  const contact = { ...nobody, entry: { link: "", payload: "", at: 0, variables: {} } };
  const bot = { name: "", ref: "" } as BotSnapshot;
  const names = toNames({ contact, bot, variables: {}, values: {}, message: { text: "", attachments: [] } });
  const parts = new Set<string>();
  const add = (value: unknown, path: string) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    parts.add(`${path}.`);
    for (const [key, inner] of Object.entries(value)) {
      parts.add(`${path}.${key}`);
      add(inner, `${path}.${key}`);
    }
  };
  for (const [root, value] of Object.entries(names)) if (root !== "fields" && root !== "vars") add(value, root);
  return { roots: new Set([...Object.keys(names), "secrets"]), parts };
}

/** Names by key, of definitions that stand under their names too. */
export function toFieldNames(
  definitions: Iterable<Pick<FieldDefinition, "key" | "name">>,
): ReadonlyMap<string, string> {
  return new Map([...definitions].map(({ key, name }) => [key, name]));
}
