import { z } from "zod";
import { toNs } from "../../../engine/uchat-ns.ts";
import { deleteFlow, findFlowById, listFlows } from "../../../store/flow-store.ts";
import { ok, okSchema, pageOf } from "./answers.ts";
import { unknownNs } from "./call.ts";
import { type AnyEndpoint, endpoint } from "./endpoint.ts";
import { text } from "./input.ts";
import { listInput, pageOfNamed } from "./named-lists.ts";

const subFlowSchema = z.strictObject({ name: z.string(), sub_flow_ns: z.string().regex(/^f\d+s\d+$/) });

/** UChat's sub flows are our flows. */
export const subFlowEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/flow/subflows",
    scope: "flow",
    summary: "Get list of sub flows",
    input: z.object(listInput),
    answer: pageOf(subFlowSchema),
    async handle(call, input) {
      const botId = await call.botId();
      const flows = await listFlows(call.db, { workspaceId: call.caller.workspaceId, botId });
      return await pageOfNamed(call, flows, input, ({ id, name }) => ({ name, sub_flow_ns: toNs("flow", botId, id) }));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/flow/delete-sub-flow",
    scope: "flow",
    summary: "Delete a sub flow; who stands in it leaves it",
    input: z.object({ sub_flow_ns: text(60) }),
    answer: okSchema,
    async handle(call, { sub_flow_ns }) {
      const { bot, id } = await call.requireNs("flow", sub_flow_ns);
      const access = { workspaceId: call.caller.workspaceId, botId: bot };
      const flow = await findFlowById(call.db, access, id);
      if (flow === undefined) throw unknownNs("flow", sub_flow_ns);
      await call.db.transaction().execute((trx) => deleteFlow(trx, access, flow.ref));
      return ok;
    },
  }),
];
