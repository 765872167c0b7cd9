import type { HeardMessage } from "../engine/uchat-message.ts";
import { type Contact, profileKeys } from "../model/contact.ts";
import type { Event } from "../model/event.ts";
import type { FieldValue } from "../model/field.ts";
import type { MessageAuthor, MessageContent, MessageStatus, SendReason } from "../model/message.ts";
import type { Batch, ContactChange, HandledOutcome } from "./batch.ts";
import { isRetryKey } from "./event-store.ts";
import { toSearchKey } from "./field-search.ts";

/** A message as the statement takes it, in or out. */
export interface MessageRow {
  readonly contactId: number;
  readonly channelId: number;
  readonly direction: "in" | "out";
  readonly eventId: number;
  readonly ordinal: number;
  readonly recipient: string;
  readonly content: MessageContent;
  readonly status: MessageStatus;
  readonly externalId?: string | undefined;
  readonly flow?: string | undefined;
  readonly step?: string | undefined;
  readonly at: number;
  readonly lane: 0 | 1;
  readonly author?: MessageAuthor | undefined;
  /** Why it was allowed to leave. */
  readonly reason?: SendReason | undefined;
  /** As in `StoringMessage`: it counts as being sent from the commit on, unless an earlier one of the contact still waits. */
  readonly leavesUntil?: number | undefined;
}

/** What an inbound message does not have. */
export const noParts = { attachments: [], buttons: [], quickReplies: [] };

/** What was said in a batch: each event's own message, then those that it led to. */
export function messageRows({ handled }: Batch): MessageRow[] {
  return handled.flatMap(({ event, contactId, dedupeKey, messages }) => {
    // What is tried again was written when it failed.
    const isRetry = dedupeKey !== undefined && isRetryKey(dedupeKey);
    const inbound = isRetry ? undefined : inboundRow(event, contactId);
    const outgoing = messages.map(
      (message, index): MessageRow => ({
        contactId,
        channelId: message.channelId,
        direction: "out",
        eventId: event.id,
        ordinal: index + 1,
        recipient: message.recipient,
        content: message.content,
        status: message.status,
        flow: message.flow,
        step: message.step,
        at: event.at,
        lane: message.lane === "live" ? 0 : 1,
        author: message.author,
        reason: message.reason,
        leavesUntil: message.leavesUntil,
      }),
    );
    return inbound === undefined ? outgoing : [inbound, ...outgoing];
  });
}

/** What the person said or pressed, as the conversation shows it. */
function inboundRow(event: Event, contactId: number): MessageRow | undefined {
  const { channelId } = event;
  if (channelId === undefined) return undefined;
  const row = (content: MessageContent, externalId?: string): MessageRow => ({
    contactId,
    channelId,
    direction: "in",
    eventId: event.id,
    ordinal: 0,
    recipient: "",
    content,
    status: "received",
    externalId,
    at: event.at,
    lane: 0,
  });
  if (event.kind === "outside_message") {
    const { text, attachments, externalId } = event.message;
    const content = { ...noParts, ...(text === undefined ? {} : { text }), attachments: [...attachments] };
    return {
      ...row(content, externalId),
      direction: "out",
      recipient: event.externalId ?? "",
      status: "sent",
      author: "agent",
    };
  }
  const heard = heardMessage(event);
  return heard === undefined ? undefined : row(heard.content, heard.externalId);
}

/** What the person said or pressed in an event that came by a channel; undefined: nothing that the conversation shows. */
export function heardMessage(event: Event): HeardMessage | undefined {
  if (event.channelId === undefined) return undefined;
  const { at } = event;
  if ((event.kind === "message" || event.kind === "start") && event.message !== undefined) {
    const { text, attachments, location, externalId } = event.message;
    const place = location === undefined ? {} : { location };
    const said = { ...noParts, ...(text === undefined ? {} : { text }), ...place };
    return { content: { ...said, attachments: [...attachments] }, externalId, at };
  }
  if (event.kind !== "button" || event.title === undefined) return undefined;
  return { content: { ...noParts, text: event.title }, at };
}

