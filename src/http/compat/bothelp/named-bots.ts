import type { ActionCall } from "../../../model/action-call.ts";
import { findOwners, type OwnedByBot } from "../../../store/bot-of-store.ts";
import type { Database } from "../../../store/database.ts";
import type { Access } from "../../../store/workspace-store.ts";

/** What a link's actions say of the bot whose contact is meant. */
export interface NamedBots {
  /** Of several people with one e-mail, one of these bots' is meant. */
  readonly bots: ReadonlySet<number>;
  /** Flows and sequences that only a contact of their bot can come into. */
  readonly needed: readonly OwnedByBot[];
}

/** Which things an action needs to be the contact's own bot's. Stopping a flow is no mistake for whoever cannot be in it. */
const needs: Readonly<Record<string, OwnedByBot["kind"]>> = {
  start_flow: "flow",
  subscribe_sequence: "sequence",
  unsubscribe_sequence: "sequence",
};

/** Reads the bots of the flows and sequences that a link names; those that are not there are left out. */
export async function findNamedBots(db: Database, access: Access, calls: readonly ActionCall[]): Promise<NamedBots> {
  const refsOf = (kind: OwnedByBot["kind"]) =>
    calls.flatMap(({ action, args }) => (needs[action] === kind ? [String(args[kind])] : []));
  const needed = await findOwners(db, access, { flows: refsOf("flow"), sequences: refsOf("sequence") });
  const stopped = calls.flatMap(({ action, args }) => (action === "stop_flow" ? [String(args.flow)] : []));
  const deciding = needed.length > 0 ? needed : await findOwners(db, access, { flows: stopped, sequences: [] });
  return { bots: new Set(deciding.map(({ botId }) => botId)), needed };
}

/** Why the contact cannot come into what is named, since it is another bot's: with the code that the action itself has for what is not there. */
export function findForeign(
  { needed }: NamedBots,
  contact: { readonly botId: number; readonly botName: string },
): { readonly code: string; readonly message: string } | undefined {
  const foreign = needed.find(({ botId }) => botId !== contact.botId);
  if (foreign === undefined) return undefined;
  const { kind, ref, botName } = foreign;
  return {
    code: kind === "flow" ? "flow_not_published" : "sequence_not_found",
    message: `the ${kind} "${ref}" is of the bot "${botName}", and the contact is one of the bot "${contact.botName}"`,
  };
}
