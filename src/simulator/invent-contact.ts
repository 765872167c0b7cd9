import type { Contact } from "../model/contact.ts";

/** Somebody whom nobody knows yet, on one channel. */
export function inventContact(options: {
  readonly botId: number;
  readonly channelId: number;
  readonly channelKind: string;
  /** Unix milliseconds. */
  readonly at: number;
}): Contact {
  const { botId, channelId, channelKind, at } = options;
  return {
    id: 1,
    cuid: "simulated",
    botId,
    createdAt: at,
    profile: {},
    utm: {},
    tags: [],
    labels: [],
    fields: {},
    sequences: [],
    identities: [{ id: 1, channelId, channelKind, externalId: "1", status: "active" }],
    positions: [],
    splits: {},
  };
}
