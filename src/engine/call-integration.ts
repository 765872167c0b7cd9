import { z } from "zod";
import type { Json } from "../model/field.ts";
import type { ActionResult } from "../model/outcome.ts";
import { type Sentence, say } from "../model/sentence.ts";
import type { BotSnapshot, IntegrationOfWorkspace } from "../model/world.ts";
import { type ContactContext, ok, refuse } from "./action-type.ts";
import { checkJsonPath } from "./json-path.ts";

/** Which integration an action means; absent: the only one of its kind. */
export const integrationArg = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe("Ref or name of the integration; absent: the only one of this kind.");

/** Parts of the answer to keep, once it is there. */
export const saveArg = z
  .array(
    z.object({
      path: z
        .string()
        .min(1)
        .max(500)
        .refine((path) => checkJsonPath(path) === undefined, "no JSON path (RFC 9535)"),
      field: z.string().min(1).max(200),
    }),
  )
  .max(20)
  .optional()
  .describe("JSON paths into the answer, and the fields that what they find is kept in when it comes.");

interface Wanted {
  readonly kind: string;
  readonly title: string;
  readonly ref: string | undefined;
}

/** The integration that is meant, or why there is none. */
export function findIntegration(
  bot: BotSnapshot,
  { kind, title, ref }: Wanted,
): IntegrationOfWorkspace | ({ readonly code: string } & Sentence) {
  const ofKind = bot.integrations.filter((one) => one.kind === kind);
  if (ref !== undefined) {
    const named = ofKind.find((one) => one.ref === ref) ?? ofKind.find((one) => one.name === ref);
    return named ?? { code: "integration.not_found", ...say`there is no ${{ title }} integration "${{ ref }}"` };
  }
  const [only] = ofKind;
  if (only === undefined) return { code: "integration.not_found", ...say`there is no ${{ title }} integration yet` };
  if (ofKind.length === 1) return only;
  const names = ofKind.map(({ name }) => `"${name}"`).join(", ");
  return { code: "integration.ambiguous", ...say`name one of the ${{ title }} integrations: ${{ names }}` };
}

/**
 * Has an integration called once everything is committed: `shell/jobs/call-integration.ts` makes the call, tries again what may pass, and writes each try into the integration log.
 */
export function callIntegration(
  context: ContactContext,
  wanted: Wanted,
  call: {
    readonly operation: string;
    readonly args: Json;
    readonly save?: readonly { readonly path: string; readonly field: string }[] | undefined;
  },
): ActionResult {
  const found = findIntegration(context.bot, wanted);
  if ("code" in found) return { ok: false, error: found };
  const unknown = call.save?.find(({ field }) => !context.bot.fields.has(field));
  if (unknown !== undefined)
    return refuse("field.not_found", say`there is no field "${{ field: unknown.field }}" to keep the answer in`);
  context.enqueue({
    kind: "call-integration",
    data: {
      integrationId: found.id,
      workspaceId: context.bot.workspaceId,
      contactId: context.contact.id,
      operation: call.operation,
      // The same each time the event is decided; two calls of one event are two.
      callId: `${context.eventId}-${context.jobCount + 1}`,
      args: call.args,
      save: (call.save ?? []).map(({ path, field }) => ({ path, field })),
    },
    group: `${found.id}`,
  });
  return ok();
}
