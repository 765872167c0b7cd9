import { z } from "zod";
import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import type { AskedAudience } from "../../../model/broadcast.ts";
import { makeBroadcast, toAudience } from "../../broadcasts.ts";
import { ok, okSchema } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { requireBotFieldByNs, setBotFields } from "./flow-fields.ts";
import { anyValue, integer, listOfUpTo, text } from "./input.ts";
import { toFieldCalls } from "./subscriber-fields.ts";
import { requireSubFlow } from "./subscriber-flows.ts";

const ns = text(60);
/** `a,b,c`, as UChat has it here; a list is taken too. */
const commaSeparated = (max: number) =>
  z
    .union([
      text().transform((list) =>
        list
          .split(",")
          .map((one) => one.trim())
          .filter((one) => one !== ""),
      ),
      listOfUpTo(max, ns),
    ])
    .pipe(z.array(z.string()).min(1, "is required").max(max, `must not have more than ${max} items`));

const common = {
  sub_flow_ns: ns,
  name: text(200).optional(),
  /** Unix seconds; absent: now. */
  scheduled_time: integer({ max: 9_999_999_999 }).optional(),
  max_per_minute: integer({ min: 1, max: 1_000_000 }).default(60),
  /** EMAIL, SMS … there; here the contact's own channel. */
  type: text(60).optional(),
  message_tag: text(100).optional(),
};

interface Wanted {
  readonly sub_flow_ns: string;
  readonly name?: string | undefined;
  readonly scheduled_time?: number | undefined;
  readonly max_per_minute: number;
}

/** Starts a broadcast of a sub flow in its bot. */
async function broadcast(
  call: Call,
  wanted: Wanted,
  audience: AskedAudience,
  before: readonly ActionCall[] = [],
): Promise<typeof ok> {
  const { bot: botId } = await call.requireNs("flow", wanted.sub_flow_ns);
  const flow = await requireSubFlow(call, botId, wanted.sub_flow_ns);
  const { dependencies, caller, db } = call;
  const access = { workspaceId: caller.workspaceId, botId };
  const startAt = wanted.scheduled_time === undefined ? null : new Date(wanted.scheduled_time * 1_000);
  const actions = [...before, { action: "start_flow", args: { flow } }];
  await db.transaction().execute(async (trx) => {
    await makeBroadcast(dependencies, trx, {
      access,
      botId,
      name: wanted.name ?? "UChat API",
      audience: await toAudience(trx, access, audience),
      actions,
      perMinute: wanted.max_per_minute,
      startAt,
      start: true,
    });
  });
  return ok;
}

/** A sub flow reaches the subscribers of its own bot. */
async function inBotOf(call: Call, { sub_flow_ns }: Wanted, contact: { readonly id: number; readonly botId: number }) {
  const { bot } = await call.requireNs("flow", sub_flow_ns);
  if (contact.botId === bot) return contact.id;
  throw new AppError(
    "door.unknown_id",
    `the sub flow "${sub_flow_ns}" is of another bot than subscriber ${contact.id}`,
  );
}

const route = { method: "POST", scope: "flow", answer: okSchema } as const;

/** Broadcasts of a sub flow; what becomes of them stands in the native API's `/broadcasts`. */
export const subscriberBroadcastEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    ...route,
    path: "/subscriber/broadcast",
    summary: "Broadcast sub flow by user ns list",
    input: z.object({ ...common, user_ns_list: commaSeparated(200) }),
    async handle(call, input) {
      const contacts: number[] = [];
      for (const userNs of input.user_ns_list)
        contacts.push(await inBotOf(call, input, await call.requireContact(userNs)));
      return await broadcast(call, input, { contacts });
    },
  }),
  endpoint({
    ...route,
    path: "/subscriber/broadcast-by-user-id",
    summary: "Broadcast sub flow by user ids",
    input: z.object({ ...common, user_id_list: commaSeparated(200) }),
    async handle(call, input) {
      const contacts: number[] = [];
      for (const userId of input.user_id_list) {
        contacts.push(await inBotOf(call, input, await call.requireContactByUserId(userId)));
      }
      return await broadcast(call, input, { contacts });
    },
  }),
  endpoint({
    ...route,
    path: "/subscriber/broadcast-by-tag",
    summary: "Broadcast sub flow by tags",
    input: z.object({
      ...common,
      tags: listOfUpTo(50, ns),
      exclude_tags: z.array(ns).max(50).nullish(),
      user_fields: z
        .array(z.object({ var_ns: ns, value: anyValue }))
        .max(20)
        .nullish(),
    }),
    async handle(call, input) {
      const names = async (list: readonly string[]) => (await call.requireNamed("tag", list)).map(({ name }) => name);
      const tags = await names(input.tags);
      const excludeTags = await names(input.exclude_tags ?? []);
      const fields = input.user_fields ?? [];
      const named = await call.requireNamed(
        "field",
        fields.map(({ var_ns }) => var_ns),
      );
      const changes = named.map(({ name }, index) => ({ field: name, value: fields[index]?.value }));
      return await broadcast(call, input, { tags, excludeTags }, toFieldCalls(changes));
    },
  }),
  endpoint({
    ...route,
    path: "/subscriber/broadcast-by-segment",
    summary: "Broadcast sub flow by segments",
    input: z.object({
      ...common,
      segment_ns: commaSeparated(10),
      bot_fields: z
        .array(z.object({ var_ns: ns, value: anyValue }))
        .max(20)
        .nullish(),
    }),
    async handle(call, input) {
      const botFields = [];
      for (const { var_ns: varNs, value } of input.bot_fields ?? []) {
        botFields.push({ field: await requireBotFieldByNs(call, varNs), value });
      }
      const segments: number[] = [];
      for (const segmentNs of input.segment_ns) segments.push((await call.requireNs("segment", segmentNs)).id);
      if (segments.length === 0) throw new AppError("request.invalid", "segment_ns is required");
      if (botFields.length > 0) await setBotFields(call, botFields);
      return await broadcast(call, input, { segments });
    },
  }),
];
