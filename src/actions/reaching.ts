import type { AnyAction } from "../engine/action-type.ts";
import type { ActionCall } from "../model/action-call.ts";
import { actions } from "./index.ts";

const catalogue: Readonly<Record<string, AnyAction>> = actions;
/** Actions that say something to the contact, now or later. A tag is for the banned and the unreachable too. */
const reachingGroups: ReadonlySet<string> = new Set(["messages", "flows", "sequences"] satisfies AnyAction["group"][]);

/** Whether a contact may come to hear something by this action; one that a newer release knows might. */
const reachesBy = (action: string): boolean => reachingGroups.has(catalogue[action]?.group ?? "messages");

/** By these nobody comes to hear anything. */
export const quietActions: readonly string[] = Object.keys(catalogue).filter((action) => !reachesBy(action));

/** Whether contacts may come to hear something by one of these. */
export const reaches = (calls: readonly Pick<ActionCall, "action">[]): boolean =>
  calls.some(({ action }) => reachesBy(action));
