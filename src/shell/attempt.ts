import type { Advance } from "../engine/advance.ts";
import { MustRead, type Needs } from "../engine/must-read.ts";
import { toError } from "../engine/to-error.ts";
import type { Contact } from "../model/contact.ts";
import type { Event } from "../model/event.ts";
import type { Fact, Outcome } from "../model/outcome.ts";
import type { World } from "../model/world.ts";

/** What a decision gave. `failed`: it broke, and this is the stack. */
export interface Attempt {
  readonly outcome: Outcome;
  readonly failed: string | undefined;
}

/** A bug in a step must not take the batch with it: the event is kept as failed, and nothing follows from it. */
export function attempt(advance: Advance, world: World, event: Event): Attempt | { readonly needs: Needs } {
  try {
    return { outcome: advance(world, event), failed: undefined };
  } catch (thrown) {
    if (thrown instanceof MustRead) return { needs: thrown.needs };
    const error = toError(thrown);
    const message = "the event could not be handled; it is kept as failed and can be tried again";
    const outcome: Outcome = {
      ...endBrokenWait(world.contact, event, error),
      variables: {},
      messages: [],
      jobs: [],
      notes: [],
      answer: { status: "refused", code: "internal", message },
    };
    return { outcome, failed: error.stack ?? error.message };
  }
}

/** A wait whose end breaks the step would be due for ever: the position ends, visibly. */
function endBrokenWait(contact: Contact, event: Event, error: Error): Pick<Outcome, "contact" | "facts"> {
  const broken: Fact = { kind: "error", code: "internal", message: error.message };
  const due = event.kind === "timer" ? contact.positions.find(({ id }) => id === event.positionId) : undefined;
  if (due === undefined) return { contact, facts: [broken] };
  const { flow, step } = due;
  const ended: Fact = { kind: "position_ended", flow, step, reason: "step_failed", message: error.message };
  return {
    contact: { ...contact, positions: contact.positions.filter((other) => other !== due) },
    facts: [broken, ended],
  };
}
