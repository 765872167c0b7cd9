import { z } from "zod";
import { conversationStatuses, type MemberRole } from "../../../model/conversation.ts";
import { countByStatus } from "../../../store/conversation-store.ts";
import { listMembers } from "../../../store/member-store.ts";
import { ok, pageOf } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { word } from "./input.ts";
import { listInput, pageOfNamed } from "./named-lists.ts";

const roles = ["owner", "admin", "member", "agent"] as const;

/** UChat's roles of ours; who edits or only looks is a member there. */
const toRole: Readonly<Record<MemberRole, (typeof roles)[number]>> = {
  owner: "owner",
  admin: "admin",
  editor: "member",
  viewer: "member",
  agent: "agent",
};

/** Somebody of the team. Who is online is not known here. */
const agentSchema = z.strictObject({
  id: z.number().int(),
  name: z.string(),
  email: z.string(),
  image: z.string(),
  role: z.enum(roles),
  is_online: z.boolean(),
});

const agentInput = z.object({ ...listInput, role: word(roles).optional() });

async function listAgents(call: Call, input: z.output<typeof agentInput>) {
  const members = await listMembers(call.db, call.caller.workspaceId);
  const agents = members.map(({ id, name, email, role }) => ({ id, name, email, role: toRole[role] }));
  const wanted = input.role === undefined ? agents : agents.filter(({ role }) => role === input.role);
  return await pageOfNamed(call, wanted, input, (agent) => ({ ...agent, image: "", is_online: false }));
}

/** The people who answer, and how many subscribers wait for them. */
export const agentEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/flow/agents",
    scope: "flow",
    summary: "Get list of agents",
    input: agentInput,
    answer: pageOf(agentSchema),
    handle: listAgents,
  }),
  endpoint({
    method: "GET",
    path: "/team-members",
    scope: "team",
    summary: "Get list of workspace members",
    input: agentInput,
    answer: pageOf(agentSchema),
    handle: listAgents,
  }),
  endpoint({
    method: "GET",
    path: "/flow/bot-users-count",
    scope: "flow",
    summary: "Get count of bot users by status",
    input: z.object({}),
    answer: z.strictObject({
      data: z.array(z.strictObject({ status: z.enum(conversationStatuses), num: z.number().int() })),
      status: z.literal("ok"),
    }),
    async handle(call) {
      const counts = await countByStatus(call.db, await call.botId());
      return { data: conversationStatuses.map((status) => ({ status, num: counts.get(status) ?? 0 })), ...ok };
    },
  }),
];
