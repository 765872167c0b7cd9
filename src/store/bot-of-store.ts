import type { Database } from "./database.ts";
import { type Access, isOfAccess } from "./workspace-store.ts";

/** A flow or a sequence that a caller names, with the bot that it is of. */
export interface OwnedByBot {
  readonly kind: "flow" | "sequence";
  readonly ref: string;
  readonly botId: number;
  readonly botName: string;
}

/** Those of these flows and sequences that the caller may see; the others are left out. */
export async function findOwners(
  db: Database,
  access: Access,
  { flows, sequences }: { readonly flows: readonly string[]; readonly sequences: readonly string[] },
): Promise<OwnedByBot[]> {
  const ofKind = async (kind: OwnedByBot["kind"], refs: readonly string[]) => {
    if (refs.length === 0) return [];
    const table = kind === "flow" ? "flows" : "sequences";
    const rows = await db
      .selectFrom(table)
      .innerJoin("bots", "bots.id", `${table}.botId`)
      .select([`${table}.ref`, "bots.id as botId", "bots.name as botName"])
      .where(`${table}.ref`, "in", refs)
      .where(isOfAccess(access))
      .execute();
    return rows.map((row) => ({ kind, ...row }));
  };
  return [...(await ofKind("flow", flows)), ...(await ofKind("sequence", sequences))];
}
