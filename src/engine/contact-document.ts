import { type Contact, profileKeys } from "../model/contact.ts";
import type { Json } from "../model/field.ts";

const instant = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

/** A contact as other systems get it by webhooks: what the native API shows of it, without what only the server needs. */
export function toContactDocument(contact: Contact): Record<string, Json> {
  const { id, cuid, botId, profile, identities } = contact;
  return {
    id,
    cuid,
    botId,
    createdAt: instant(contact.createdAt),
    lastInboundAt: instant(contact.lastInboundAt),
    optedOutAt: instant(contact.optedOutAt),
    ...Object.fromEntries(profileKeys.map((key) => [key, profile[key] ?? null])),
    utm: { ...contact.utm },
    tags: [...contact.tags],
    labels: [...contact.labels],
    fields: { ...contact.fields },
    sequences: [...contact.sequences],
    channels: identities.map(({ channelId, channelKind, externalId, username, status }) => ({
      channelId,
      kind: channelKind,
      externalId,
      username: username ?? null,
      status,
    })),
  };
}
