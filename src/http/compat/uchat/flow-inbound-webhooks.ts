import { z } from "zod";
import { toNs } from "../../../engine/uchat-ns.ts";
import { listFlows } from "../../../store/flow-store.ts";
import { listInboundWebhooks } from "../../../store/inbound-webhook-store.ts";
import { pageOf } from "./answers.ts";
import { type AnyEndpoint, endpoint } from "./endpoint.ts";
import { listInput, pageOfNamed } from "./named-lists.ts";

const webhookSchema = z.strictObject({
  name: z.string(),
  hook_uid: z.string(),
  /** "" where a call starts no flow. */
  sub_flow_ns: z.string(),
  status: z.enum(["active", "inactive"]),
  url: z.url(),
});

/** Addresses where other systems say something of a bot's contacts. */
export const inboundWebhookEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/flow/inbound-webhooks",
    scope: "flow",
    summary: "Get list of inbound webhooks",
    input: z.object(listInput),
    answer: pageOf(webhookSchema),
    async handle(call, input) {
      const botId = await call.botId();
      const access = { workspaceId: call.caller.workspaceId, botId };
      const flowIds = new Map((await listFlows(call.db, access)).map(({ ref, id }) => [ref, id]));
      const webhooks = await listInboundWebhooks(call.db, access);
      return await pageOfNamed(call, webhooks, input, ({ name, uid, flow, active }) => {
        const flowId = flow === null ? undefined : flowIds.get(flow);
        return {
          name,
          hook_uid: uid,
          sub_flow_ns: flowId === undefined ? "" : toNs("flow", botId, flowId),
          status: active ? ("active" as const) : ("inactive" as const),
          url: `${call.dependencies.publicUrl}/webhooks/in/${uid}`,
        };
      });
    },
  }),
];
