import { type RawBuilder, sql } from "kysely";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** How many contacts have one thing. */
export interface ContactCount {
  readonly key: string;
  readonly contacts: number;
}

/** What contacts are counted by: the key of a row that joins `contacts` with what it has, and the join. */
const counted = {
  tags: [sql`contact_tags.tag_id`, sql`join contact_tags on contact_tags.contact_id = contacts.id`],
  labels: [sql`contact_labels.label_id`, sql`join contact_labels on contact_labels.contact_id = contacts.id`],
  fields: [sql`contact_fields.field_id`, sql`join contact_fields on contact_fields.contact_id = contacts.id`],
  sequences: [
    sql`sequences.ref`,
    sql`join subscriptions on subscriptions.contact_id = contacts.id join sequences on sequences.id = subscriptions.sequence_id`,
  ],
  // What comes with a link that starts nothing and keeps nothing does not name the link: it is known by what stands in it.
  "entry-links": [
    sql`coalesce(named.ref, carrying.ref)`,
    sql`left join entry_links as named on named.ref = contacts.entry ->> 'link' and named.bot_id = contacts.bot_id
      left join entry_links as carrying on contacts.entry ->> 'link' is null
        and carrying.payload = contacts.entry ->> 'payload' and carrying.bot_id = contacts.bot_id`,
  ],
} as const satisfies Readonly<Record<string, readonly [RawBuilder<unknown>, RawBuilder<unknown>]>>;

/** Only what at least one contact has. */
export async function countContactsBy(
  db: Database,
  { workspaceId, botId }: Access,
  of: keyof typeof counted,
): Promise<ContactCount[]> {
  const [key, join] = counted[of];
  const ofBot = botId === undefined ? sql`` : sql`and contacts.bot_id = ${botId}`;
  const { rows } = await sql<{ key: string; contacts: string | number }>`
    select ${key}::text as key, count(*) as contacts
    from contacts ${join}
    where contacts.workspace_id = ${workspaceId} and ${key} is not null ${ofBot}
    group by 1
    order by 1`.execute(db);
  return rows.map(({ key: name, contacts }) => ({ key: name, contacts: Number(contacts) }));
}
