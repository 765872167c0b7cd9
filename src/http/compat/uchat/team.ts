import { z } from "zod";
import { toFlowNs } from "../../../engine/uchat-ns.ts";
import { listBots } from "../../../store/bot-store.ts";
import { listChannels } from "../../../store/channel-store.ts";
import { listMembers } from "../../../store/member-store.ts";
import { getWorkspace } from "../../../store/workspace-store.ts";
import { pageOf } from "./answers.ts";
import { botUserSchema } from "./bot-user.ts";
import { channelNames, toChannelKind, toChannelName } from "./channel-names.ts";
import { type AnyEndpoint, endpoint } from "./endpoint.ts";
import { word } from "./input.ts";
import { listInput, pageOfNamed } from "./named-lists.ts";
import { listBotUsers, personFilters } from "./subscriber-search.ts";

const teamInfoSchema = z.strictObject({
  data: z.strictObject({
    id: z.number().int(),
    name: z.string(),
    image: z.string(),
    owner_id: z.number().int(),
    owner_email: z.string(),
  }),
  status: z.literal("ok"),
});

const flowSchema = z.strictObject({
  flow_ns: z.string().regex(/^f\d+$/),
  name: z.string(),
  /** The channel's kind; of a bot on several channels the first's; of one without any "". */
  type: z.string(),
  /** A page's or a phone's own id there; none of ours has one. */
  linked_label: z.string(),
});

/** The workspace: UChat's team. Its bots are called flows there. */
export const teamEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/team-info",
    scope: "team",
    summary: "Get workspace info",
    input: z.object({}),
    answer: teamInfoSchema,
    async handle(call) {
      const { id, name } = await getWorkspace(call.db, call.caller.workspaceId);
      // Who was first of those who own it; nobody, as long as it is worked on by tokens alone.
      const owner = (await listMembers(call.db, id)).find(({ role }) => role === "owner");
      const data = { id, name, image: "", owner_id: owner?.id ?? 0, owner_email: owner?.email ?? "" };
      return { data, status: "ok" as const };
    },
  }),
  endpoint({
    method: "GET",
    path: "/team-flows",
    scope: "team",
    summary: "Get list of the workspace's bots",
    input: z.object({ ...listInput, type: word(channelNames).optional() }),
    answer: pageOf(flowSchema),
    async handle(call, input) {
      const bots = await listBots(call.db, call.caller);
      const channels = await listChannels(call.db, call.caller);
      const kindsOf = (botId: number) => channels.filter((one) => one.botId === botId).map(({ kind }) => kind);
      const kind = input.type === undefined ? undefined : toChannelKind(input.type);
      const found = kind === undefined ? bots : bots.filter(({ id }) => kindsOf(id).includes(kind));
      return await pageOfNamed(call, found, input, ({ id, name }) => ({
        flow_ns: toFlowNs(id),
        name,
        type: toChannelName(kind ?? kindsOf(id)[0] ?? ""),
        linked_label: "",
      }));
    },
  }),
  endpoint({
    method: "GET",
    path: "/team-bot-users",
    scope: "team",
    summary: "Get list of the subscribers of all bots, or find some by name, phone, e-mail and so on",
    input: z.object(personFilters),
    answer: pageOf(botUserSchema),
    handle: (call, input) => listBotUsers(call, input, {}),
  }),
  endpoint({
    method: "GET",
    path: "/me",
    scope: "any",
    summary: "Get who calls: a token stands for its workspace",
    input: z.object({}),
    answer: z.strictObject({ id: z.number().int(), name: z.string(), email: z.string(), image: z.string() }),
    async handle(call) {
      const { id, name } = await getWorkspace(call.db, call.caller.workspaceId);
      return { id, name, email: "", image: "" };
    },
  }),
];
