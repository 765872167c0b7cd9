import type { Contact, Identity } from "../../../model/contact.ts";

/** BotHelp's subscriber. Its SDK takes no null for any of these: what is unknown is an empty text. */
export interface Subscriber {
  readonly id: number;
  readonly cuid: string;
  /** The id in the messenger. */
  readonly userId: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly subscribed: boolean;
  readonly name: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly channelName: string;
  readonly channelType: string;
  readonly utmSource: string;
  readonly utmMedium: string;
  readonly utmCampaign: string;
  readonly utmTerm: string;
  readonly utmContent: string;
  readonly tags: readonly string[];
  /** Ids in Prodamus and Yandex Metrica, which we do not know. */
  readonly prodamusProfileId: string;
  readonly yaClientId: string;
}

/** The form of each, for the door's document. */
export const subscriberKeys: { readonly [K in keyof Subscriber]: "string" | "integer" | "boolean" | "tags" } = {
  id: "integer",
  cuid: "string",
  userId: "string",
  createdAt: "integer",
  subscribed: "boolean",
  name: "string",
  firstName: "string",
  lastName: "string",
  email: "string",
  phone: "string",
  channelName: "string",
  channelType: "string",
  utmSource: "string",
  utmMedium: "string",
  utmCampaign: "string",
  utmTerm: "string",
  utmContent: "string",
  tags: "tags",
  prodamusProfileId: "string",
  yaClientId: "string",
};

/** `channelNames`: by channel id. */
export function presentSubscriber(contact: Contact, channelNames: ReadonlyMap<number, string>): Subscriber {
  const { id, cuid, createdAt, profile, utm, tags, identities, optedOutAt } = contact;
  const identity = latestIdentity(identities);
  const { firstName = "", lastName = "" } = profile;
  return {
    id,
    cuid,
    userId: identity?.externalId ?? "",
    createdAt: Math.floor(createdAt / 1000),
    subscribed: optedOutAt === undefined && identities.some(({ status }) => status === "active"),
    name: profile.name ?? `${firstName} ${lastName}`.trim(),
    firstName,
    lastName,
    email: profile.email ?? "",
    phone: profile.phone ?? "",
    channelName: channelNames.get(identity?.channelId ?? 0) ?? "",
    channelType: identity?.channelKind ?? "",
    utmSource: utm.source ?? "",
    utmMedium: utm.medium ?? "",
    utmCampaign: utm.campaign ?? "",
    utmTerm: utm.term ?? "",
    utmContent: utm.content ?? "",
    tags: [...tags],
    prodamusProfileId: "",
    yaClientId: "",
  };
}

/** A contact of ours may be on several channels, a subscriber there is on one: the one on which they wrote last. */
function latestIdentity(identities: readonly Identity[]): Identity | undefined {
  return identities.toSorted((a, b) => (b.lastInboundAt ?? 0) - (a.lastInboundAt ?? 0))[0];
}