/** An event as the history keeps it. */
export function eventRow({ event, contactId, workspaceId, dedupeKey, facts, answer, failed }: HandledOutcome) {
  const { id, kind, at, source, channelId, ...rest } = event;
  const { seed: _seed, externalId, profile: _profile, username: _username, ...payload } = rest;
  const results = "results" in answer && answer.results !== undefined ? { results: answer.results } : {};
  return {
    id,
    workspace: workspaceId,
    contact: contactId,
    channel: channelId,
    kind,
    source,
    dedupe: dedupeKey,
    // Tried again, it comes from the same presence: a contact may have two on a channel.
    payload: failed === undefined ? payload : { ...payload, externalId },
    facts,
    // Only what a repetition must hear again.
    answer: dedupeKey !== undefined && source !== "channel" ? { status: answer.status, ...results } : undefined,
    at,
    failed,
  };
}

/** What changed in one contact, as rows. */
export function diffContact({ before, after, bot, at }: ContactChange) {
  const contact = after.id;
  const workspace = bot.workspaceId;
  const names = (list: readonly string[], other: readonly string[]) =>
    list === other
      ? []
      : list.filter((name) => !other.includes(name)).map((name) => ({ contact, workspace, name, at }));
  const fieldKeys = after.fields === before.fields ? [] : Object.keys({ ...before.fields, ...after.fields });
  const changedFields = fieldKeys.filter((key) => before.fields[key] !== after.fields[key]);
  const keptIds = new Set(after.positions.map(({ id }) => id));
  const oldIds = new Set(before.positions.map(({ id }) => id));
  return {
    ...diffProfile(before, after),
    gonePositions: before.positions.filter(({ id }) => !keptIds.has(id)).map(({ id }) => id),
    newPositions: after.positions
      .filter(({ id }) => !oldIds.has(id))
      .map((position) => ({
        id: position.id,
        contact,
        flow: position.flow,
        step: position.step,
        kind: position.kind,
        waits: position.waitsFor,
        wake: position.wakeAt,
        state: position.state,
        vals: position.values,
        channel: position.channelId,
        asked: position.isAsked ?? false,
        is_left: position.isLeft ?? false,
        at: position.enteredAt,
      })),
    goneTags: names(before.tags, after.tags),
    newTags: names(after.tags, before.tags),
    goneFields: changedFields
      .filter((key) => !Object.hasOwn(after.fields, key))
      .map((key) => ({ contact, workspace, key })),
    newFields: changedFields
      .filter((key) => Object.hasOwn(after.fields, key))
      .map((key) => ({ contact, workspace, key, ...fieldRow(after.fields[key]), at })),
  };
}

function fieldRow(value: FieldValue | undefined) {
  return { value, search: value === undefined ? undefined : toSearchKey(value) };
}

function diffProfile(before: Contact, after: Contact) {
  const seenNow = after.lastInboundAt !== before.lastInboundAt;
  const inbound: Record<number, number> = {};
  for (const { id, lastInboundAt } of after.identities) {
    if (lastInboundAt !== undefined && id !== 0) inbound[id] = lastInboundAt;
  }
  const changed =
    after.profile !== before.profile ||
    after.utm !== before.utm ||
    after.entry !== before.entry ||
    after.splits !== before.splits ||
    after.optedOutAt !== before.optedOutAt ||
    after.conversation !== before.conversation ||
    after.consents !== before.consents ||
    after.bannedAt !== before.bannedAt;
  const at = seenNow ? after.lastInboundAt : undefined;
  if (!changed) return { seen: seenNow ? { id: after.id, at, inbound } : undefined, profile: undefined };
  const columns = Object.fromEntries(profileKeys.map((key) => [key, after.profile[key]]));
  const { utm, entry, splits, optedOutAt, conversation, consents, bannedAt } = after;
  return {
    seen: undefined,
    profile: {
      id: after.id,
      ...columns,
      utm,
      entry,
      splits,
      optedOutAt,
      conversation,
      consents,
      bannedAt,
      at,
      inbound,
    },
  };
}
