import { z } from "zod";
import { toNs } from "../../../engine/uchat-ns.ts";
import {
  type CustomEvent,
  listCustomEventEntries,
  listCustomEvents,
  requireCustomEvent,
  summarizeCustomEvent,
  totalOfCustomEvent,
} from "../../../store/custom-event-store.ts";
import { dateTimeSchema, ok, pageOf, toDateTime } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { integer, text, word } from "./input.ts";
import { listInput, pageOfNamed } from "./named-lists.ts";
import { rangeNames, toRange } from "./ranges.ts";

const eventSchema = z.strictObject({
  name: z.string(),
  event_ns: z.string().regex(/^f\d+e\d+$/),
  description: z.string(),
  text_label: z.string(),
  price_label: z.string(),
  number_label: z.string(),
});

const present = (botId: number, { id, name }: CustomEvent): z.infer<typeof eventSchema> => ({
  name,
  event_ns: toNs("customEvent", botId, id),
  description: "",
  text_label: "",
  price_label: "",
  number_label: "",
});

async function findEvent(call: Call, eventNs: string): Promise<CustomEvent> {
  const { id } = await call.requireNs("customEvent", eventNs);
  return await requireCustomEvent(call.db, call.caller.workspaceId, id);
}

const count = { num: z.number().int(), unique_user_num: z.number().int() };
const summarySchema = z.strictObject({
  data: eventSchema,
  status: z.literal("ok"),
  stats: z.array(z.strictObject({ ...count, start_date: z.string() })),
  total: z.strictObject(count),
  start_date: dateTimeSchema,
  end_date: dateTimeSchema,
  text_values: z.array(z.strictObject({ ...count, text_value: z.string() })),
});

/** Values of an entry; as UChat's, text, and "" where there was none. */
const entrySchema = z.strictObject({
  id: z.number().int(),
  user_ns: z.string(),
  event_ns: z.string(),
  text_value: z.string(),
  price_value: z.string(),
  number_value: z.string(),
  created_at: dateTimeSchema,
});

const toText = (value: number | null) => (value === null ? "" : String(value));
const toDate = (seconds: number | undefined) => (seconds === undefined ? undefined : new Date(seconds * 1000));
const seconds = integer({ max: 100_000_000_000 }).optional();

/** Custom events: what there is, how often it happened, and each time. */
export const customEventEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/flow/custom-events",
    scope: "flow",
    summary: "Get list of custom events",
    input: z.object(listInput),
    answer: pageOf(eventSchema),
    async handle(call, input) {
      const botId = await call.botId();
      const events = await listCustomEvents(call.db, call.caller.workspaceId);
      return await pageOfNamed(call, events, input, (event) => present(botId, event));
    },
  }),
  endpoint({
    method: "GET",
    path: "/flow/custom-events/summary",
    scope: "flow",
    summary: "Get how often a custom event happened, by day (UTC) and by text",
    input: z.object({ event_ns: text(60), range: word(rangeNames).default("yesterday") }),
    answer: summarySchema,
    async handle(call, { event_ns, range: name }) {
      const event = await findEvent(call, event_ns);
      const botId = await call.botId();
      const access = { workspaceId: call.caller.workspaceId, botId };
      const range = toRange(name, call.dependencies.now());
      const days = await summarizeCustomEvent(call.db, access, event.id, range);
      const { total, texts } = await totalOfCustomEvent(call.db, access, event.id, range);
      return {
        data: present(botId, event),
        ...ok,
        stats: days.map(({ day, events, contacts }) => ({ num: events, unique_user_num: contacts, start_date: day })),
        total: { num: total.events, unique_user_num: total.contacts },
        start_date: toDateTime(range.from),
        end_date: toDateTime(range.to.getTime() - 1000),
        text_values: texts.map(({ text, events, contacts }) => ({
          num: events,
          unique_user_num: contacts,
          text_value: text,
        })),
      };
    },
  }),
  endpoint({
    method: "GET",
    path: "/flow/custom-events/data",
    scope: "flow",
    summary: "Get each time that a custom event happened, oldest first, beginning after start_id",
    input: z.object({
      event_ns: text(60),
      start_time: seconds,
      end_time: seconds,
      start_id: integer().optional(),
      limit: listInput.limit,
    }),
    answer: z.strictObject({ data: z.array(entrySchema), status: z.literal("ok") }),
    async handle(call, { event_ns, start_time, end_time, start_id, limit }) {
      const event = await findEvent(call, event_ns);
      const access = { workspaceId: call.caller.workspaceId, botId: await call.botId() };
      // UChat's document says "starting from id"; the store's pages begin after one.
      const after = start_id === undefined ? undefined : start_id - 1;
      const page = { from: toDate(start_time), to: toDate(end_time), after, limit };
      const entries = await listCustomEventEntries(call.db, access, event.id, page);
      const data = entries.map((entry) => ({
        id: entry.id,
        user_ns: toNs("contact", entry.botId, entry.contactId),
        event_ns: toNs("customEvent", entry.botId, event.id),
        text_value: entry.text ?? "",
        price_value: toText(entry.price),
        number_value: toText(entry.number),
        created_at: toDateTime(entry.createdAt),
      }));
      return { data, ...ok };
    },
  }),
];
