import { z } from "zod";
import { productCreateSchema } from "../../http/contract/products.ts";
import { type ProfileKey, profileKeys, utmKeys } from "../../model/contact.ts";
import { refSchema } from "../../model/flow.ts";
import { mediaKinds } from "../../model/message.ts";
import { type OrderDetailKey, orderDetailKeys, orderStatusSchema } from "../../model/shop.ts";

/** YAML reads `007` and `yes` in other ways than people mean them: a text says so. */
const text = z.string({ error: ({ input }) => `has to be a text: write it in quotes, "${String(input)}"` });
const texts = z.array(text);
const values = z.record(text, z.json());
const profile = z.partialRecord(z.enum(profileKeys), text.nullable());
const attachment = z.strictObject({
  kind: z.enum(mediaKinds),
  url: text.optional(),
  name: text.optional(),
  mimeType: text.optional(),
});

/** A message of the bot: its text, or what is to hold of it. */
const expectedMessageSchema = z.union([
  text,
  z
    .strictObject({
      text: text.optional(),
      contains: z.union([text, texts]).optional(),
      /** A pattern (RE2) that is found in the text. */
      matches: text.optional(),
      /** Titles in their order, quick replies after buttons; of a button that opens a page, `title > url`. */
      buttons: texts.optional(),
      /** `kind url` each, or the kind alone. */
      attachments: texts.optional(),
    })
    .refine((message) => Object.keys(message).length > 0, "says nothing of the message"),
]);
export type ExpectedMessage = z.output<typeof expectedMessageSchema>;

const expectedSpeechSchema = z.union([
  z.literal("nothing"),
  z.array(expectedMessageSchema),
  /** These, in this order; others may stand between them. */
  z.strictObject({ some: z.array(expectedMessageSchema).min(1) }),
]);

/** A whole list, in any order; or what has to be in it and what must not. */
const namesSchema = z.union([texts, z.strictObject({ with: texts.default([]), without: texts.default([]) })]);
export type ExpectedNames = z.output<typeof namesSchema>;

/** How many of each variant, by its sku or its id: all that there are. */
const itemsSchema = z.record(text, z.number().int().positive());

/** Of an order, only the keys named; null: there is no value. Amounts in minor units, as everywhere in the shop. */
const expectedOrderSchema = z.strictObject({
  id: z.number().int().optional(),
  status: orderStatusSchema.optional(),
  total: z.number().int().optional(),
  currency: text.optional(),
  items: itemsSchema.optional(),
  ...(Object.fromEntries(orderDetailKeys.map((key) => [key, text.nullable().optional()])) as Record<
    OrderDetailKey,
    z.ZodOptional<z.ZodNullable<typeof text>>
  >),
});

/** Of a deal, only the keys named; plan and status by ref or name, the sum in the currency's main unit, as in actions. */
const expectedDealSchema = z.strictObject({
  id: z.number().int().optional(),
  plan: text.optional(),
  status: text.optional(),
  title: text.optional(),
  sum: z.number().min(0).optional(),
  currency: text.optional(),
  manager: z.number().int().nullable().optional(),
  note: text.optional(),
});

/** What is to hold after a line. */
const checkSchema = z.strictObject({
  tags: namesSchema.optional(),
  labels: namesSchema.optional(),
  sequences: namesSchema.optional(),
  /** `flow/step` each: where the contact stands. */
  positions: namesSchema.optional(),
  /** Of these, only the keys named; null: there is no value. */
  fields: values.optional(),
  profile: profile.optional(),
  variables: values.optional(),
  utm: z.partialRecord(z.enum(utmKeys), text.nullable()).optional(),
  /** Variables of the latest link. */
  entry: values.optional(),
  /** `METHOD address` of the requests that were made, in their order. */
  requests: texts.optional(),
  /** Each is found among what this line brought, with at least these values. */
  facts: z.array(z.looseObject({ kind: text })).optional(),
  /** Codes of the errors that this line brought; absent: there were none. */
  errors: texts.optional(),
  notes: texts.optional(),
  cart: itemsSchema.optional(),
  /** The whole list, oldest first, like deals. */
  orders: z.array(expectedOrderSchema).optional(),
  deals: z.array(expectedDealSchema).optional(),
  /** By sku or id, only those named; null: it is not counted. */
  stock: z.record(text, z.number().int().nullable()).optional(),
  optedOut: z.boolean().optional(),
  blocked: z.boolean().optional(),
});
export type Check = z.output<typeof checkSchema>;

/** What stands in for another system: the answer to a step that asks one. Of several for one step the first is used once, and so on; the last stays. */
const answerSchema = z.strictObject({
  /** `step`, or `flow/step` where several flows have one of that ref. */
  step: text,
  /** Of a request. */
  status: z.number().int().min(100).max(599).optional(),
  headers: z.record(text, text).optional(),
  body: z.json().optional(),
  /** Of a query. */
  result: z.json().optional(),
  /** Of a script, which is else really run. */
  output: text.optional(),
  fields: values.optional(),
  vars: values.optional(),
  /** It did not work, and why. */
  failed: text.optional(),
  /** There was no answer in time. */
  timeout: z.literal(true).optional(),
});
export type Answer = z.output<typeof answerSchema>;

