import { sql } from "kysely";
import { type ProfileKey, profileKeys } from "../model/contact.ts";
import type { Database } from "./database.ts";

/** A person on a channel, by the platform's id. */
interface OnChannel {
  readonly channelId: number;
  readonly externalId: string;
}

export async function isKnownIdentity(db: Database, { channelId, externalId }: OnChannel): Promise<boolean> {
  const row = await db
    .selectFrom("identities")
    .select("id")
    .where("channelId", "=", channelId)
    .where("externalId", "=", externalId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Who a person on a channel is, and what of their profile is known. */
export async function findProfileOnChannel(
  db: Database,
  { channelId, externalId }: OnChannel,
): Promise<
  { readonly contactId: number; readonly profile: { readonly [K in ProfileKey]: string | null } } | undefined
> {
  const row = await db
    .selectFrom("identities")
    .innerJoin("contacts", "contacts.id", "identities.contactId")
    .select(["contacts.id as contactId", ...profileKeys.map((key) => `contacts.${key}` as const)])
    .where("identities.channelId", "=", channelId)
    .where("identities.externalId", "=", externalId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { contactId, ...profile } = row;
  return { contactId, profile };
}

/** Makes a contact of the channel's bot known there, unless somebody has that id already: a message went to them without it. */
export async function linkIdentity(
  db: Database,
  { channelId, externalId, contactId }: OnChannel & { readonly contactId: number },
): Promise<void> {
  await sql`
    insert into identities (contact_id, channel_id, external_id)
    select c.id, ch.id, ${externalId} from contacts c join channels ch on ch.bot_id = c.bot_id
    where c.id = ${contactId} and ch.id = ${channelId}
    on conflict do nothing`.execute(db);
}
