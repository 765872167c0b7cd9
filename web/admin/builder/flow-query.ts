import { apiOf, type WorkspaceApi } from "../api.ts";
import type { Flow } from "./flow-types.ts";

/** What was asked before the page was there to ask; taken once. */
const begun = new Map<string, { readonly at: number; readonly flow: Promise<Flow> }>();
/** Whoever turned round at the door and comes back later is to see what is there by then. */
const longestMs = 10_000;
const keyOf = (domain: string, ref: string) => `${domain} ${ref}`;

/** Asks for a flow while the builder's script is still under way. */
export function beginFlow(domain: string, ref: string): void {
  const asked = apiOf(domain).get<Flow>(`/flows/${ref}`);
  begun.set(keyOf(domain, ref), { at: performance.now(), flow: asked });
  // What goes wrong is told by whoever takes it; where nobody does, it is nobody's trouble.
  asked.catch(() => undefined);
}

/** The flow that was asked for when its page was gone to, or the one that is there now. */
export async function takeFlow(api: WorkspaceApi, ref: string, signal: AbortSignal): Promise<Flow> {
  const key = keyOf(api.domain, ref);
  const asked = begun.get(key);
  begun.delete(key);
  const isFresh = asked !== undefined && performance.now() - asked.at < longestMs;
  return await (isFresh ? asked.flow : api.get<Flow>(`/flows/${ref}`, {}, signal));
}
