import type { ActionCall } from "../model/action-call.ts";
import type { ActionResult } from "../model/outcome.ts";
import { type ActionCatalogue, type ActionType, type ContactContext, refuse } from "./action-type.ts";

/** A call that names an existing action with fitting arguments, or why it does not. */
export type ParsedCall =
  | { readonly ok: true; readonly action: ActionType; readonly args: unknown }
  | { readonly ok: false; readonly code: "action.unknown" | "action.bad_arguments"; readonly message: string };

/** Finds the action and checks the arguments' form. */
export function parseActionCall(catalogue: ActionCatalogue, call: ActionCall): ParsedCall {
  // The registry hides each action's arguments behind `never`; its own schema decides what `apply` gets.
  const action = (Object.hasOwn(catalogue, call.action) ? catalogue[call.action] : undefined) as ActionType | undefined;
  if (action === undefined) {
    return { ok: false, code: "action.unknown", message: `there is no action "${call.action}"` };
  }
  const parsed = action.args.safeParse(call.args);
  if (parsed.success) return { ok: true, action, args: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  const message = `${call.action}${where === "" ? "" : `, ${where}`}: ${issue?.message ?? "the arguments do not fit"}`;
  return { ok: false, code: "action.bad_arguments", message };
}

/** Runs one call. A call that cannot run is an answer, not an exception. */
export function runAction(catalogue: ActionCatalogue, context: ContactContext, call: ActionCall): ActionResult {
  const parsed = parseActionCall(catalogue, call);
  if (!parsed.ok) return refuse(parsed.code, parsed.message);
  const refusal = parsed.action.check?.(context.bot, parsed.args);
  return refusal === undefined ? parsed.action.apply(context, parsed.args) : refuse(refusal.code, refusal.message);
}