/** What may happen on a line; one of these. */
const happenings = {
  /** The chat is opened; what stood in the link, or null. */
  start: text.nullable().optional(),
  /** The chat is opened by this entry link of the bot. */
  link: refSchema.optional(),
  say: text.optional(),
  /** The title of a button or quick reply that the bot showed; the latest that has it is pressed. */
  press: text.optional(),
  /** Files; together with `say`, the words below them. */
  send: z.array(attachment).min(1).optional(),
  /** A phone number or a place, as messengers share them. */
  share: z
    .union([z.strictObject({ phone: text }), z.strictObject({ latitude: z.number(), longitude: z.number() })])
    .optional(),
  /** Time goes by: `2 days`, `1d 12h`. */
  after: text.optional(),
  /** Time goes by until then: `2026-12-24T10:00` on the contact's clock. */
  at: text.optional(),
  /** Another system calls actions, as through the API. */
  do: z
    .array(z.strictObject({ action: text, args: z.record(text, z.json()).default({}) }))
    .min(1)
    .optional(),
  /** A custom event, by its name or with its values. */
  event: z
    .union([
      text,
      z.strictObject({
        name: text,
        text: text.optional(),
        price: z.number().optional(),
        number: z.number().optional(),
      }),
    ])
    .optional(),
  block: z.literal(true).optional(),
  unblock: z.literal(true).optional(),
};
export const happeningKeys = Object.keys(happenings) as readonly (keyof typeof happenings)[];

const lineSchema = z
  .strictObject({
    ...happenings,
    answers: z.array(answerSchema).optional(),
    /** Absent: what the bot says is not looked at. */
    bot: expectedSpeechSchema.optional(),
    check: checkSchema.optional(),
    /** A part of the reason for which a `do` is refused. */
    refused: text.optional(),
  })
  .superRefine((line, context) => {
    const given = happeningKeys.filter((key) => line[key] !== undefined);
    const isCaption = given.length === 2 && line.say !== undefined && line.send !== undefined;
    if (given.length === 1 || isCaption) return;
    const problem = given.length === 0 ? "nothing happens on this line" : `${given.join(" and ")} on one line`;
    context.addIssue({ code: "custom", message: `${problem}: write one of ${happeningKeys.join(", ")}` });
  });
export type Line = z.output<typeof lineSchema>;

const contactSchema = z.strictObject({
  // Typed by hand: what is made of entries forgets its keys.
  ...(Object.fromEntries(profileKeys.map((key) => [key, text.optional()])) as Record<
    ProfileKey,
    z.ZodOptional<typeof text>
  >),
  username: text.optional(),
  tags: texts.default([]),
  labels: texts.default([]),
  sequences: z.array(refSchema).default([]),
  fields: values.default({}),
  /** The branch of a split that it has, by `flow/step`; else the seed decides. */
  splits: z.record(text, text).default({}),
  /** Arguments of `add_to_cart`, `create_order` and `add_to_sales_plan`: by these it was got, unheard by triggers. */
  cart: z.array(z.record(text, z.json())).default([]),
  orders: z.array(z.record(text, z.json())).default([]),
  deals: z.array(z.record(text, z.json())).default([]),
});
export type ContactOfFile = z.output<typeof contactSchema>;

const setUp = {
  /** Kind of channel that is spoken on. */
  channel: text.optional(),
  /** When it begins, on the contact's clock. */
  at: text.optional(),
  /** Decides splits and chance: the same seed, the same conversation. */
  seed: z.number().int().min(0).optional(),
  contact: contactSchema.optional(),
  answers: z.array(answerSchema).optional(),
};

const conversationSchema = z.strictObject({
  title: text.min(1),
  ...setUp,
  /** Values of the bot's variables, in the place of those it has. */
  variables: values.optional(),
  script: z.array(lineSchema).min(1),
});
export type Conversation = z.output<typeof conversationSchema>;

/** A file: a bot, and conversations with it, each by a person of its own. */
export const conversationFileSchema = z.strictObject({
  /** The bot's file or folder, as export writes it; seen from this file. */
  bot: text.min(1),
  ...setUp,
  /** The bot's, for contacts whose own is unknown. */
  timeZone: text.default("UTC"),
  /** People of the team, and other systems, whom the flows name: they are not in a bot's file. */
  members: z
    .array(
      z.strictObject({
        id: z.number().int(),
        name: text,
        email: text,
        /** Refs of sales plans whose deals they look after; they take turns in the order of this list. */
        managerOf: z.array(refSchema).default([]),
      }),
    )
    .default([]),
  integrations: z.array(z.strictObject({ ref: refSchema, kind: text, name: text })).default([]),
  closingNotes: texts.default([]),
  /** What is for sale, as the API takes it. */
  products: z.array(productCreateSchema).default([]),
  conversations: z.array(conversationSchema).min(1),
});
export type ConversationFile = z.output<typeof conversationFileSchema>;
