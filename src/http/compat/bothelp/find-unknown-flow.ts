import type { ActionCall } from "../../../model/action-call.ts";
import type { Database } from "../../../store/database.ts";
import { listFlows } from "../../../store/flow-store.ts";
import type { Access } from "../../../store/workspace-store.ts";

/**
 * The ref of the first flow that a call wants to stop and that is not there. A flow that is not published can be left, so the catalogue lets `stop_flow` pass;
 * one that never was is a mistake of the caller's.
 */
export async function findUnknownFlow(
  db: Database,
  access: Access,
  calls: readonly ActionCall[],
): Promise<string | undefined> {
  const refs = calls.flatMap(({ action, args }) => (action === "stop_flow" ? [String(args.flow)] : []));
  if (refs.length === 0) return undefined;
  const known = new Set((await listFlows(db, access)).map(({ ref }) => ref));
  return refs.find((ref) => !known.has(ref));
}
