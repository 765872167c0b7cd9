import { randomUUID } from "node:crypto";
import { toAttributes } from "../engine/chatbot-attributes.ts";
import { toContactDocument } from "../engine/contact-document.ts";
import { isPausedFor } from "../engine/listening.ts";
import { toObjectId } from "../engine/object-id.ts";
import { matchesWords } from "../engine/triggers.ts";
import { type HeardMessage, toLiveChatBody } from "../engine/uchat-message.ts";
import type { Contact } from "../model/contact.ts";
import type { Event } from "../model/event.ts";
import type { Json } from "../model/field.ts";
import type { Fact, JobRequest, Outcome } from "../model/outcome.ts";
import { type WebhookEvent, type WebhookSubscription, webhookEvents } from "../model/webhook.ts";
import type { BotSnapshot } from "../model/world.ts";
import { heardMessage } from "../store/batch-rows.ts";
import type { NewDelivery } from "../store/delivery-store.ts";

/** Something that webhooks can hear of. */
export interface Occurrence {
  readonly event: WebhookEvent;
  readonly data: Record<string, Json>;
}

/** A delivery whose body may have to say what the event's own message is stored as, which is known once that is written. */
export interface DecidedDelivery extends Omit<NewDelivery, "body"> {
  readonly body: string | ((messageId: number) => string);
}

export const isReady = (delivery: DecidedDelivery): delivery is NewDelivery => typeof delivery.body === "string";

/** Those that waited for their message. `ids`: of messages, by the event's id. */
export function completeDeliveries(
  deliveries: readonly DecidedDelivery[],
  ids: ReadonlyMap<number, number>,
): NewDelivery[] {
  return deliveries.flatMap(({ body, ...delivery }) => {
    const id = ids.get(delivery.eventId);
    return typeof body === "string" || id === undefined ? [] : [{ ...delivery, body: body(id) }];
  });
}

/**
 * What the bot's webhooks hear of an outcome, one row a webhook and occurrence. Costs one look at an empty list where there are no webhooks. `before`: the contact as the event found it.
 */
export function feedWebhooks(
  bot: BotSnapshot,
  event: Event,
  outcome: Outcome,
  { isRetry, before }: { readonly isRetry: boolean; readonly before: Contact },
): DecidedDelivery[] {
  if (bot.webhooks.length === 0) return [];
  const { contact } = outcome;
  const at = { contactId: contact.id, eventId: event.id, at: event.at };
  // That it came in was told when it failed.
  const occurrences = [...(isRetry ? [] : ofInbound(event)), ...listOccurrences(outcome)];
  const told = occurrences.flatMap((occurrence) =>
    bot.webhooks
      .filter((webhook) => wants(webhook, occurrence))
      .map((webhook): DecidedDelivery => {
        const id = randomUUID();
        const body = JSON.stringify(toBody(webhook, { id, bot, event, contact, occurrence }));
        return { ...at, id, webhookId: webhook.id, event: occurrence.event, body };
      }),
  );
  const liveChats = bot.webhooks.filter(({ format }) => format === "uchat");
  const heard = liveChats.length === 0 || isRetry ? undefined : findUnanswered(event, before);
  if (heard === undefined) return told;
  const body = (id: number) => JSON.stringify(toLiveChatBody(heard, { id, contact, workspaceId: bot.workspaceId }));
  const chats = liveChats.map(
    (webhook): DecidedDelivery => ({ ...at, id: randomUUID(), webhookId: webhook.id, event: "message_in", body }),
  );
  return [...told, ...chats];
}

/** What the contact says while somebody else than the bot answers. Nobody answers who is banned. */
function findUnanswered(event: Event, before: Contact): HeardMessage | undefined {
  return before.bannedAt === undefined && isPausedFor(before, event.at) ? heardMessage(event) : undefined;
}

