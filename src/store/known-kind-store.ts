import { sql } from "kysely";
import type { FlowDocument } from "../model/flow.ts";
import type { Database } from "./database.ts";

/** What a release can do with flows: the names of its steps and actions. */
export interface KnownKinds {
  readonly steps: ReadonlySet<string>;
  readonly actions: ReadonlySet<string>;
}

const stepKey = (kind: string) => `step ${kind}`;
const actionKey = (name: string) => `action ${name}`;

/** Tells older processes what this release can do. */
export async function recordKinds(db: Database, { steps, actions }: KnownKinds): Promise<void> {
  const kinds = [...[...steps].map(stepKey), ...[...actions].map(actionKey)];
  await sql`insert into known_kinds (kind) select unnest(${kinds}::text[]) on conflict do nothing`.execute(db);
}

/** Whether a flow has kinds that this release does not know: hardly ever. */
export const hasUnknownKinds = (document: FlowDocument, known: KnownKinds): boolean =>
  unknownKinds(document, known).size > 0;

/** What of a flow another release knows, and this one does not: `step …`, `action …`. */
export async function findForeignKinds(db: Database, document: FlowDocument, known: KnownKinds): Promise<string[]> {
  return await toldOf(db, [...unknownKinds(document, known)]);
}

/** What of these actions another release knows, and this one does not: `action …`. */
export async function findForeignActions(
  db: Database,
  names: readonly string[],
  known: KnownKinds["actions"],
): Promise<string[]> {
  return await toldOf(db, names.filter((name) => !known.has(name)).map(actionKey));
}

async function toldOf(db: Database, unknown: readonly string[]): Promise<string[]> {
  if (unknown.length === 0) return [];
  const rows = await db.selectFrom("knownKinds").select("kind").where("kind", "in", unknown).execute();
  return rows.map(({ kind }) => kind);
}

function unknownKinds({ steps }: FlowDocument, known: KnownKinds): Set<string> {
  const unknown = new Set<string>();
  for (const { kind, config } of steps) {
    if (!known.steps.has(kind)) unknown.add(stepKey(kind));
    else for (const name of actionsIn(config)) if (!known.actions.has(name)) unknown.add(actionKey(name));
  }
  return unknown;
}

/** Names of the action calls anywhere in a step's config: objects with `action` and `args`. */
function* actionsIn(value: unknown): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  const { action, args } = value as { readonly action?: unknown; readonly args?: unknown };
  if (typeof action === "string" && args !== undefined) yield action;
  for (const inner of Object.values(value)) yield* actionsIn(inner);
}
