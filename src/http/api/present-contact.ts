import { findListener } from "../../engine/listening.ts";
import { noFlow } from "../../engine/scheduled.ts";
import { type Contact, type Identity, profileKeys } from "../../model/contact.ts";
import { type Conversation, consentKinds, newConversation } from "../../model/conversation.ts";
import type { ContactBody } from "../contract/contacts.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

export function presentContact(contact: Contact): ContactBody {
  const { id, cuid, botId, profile, entry } = contact;
  const values = Object.fromEntries(profileKeys.map((key) => [key, profile[key] ?? null]));
  return {
    id,
    cuid,
    botId,
    createdAt: toInstant(contact.createdAt),
    lastInboundAt: toInstantOrNull(contact.lastInboundAt),
    optedOutAt: toInstantOrNull(contact.optedOutAt),
    ...(values as Record<(typeof profileKeys)[number], string | null>),
    utm: { ...contact.utm },
    entry:
      entry === undefined
        ? null
        : {
            link: entry.link ?? null,
            payload: entry.payload,
            at: toInstant(entry.at),
            variables: { ...entry.variables },
          },
    tags: [...contact.tags],
    labels: [...contact.labels],
    fields: { ...contact.fields },
    sequences: [...contact.sequences],
    channels: contact.identities.map(presentIdentity),
    conversation: presentConversation(contact.conversation, contact.lastInboundAt),
    bannedAt: toInstantOrNull(contact.bannedAt),
    consents: Object.fromEntries(
      consentKinds.map((kind) => {
        const consent = contact.consents?.[kind];
        return [kind, consent === undefined ? null : { granted: consent.granted, at: toInstant(consent.at) }];
      }),
    ) as ContactBody["consents"],
  };
}

/** `lastInboundAt`: Unix milliseconds. */
export function presentConversation(conversation: Conversation = newConversation, lastInboundAt: number | undefined) {
  const { status, agent, pausedUntil, readAt } = conversation;
  return {
    status,
    agent: agent ?? null,
    pausedUntil: toInstantOrNull(pausedUntil),
    readAt: toInstantOrNull(readAt === 0 ? undefined : readAt),
    unread: lastInboundAt !== undefined && lastInboundAt > (readAt ?? 0),
  };
}

function presentIdentity(identity: Identity) {
  const { channelId, channelKind: kind, externalId, username, status, lastInboundAt } = identity;
  return {
    channelId,
    kind,
    externalId,
    username: username ?? null,
    status,
    lastInboundAt: toInstantOrNull(lastInboundAt),
  };
}

/** Where the contact stands in flows. `now`: Unix milliseconds. */
export function presentPositions(contact: Contact, now: number) {
  const listener = findListener(contact, now);
  return contact.positions
    .filter(({ flow }) => flow !== noFlow)
    .map((position) => ({
      flow: position.flow,
      step: position.step,
      waitsFor: position.waitsFor,
      wakeAt: toInstantOrNull(position.wakeAt),
      channelId: position.channelId ?? null,
      enteredAt: toInstant(position.enteredAt),
      takesNextText: position === listener,
      isLeft: position.isLeft ?? false,
    }));
}