function wants({ format, events, messageMatch }: WebhookSubscription, { event, data }: Occurrence): boolean {
  if (format === "uchat" || !events.has(event)) return false;
  if (event !== "message_in" || messageMatch === null) return true;
  return typeof data.text === "string" && matchesWords(messageMatch, data.text);
}

export function toDeliveryJob({
  id,
  webhookId,
  contactId,
}: Pick<NewDelivery, "id" | "webhookId" | "contactId">): JobRequest {
  return { kind: "deliver-webhook", data: { delivery: id }, group: String(webhookId), contactId };
}

function listOccurrences({ facts, messages }: Outcome): Occurrence[] {
  return [
    ...facts.flatMap(ofFact),
    ...messages.map(({ channelId, content, flow, step, author }): Occurrence => {
      const data = { channelId, ...(content as unknown as Record<string, Json>) };
      return {
        event: "message_out",
        data: { ...data, flow: flow ?? null, step: step ?? null, author: author ?? "bot" },
      };
    }),
  ];
}

function ofInbound(event: Event): Occurrence[] {
  const channelId = event.channelId ?? null;
  if ((event.kind === "message" || event.kind === "start") && event.message !== undefined) {
    const { text, attachments, externalId } = event.message;
    const data = { channelId, text: text ?? null, attachments: attachments as unknown as Json };
    return [{ event: "message_in", data: { ...data, externalId: externalId ?? null } }];
  }
  if (event.kind !== "button") return [];
  return [{ event: "message_in", data: { channelId, text: event.title ?? null, attachments: [], externalId: null } }];
}

function ofFact({ kind, ...data }: Fact): Occurrence[] {
  const values = data as unknown as Record<string, Json>;
  const own = Object.hasOwn(webhookEvents, kind) ? [{ event: kind as WebhookEvent, data: values }] : [];
  const isClosed = kind === "conversation_moved" && values.status === "done";
  return isClosed ? [...own, { event: "conversation_closed", data: values }] : own;
}

interface Told {
  readonly id: string;
  readonly bot: BotSnapshot;
  readonly event: Event;
  readonly contact: Contact;
  readonly occurrence: Occurrence;
}

/** The call's body in the webhook's format. */
function toBody(webhook: WebhookSubscription, told: Told): Json {
  if (webhook.format === "chatbot") return toChatbotBody(webhook, told);
  const { id, bot, event, contact, occurrence } = told;
  const person = toContactDocument(contact);
  if (webhook.format === "bothelp") {
    const event_timestamp = Math.floor(event.at / 1000);
    const name = occurrence.event === "profile_viewed" ? "user_profile_viewed" : occurrence.event;
    return { event: name, event_timestamp, subscriber: person, ...occurrence.data };
  }
  return {
    id,
    event: occurrence.event,
    occurredAt: new Date(event.at).toISOString(),
    workspace: bot.workspaceId,
    bot: { id: bot.id, ref: bot.ref, name: bot.name },
    contact: person,
    data: occurrence.data,
  };
}

/** ChatBot's webhook body, version 2. */
function toChatbotBody({ id, name }: WebhookSubscription, { bot, event, contact, occurrence }: Told): Json {
  const { profile } = contact;
  // The bot knows a field by its key and by its name.
  const { defaults, own } = toAttributes(contact, new Set(bot.fields.values()));
  const { text = null } = occurrence.data;
  const identity = contact.identities.find(({ channelId }) => channelId === event.channelId) ?? contact.identities[0];
  return {
    chatId: toObjectId("user", contact.id),
    messageId: toObjectId("message", event.id),
    userId: toObjectId("user", contact.id),
    externalId: profile.clientExternalId ?? identity?.externalId ?? contact.cuid,
    message: text,
    node: {
      id: toObjectId("webhook", id),
      name,
      type: "WEBHOOK",
      webhookId: toObjectId("webhook", id),
      webhookName: name,
    },
    userAttributes: { ...defaults, ...own },
    attributes: own,
  };
}
