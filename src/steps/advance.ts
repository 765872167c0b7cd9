import { actions } from "../actions/index.ts";
import { createAdvance } from "../engine/advance.ts";
import { type PublishedFlow, prepareFlow } from "../engine/prepare-flow.ts";
import type { PreparedFlow } from "../model/flow.ts";
import { steps } from "./index.ts";

/** The engine with every step and action plugged in: what the server, the terminal simulator and the browser run. */
export const advance = createAdvance({ steps, actions });

/** Prepares a published flow with the step registry. */
export function preparePublishedFlow(flow: PublishedFlow): PreparedFlow {
  return prepareFlow(flow, steps);
}
