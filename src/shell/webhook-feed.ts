import { randomUUID } from "node:crypto";
import { toAttributes } from "../engine/chatbot-attributes.ts";
import { toContactDocument } from "../engine/contact-document.ts";
import { toObjectId } from "../engine/object-id.ts";
import { matchesWords } from "../engine/triggers.ts";
import type { Contact } from "../model/contact.ts";
import type { Event } from "../model/event.ts";
import type { Json } from "../model/field.ts";
import type { Fact, JobRequest, Outcome } from "../model/outcome.ts";
import { type WebhookEvent, type WebhookSubscription, webhookEvents } from "../model/webhook.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { NewDelivery } from "../store/delivery-store.ts";

/** Something that webhooks can hear of. */
export interface Occurrence {
  readonly event: WebhookEvent;
  readonly data: Record<string, Json>;
}

/** What the bot's webhooks hear of an outcome, one row a webhook and occurrence. Costs one look at an empty list where there are no webhooks. */
export function feedWebhooks(
  bot: BotSnapshot,
  event: Event,
  outcome: Outcome,
  { isRetry }: { readonly isRetry: boolean },
): NewDelivery[] {
  if (bot.webhooks.length === 0) return [];
  // That it came in was told when it failed.
  const occurrences = [...(isRetry ? [] : ofInbound(event)), ...listOccurrences(outcome)];
  return occurrences.flatMap((occurrence) =>
    bot.webhooks
      .filter((webhook) => wants(webhook, occurrence))
      .map((webhook) => {
        const id = randomUUID();
        const { contact } = outcome;
        const body = JSON.stringify(toBody(webhook, { id, bot, event, contact, occurrence }));
        return {
          id,
          webhookId: webhook.id,
          contactId: contact.id,
          eventId: event.id,
          event: occurrence.event,
          body,
          at: event.at,
        };
      }),
  );
}

function wants({ events, messageMatch }: WebhookSubscription, { event, data }: Occurrence): boolean {
  if (!events.has(event)) return false;
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
