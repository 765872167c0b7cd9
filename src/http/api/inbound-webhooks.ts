import { checkJsonPath } from "../../engine/json-path.ts";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import type { InboundMapping } from "../../model/webhook.ts";
import { requireBot } from "../../store/bot-store.ts";
import type { Database } from "../../store/database.ts";
import { listFields } from "../../store/field-store.ts";
import { requireFlow } from "../../store/flow-store.ts";
import {
  changeInboundWebhook,
  createInboundWebhook,
  deleteInboundWebhook,
  type InboundWebhook,
  listInboundWebhooks,
  requireInboundWebhook,
} from "../../store/inbound-webhook-store.ts";
import { listVariables } from "../../store/variable-store.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import { ofBotQuery } from "../contract/sequences.ts";
import {
  type InboundWebhookBody,
  inboundWebhookChangeSchema,
  inboundWebhookCreateSchema,
  inboundWebhookSchema,
} from "../contract/webhooks.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { type ApiResource, route } from "./route.ts";

/** Throws `flow.not_found`, `inbound_webhook.bad_mapping`: a call would otherwise be refused when it comes. */
async function check(
  db: Database,
  { workspaceId, id: botId }: { readonly workspaceId: number; readonly id: number },
  {
    flow,
    mapping = [],
  }: { readonly flow?: string | null | undefined; readonly mapping?: readonly InboundMapping[] | undefined },
): Promise<void> {
  const access = { workspaceId, botId };
  if (typeof flow === "string") await requireFlow(db, access, flow);
  const fields = mapping.some(({ field }) => field !== undefined) ? await listFields(db, workspaceId) : [];
  const variables = mapping.some(({ variable }) => variable !== undefined) ? await listVariables(db, access) : [];
  const isThere = (list: readonly { key: string; name: string }[], name: string) =>
    list.some((one) => one.key === name || one.name === name);
  const problems = mapping.flatMap(({ path, field, variable }) => [
    ...[checkJsonPath(path)].flatMap((problem) => problem ?? []),
    ...(field === undefined || isThere(fields, field) ? [] : [say`there is no field "${{ field }}"`]),
    ...(variable === undefined || isThere(variables, variable) ? [] : [say`there is no variable "${{ variable }}"`]),
  ]);
  if (problems.length > 0)
    throw new AppError("inbound_webhook.bad_mapping", say`${{ problems }}`, {
      details: problems.map(({ message }) => message),
    });
}

const tag = "Inbound webhooks";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", writes: true } as const;

/** Addresses where other systems tell a bot of its contacts; see docs/webhooks.md. */
export const inboundWebhookResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  const present = ({ workspaceId: _workspace, createdAt, mapping, ...hook }: InboundWebhook): InboundWebhookBody => ({
    ...hook,
    url: `${dependencies.publicUrl}/webhooks/in/${hook.uid}`,
    mapping: mapping.map((one) => ({ ...one })),
    createdAt: toInstant(createdAt),
  });
  app.get(
    "/inbound-webhooks",
    route(
      { ...read, id: "listInboundWebhooks", summary: "List inbound webhooks" },
      { querystring: ofBotQuery },
      listOf(inboundWebhookSchema),
    ),
    async ({ caller, query }) => ({
      data: (await listInboundWebhooks(db, await narrowToBot(db, caller, query.bot))).map(present),
    }),
  );
  app.get(
    "/inbound-webhooks/:id",
    route(
      { ...read, id: "getInboundWebhook", summary: "Read an inbound webhook" },
      { params: idParams },
      inboundWebhookSchema,
    ),
    async ({ caller, params }) => present(await requireInboundWebhook(db, caller, params.id)),
  );
  app.post(
    "/inbound-webhooks",
    route(
      { ...write, id: "createInboundWebhook", summary: "Make an inbound webhook", status: 201 },
      { body: inboundWebhookCreateSchema },
      inboundWebhookSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { bot: reference, ...values } = request.body;
        const bot = await requireBot(trx, request.caller, reference);
        await check(trx, bot, values);
        return present(await createInboundWebhook(trx, bot, values));
      }),
  );
  app.patch(
    "/inbound-webhooks/:id",
    route(
      { ...write, id: "changeInboundWebhook", summary: "Change an inbound webhook; its address stays" },
      { params: idParams, body: inboundWebhookChangeSchema },
      inboundWebhookSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { caller, params, body } = request;
        const { workspaceId, botId } = await requireInboundWebhook(trx, caller, params.id);
        await check(trx, { workspaceId, id: botId }, body);
        return present(await changeInboundWebhook(trx, caller, params.id, body));
      }),
  );
  app.delete(
    "/inbound-webhooks/:id",
    route(
      { ...write, id: "deleteInboundWebhook", summary: "Delete an inbound webhook", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteInboundWebhook(trx, request.caller, request.params.id);
        return null;
      }),
  );
};
