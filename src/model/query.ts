import { z } from "zod";
import type { Json } from "./field.ts";

/**
 * Questions (and the merge) that need the database: asked by a flow's step in a job, by the native API and by other doors. Here is what each takes; `shell/queries` has what it does.
 * Arguments come as JSON from doors and as rendered templates, that is text, from flows: both forms are understood.
 */
interface QueryType<Args> {
  readonly title: string;
  readonly description: string;
  /** What a token of the native API needs for it. */
  readonly scope: "contacts:read" | "contacts:write" | "messages:read";
  readonly args: z.ZodType<Args>;
  readonly example: z.input<z.ZodType<Args>>;
}

function defineQuery<Args>(query: QueryType<Args>): QueryType<Args> {
  return query;
}

const yes = ["true", "yes", "1", "on"];
const no = ["false", "no", "0", "off", ""];
/** A switch, also as people and templates write it. */
const flag = z.preprocess((given) => {
  const word = String(given).trim().toLowerCase();
  if (yes.includes(word)) return true;
  return no.includes(word) ? false : given;
}, z.boolean("has to be yes or no"));

const asText = z.union([z.string(), z.number()], "has to be a text").transform((given) => String(given).trim());
const text = (longest: number) => asText.pipe(z.string().min(1, "is empty").max(longest));
const count = (most: number, standard: number) => z.coerce.number().int().min(1).max(most).default(standard);

/** ISO 8601 (without an offset: UTC), or Unix time in seconds; as Unix milliseconds. Empty: none. */
const moment = z
  .union([
    z.literal("").transform(() => undefined),
    asText.pipe(z.string().regex(/^\d{9,11}$/)).transform((seconds) => Number(seconds) * 1000),
    z.iso.datetime({ offset: true, local: true }).transform((iso) => toMillis(iso)),
    z.iso.date().transform((iso) => toMillis(`${iso}T00:00:00`)),
  ])
  .optional();

function toMillis(iso: string): number {
  return new Date(/(?:Z|[+-]\d\d:?\d\d)$/i.test(iso) ? iso : `${iso}Z`).getTime();
}

const scope = z.enum(["bot", "workspace"]).default("bot").describe("Where to look.");
const found = {
  scope,
  others: flag.default(false).describe("Leave out the contact at hand."),
  limit: count(50, 10),
};

export const queryTypes = {
  list_messages: defineQuery({
    title: "List chat messages",
    description: "The contact's last messages, oldest of them first.",
    scope: "messages:read",
    args: z.object({
      limit: count(100, 50),
      includeBot: flag.default(true),
      includeAgent: flag.default(true),
      from: moment.describe("ISO 8601 or Unix seconds."),
      to: moment.describe("ISO 8601 or Unix seconds."),
      format: z
        .enum(["default", "text", "text_with_time"])
        .default("default")
        .describe("Messages one by one, or the chat as a text, with or without times."),
    }),
    example: { limit: 20, format: "text" },
  }),
  get_message: defineQuery({
    title: "Get a chat message",
    description: "One message by its mid (its id as text, or the platform's).",
    scope: "messages:read",
    args: z.object({ mid: text(200) }),
    example: { mid: "17" },
  }),
  get_messages: defineQuery({
    title: "Get chat messages",
    description: "Messages by their mids, those that there are.",
    scope: "messages:read",
    args: z.object({
      mids: z
        .preprocess(
          (given) => (typeof given === "string" ? given.split(",") : given),
          z.array(text(200)).min(1).max(100),
        )
        .describe("A list, or a text with commas."),
    }),
    example: { mids: ["17", "18"] },
  }),
  list_closing_notes: defineQuery({
    title: "List closing notes",
    description: "What the contact's conversations were closed with, the newest first.",
    scope: "contacts:read",
    args: z.object({ limit: count(100, 50) }),
    example: { limit: 10 },
  }),
  find_contacts_by_phone: defineQuery({
    title: "Find contacts by phone",
    description: "Contacts of the bot or of the whole workspace with this phone number.",
    scope: "contacts:read",
    args: z.object({ phone: text(60), ...found }),
    example: { phone: "{{ contact.phone }}", scope: "workspace", others: true },
  }),
  find_contacts_by_email: defineQuery({
    title: "Find contacts by e-mail",
    description: "Contacts of the bot or of the whole workspace with this e-mail address, in capitals or not.",
    scope: "contacts:read",
    args: z.object({ email: text(254), ...found }),
    example: { email: "{{ contact.email }}" },
  }),
  find_contacts_by_user_id: defineQuery({
    title: "Find contacts by user id",
    description: "Contacts of the bot or of the whole workspace by the person's id on a channel, or by a cuid.",
    scope: "contacts:read",
    args: z.object({ userId: text(200), ...found }),
    example: { userId: "123456789", scope: "workspace" },
  }),
  merge_contact: defineQuery({
    title: "Merge a contact into this one",
    description:
      "All that another contact of the bot has becomes this contact's; the other is then deleted, or left empty.",
    scope: "contacts:write",
    args: z.object({
      secondary: asText
        .pipe(z.string().regex(/^(?:[1-9]\d{0,14}|cuid:[\w-]{1,60})$/, "has to be an id, or cuid:<cuid>"))
        .describe("An id, or `cuid:` and the contact's cuid."),
      deleteSecondary: flag.default(false),
    }),
    example: { secondary: "{{ vars.other_contact }}", deleteSecondary: true },
  }),
} as const;

export type QueryName = keyof typeof queryTypes;
export const queryNames = Object.keys(queryTypes) as [QueryName, ...QueryName[]];
export type QueryArgs<Name extends QueryName> = z.output<(typeof queryTypes)[Name]["args"]>;

const jsonValue = z.custom<Json>((value) => value !== undefined);

/** One question, as flows and doors write it. */
export const queryCallSchema = z.object({
  query: z.enum(queryNames),
  args: z.record(z.string().max(60), jsonValue).default({}),
});
export type QueryCall = z.infer<typeof queryCallSchema>;
