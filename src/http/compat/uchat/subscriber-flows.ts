import { z } from "zod";
import { parseNodeNs } from "../../../engine/node-ns.ts";
import { AppError } from "../../../model/app-error.ts";
import { type FlowSummary, findFlowById, findMainFlow, listFlows, requireVersion } from "../../../store/flow-store.ts";
import { ok, okSchema } from "./answers.ts";
import { unknownNs } from "./call.ts";
import { type AnyEndpoint, type Call, type ContactPlace, endpoint } from "./endpoint.ts";
import { text } from "./input.ts";

const ns = text(60);

/** A sub flow of the subscriber's own bot. */
async function findSubFlow(call: Call, botId: number, subFlowNs: string): Promise<FlowSummary> {
  const { bot, id } = await call.requireNs("flow", subFlowNs);
  const flow =
    bot === botId ? await findFlowById(call.db, { workspaceId: call.caller.workspaceId, botId }, id) : undefined;
  if (flow === undefined) throw unknownNs("flow", subFlowNs);
  return flow;
}

/** The ref of a sub flow of the subscriber's own bot. */
export async function requireSubFlow(call: Call, botId: number, subFlowNs: string): Promise<string> {
  return (await findSubFlow(call, botId, subFlowNs)).ref;
}

/** The same, with the step that it begins with. Throws `flow.not_published`. */
export async function requireStart(
  call: Call,
  botId: number,
  subFlowNs: string,
): Promise<{ readonly ref: string; readonly name: string; readonly start: string }> {
  const flow = await findSubFlow(call, botId, subFlowNs);
  const { publishedVersion, ref, name } = flow;
  const start =
    publishedVersion === null ? undefined : (await requireVersion(call.db, flow, publishedVersion)).document.start;
  if (start !== undefined) return { ref, name, start };
  throw new AppError("flow.not_published", `the sub flow "${subFlowNs}" is not published, or has no start`);
}

/** Of several sub flows of one name the first that is published. */
async function requireSubFlowByName(call: Call, botId: number, name: string): Promise<string> {
  const flows = await listFlows(call.db, { workspaceId: call.caller.workspaceId, botId });
  const named = flows.filter((flow) => flow.name.trim().toLowerCase() === name.toLowerCase());
  const flow = named.find(({ publishedVersion }) => publishedVersion !== null) ?? named[0];
  if (flow === undefined) throw new AppError("flow.not_found", `there is no sub flow with the name "${name}"`);
  return flow.ref;
}

/** The step that a node's ns means, in the subscriber's own bot. */
export async function requireNode(
  call: Call,
  botId: number,
  nodeNs: string,
): Promise<{ readonly flow: string; readonly step: string }> {
  const place = parseNodeNs(nodeNs);
  const access = { workspaceId: call.caller.workspaceId, botId };
  const flow = place?.bot === botId ? await findFlowById(call.db, access, place.flowId) : undefined;
  if (place === undefined || flow === undefined) {
    throw new AppError("door.unknown_id", `there is no node "${nodeNs}" in the subscriber's bot`);
  }
  return { flow: flow.ref, step: place.step };
}

async function start(call: Call, contact: ContactPlace, flow: string, step?: string) {
  await call.act(contact, [{ action: "start_flow", args: { flow, ...(step === undefined ? {} : { step }) } }]);
  return ok;
}

const common = { method: "POST", scope: "flow", answer: okSchema } as const;

/** Starting flows for a subscriber. Messages of a flow that cannot reach them are skipped and seen in their history. */
export const subscriberFlowEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    ...common,
    path: "/subscriber/send-main-flow",
    summary: "Send main flow to subscriber",
    input: z.object({ user_ns: ns }),
    async handle(call, { user_ns }) {
      const contact = await call.addressContact(user_ns);
      const flow = await findMainFlow(call.db, contact.botId);
      if (flow !== undefined) return await start(call, contact, flow.ref, flow.step);
      throw new AppError(
        "flow.not_published",
        "the bot has no main flow: no published flow of it has the trigger `start`",
      );
    },
  }),
  endpoint({
    ...common,
    path: "/subscriber/send-sub-flow",
    summary: "Send sub flow to subscriber",
    input: z.object({ user_ns: ns, sub_flow_ns: ns }),
    async handle(call, { user_ns, sub_flow_ns }) {
      const contact = await call.addressContact(user_ns);
      return await start(call, contact, await requireSubFlow(call, contact.botId, sub_flow_ns));
    },
  }),
  endpoint({
    ...common,
    path: "/subscriber/send-sub-flow-by-flow-name",
    summary: "Send sub flow to subscriber by flow name",
    input: z.object({ user_ns: ns, flow_name: text(200) }),
    async handle(call, { user_ns, flow_name }) {
      const contact = await call.addressContact(user_ns);
      return await start(call, contact, await requireSubFlowByName(call, contact.botId, flow_name));
    },
  }),
  endpoint({
    ...common,
    path: "/subscriber/send-sub-flow-by-user-id",
    summary: "Send sub flow to subscriber by the id that the person has on their channel",
    input: z.object({ user_id: text(200), sub_flow_ns: ns }),
    async handle(call, { user_id, sub_flow_ns }) {
      const contact = await call.requireContactByUserId(user_id);
      return await start(call, contact, await requireSubFlow(call, contact.botId, sub_flow_ns));
    },
  }),
  endpoint({
    ...common,
    path: "/subscriber/send-node",
    summary: "Send node to subscriber",
    input: z.object({ user_ns: ns, node_ns: text(100) }),
    async handle(call, { user_ns, node_ns }) {
      const contact = await call.addressContact(user_ns);
      const { flow, step } = await requireNode(call, contact.botId, node_ns);
      return await start(call, contact, flow, step);
    },
  }),
];
