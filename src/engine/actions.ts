import type { ActionCall } from "../model/action-call.ts";
import type { ActionResult } from "../model/outcome.ts";
import { type Sentence, say, sayIssue } from "../model/sentence.ts";
import type { ActionCatalogue, ActionType, ContactContext } from "./action-type.ts";

/** A call that names an existing action with fitting arguments, or why it does not. */
export type ParsedCall =
  | { readonly ok: true; readonly action: ActionType; readonly args: unknown }
  | { readonly ok: false; readonly refusal: { readonly code: "action.unknown" | "action.bad_arguments" } & Sentence };

/** Finds the action and checks the arguments' form. */
export function parseActionCall(catalogue: ActionCatalogue, call: ActionCall): ParsedCall {
  // The registry hides each action's arguments behind `never`; its own schema decides what `apply` gets.
  const action = (Object.hasOwn(catalogue, call.action) ? catalogue[call.action] : undefined) as ActionType | undefined;
  if (action === undefined) {
    return { ok: false, refusal: { code: "action.unknown", ...say`there is no action "${{ action: call.action }}"` } };
  }
  const parsed = action.args.safeParse(call.args);
  if (parsed.success) return { ok: true, action, args: parsed.data };
  const [issue] = parsed.error.issues;
  const where = [call.action, issue?.path.join(".") ?? ""].filter((part) => part !== "").join(", ");
  const problem = issue === undefined ? say`the arguments do not fit` : sayIssue(issue);
  return { ok: false, refusal: { code: "action.bad_arguments", ...say`${{ where }}: ${{ problem }}` } };
}

/** Runs one call. A call that cannot run is an answer, not an exception. */
export function runAction(catalogue: ActionCatalogue, context: ContactContext, call: ActionCall): ActionResult {
  const parsed = parseActionCall(catalogue, call);
  if (!parsed.ok) return { ok: false, error: parsed.refusal };
  const refusal = parsed.action.check?.(context.bot, parsed.args);
  return refusal === undefined ? parsed.action.apply(context, parsed.args) : { ok: false, error: refusal };
}
