import { z } from "zod";
import { type Sentence, say } from "./sentence.ts";

/** What receivers can hear of, and what each means. Kinds that are named like a fact follow from it; `shell/webhook-feed.ts` knows the others. */
export const webhookEvents = {
  contact_created: "A contact was made.",
  contact_merged: "Another contact became part of this one.",
  message_in: "A message or a press came in.",
  message_out: "A message was decided to be sent. What became of it is with the message.",
  message_delivered: "The platform says that a message (`mid`: its id there) reached the person.",
  message_read:
    "The platform says that a message was read; `andEarlier`: those before it as well; `until`: all that were sent until then.",
  link_opened: "The page of a tracked button (`url`) was opened; `message` is the id of the message.",
  message_failed: "The platform says that a message that it had taken did not reach the person.",
  tag_added: "A tag was added.",
  tag_removed: "A tag was taken away.",
  label_added: "A label was added.",
  label_removed: "A label was taken away.",
  field_changed: "A field was set or cleared (`value` null).",
  profile_changed: "A value of the profile was set or cleared.",
  variable_changed: "A variable of the bot was set or cleared.",
  sequence_subscribed: "The contact was subscribed to a sequence.",
  sequence_unsubscribed: "The contact was taken out of a sequence.",
  opted_in: "The contact wants messages again.",
  opted_out: "The contact wants no messages.",
  consent_changed: "A consent was given or withdrawn.",
  channel_blocked: "The person blocked the bot on a channel.",
  channel_unblocked: "The person took the block back.",
  conversation_moved: "The conversation got another status.",
  conversation_closed: "The conversation got the status done.",
  closing_note_added: "Something was said at the close.",
  agent_assigned: "An agent looks after the conversation.",
  agent_mentioned: "An agent was mentioned, with a comment; `by` is the member who did it, `flow` the flow.",
  agent_unassigned: "No agent looks after the conversation any more.",
  profile_viewed: "An agent looked at the contact's profile.",
  bot_paused: "The bot is silent.",
  bot_resumed: "The bot speaks again.",
  banned: "The contact gets nothing any more.",
  unbanned: "The ban was lifted.",
  note_added: "A note was written.",
  custom_event: "A custom event was logged.",
  cart_changed: "Something was put into the cart or taken out.",
  order_created: "An order was made.",
  order_changed: "An order was changed; `before` is the status it had.",
  deal_created: "A deal was made in a sales plan.",
  deal_changed: "A deal was changed; `before` is the status it had.",
  deal_removed: "A deal was removed from its sales plan.",
  flow_started: "The contact entered a flow.",
} as const;
export type WebhookEvent = keyof typeof webhookEvents;

export const webhookEventSchema = z.enum(Object.keys(webhookEvents) as [WebhookEvent, ...WebhookEvent[]]);

/** Whose form the calls have: our own, ChatBot's (WIRE-FORMATS 2.4), BotHelp's (3.3), that of UChat's live chat (1.5). */
export const webhookFormats = ["native", "chatbot", "bothelp", "uchat"] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

/** What webhooks of a format hear of whatever they ask for. UChat's is a live chat elsewhere: it hears of what is written while the bot is silent. */
export const eventsOfFormat: { readonly [Format in WebhookFormat]?: readonly WebhookEvent[] } = {
  uchat: ["message_in"],
};

/** Which messages are told: those with one of these words, read as a keyword trigger reads them. */
export const messageMatchSchema = z.strictObject({
  match: z.enum(["exact", "contains", "pattern"]).default("contains"),
  words: z.array(z.string().trim().min(1).max(500)).min(1).max(100),
});
export interface MessageMatch {
  readonly match: "exact" | "contains" | "pattern";
  readonly words: readonly string[];
}

/** A webhook as decisions know it: what it wants to hear of. */
export interface WebhookSubscription {
  readonly id: number;
  readonly format: WebhookFormat;
  readonly name: string;
  readonly events: ReadonlySet<WebhookEvent>;
  /** Null: every message that comes in. */
  readonly messageMatch: MessageMatch | null;
}

/** Where a part of an inbound call goes: what the JSON path (RFC 9535) finds becomes a field, a variable of the bot, or a value of the profile. */
export const inboundMappingSchema = z
  .object({
    path: z.string().min(1).max(500),
    field: z.string().trim().min(1).max(200).optional(),
    variable: z.string().trim().min(1).max(200).optional(),
    profile: z
      .enum(["name", "firstName", "lastName", "email", "phone", "gender", "language", "timeZone", "clientExternalId"])
      .optional(),
  })
  .refine(
    ({ field, variable, profile }) => [field, variable, profile].filter((target) => target !== undefined).length === 1,
    { error: "name one of field, variable and profile" },
  );
export type InboundMapping = z.infer<typeof inboundMappingSchema>;

/** Why a webhook of this format cannot hear of that, and which key says so; undefined: it can. */
export function findUnheard(
  format: WebhookFormat,
  {
    events,
    messageMatch = null,
  }: { events?: readonly WebhookEvent[] | undefined; messageMatch?: MessageMatch | null | undefined },
): (Sentence & { readonly path: "events" | "messageMatch" }) | undefined {
  const own = eventsOfFormat[format];
  if (own === undefined) return undefined;
  if (events !== undefined && (events.length !== own.length || !own.every((event) => events.includes(event)))) {
    const problem = say`in UChat's form only message_in is told, while the bot is silent to the contact; leave events out`;
    return { path: "events", ...problem };
  }
  if (messageMatch === null) return undefined;
  return {
    path: "messageMatch",
    ...say`in UChat's form every message is told while the bot is silent to the contact; leave messageMatch out`,
  };
}
