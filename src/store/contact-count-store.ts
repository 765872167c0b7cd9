import { type RawBuilder, sql } from "kysely";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** How many contacts have one thing. */
export interface ContactCount {
  readonly key: string;
  readonly contacts: number;
}

/** What contacts are counted by: the key of a row, and the rows that tell who has it: of all contacts of a workspace, and joined with `contacts` where only a bot's count. */
const counted = {
  tags: ofNames("tags", "contact_tags", "tag_id"),
  labels: ofNames("labels", "contact_labels", "label_id"),
  fields: ofNames("fields", "contact_fields", "field_id"),
  sequences: {
    key: sql`sequences.ref`,
    // A sequence is of a bot, and so are all who are in it.
    rows: ({ workspaceId, botId }) => sql`subscriptions join sequences on sequences.id = subscriptions.sequence_id
      where sequences.bot_id in (select id from bots where workspace_id = ${workspaceId}) ${botId === undefined ? sql`` : sql`and sequences.bot_id = ${botId}`}`,
  },
  // What comes with a link that starts nothing and keeps nothing does not name the link: it is known by what stands in it.
  "entry-links": {
    key: sql`coalesce(named.ref, carrying.ref)`,
    rows: ({ workspaceId, botId }) => sql`contacts
      left join entry_links as named on named.ref = contacts.entry ->> 'link' and named.bot_id = contacts.bot_id
      left join entry_links as carrying on contacts.entry ->> 'link' is null
        and carrying.payload = contacts.entry ->> 'payload' and carrying.bot_id = contacts.bot_id
      where contacts.workspace_id = ${workspaceId} ${botId === undefined ? sql`` : sql`and contacts.bot_id = ${botId}`}`,
  },
} as const satisfies Readonly<Record<string, Counted>>;

interface Counted {
  readonly key: RawBuilder<unknown>;
  rows(access: Access): RawBuilder<unknown>;
}

/** Of a whole workspace the contacts themselves are not read: an index of each name's contacts tells, in a third of the time. */
function ofNames(names: string, had: string, id: string): Counted {
  const [table, key] = [sql.table(had), sql.ref(`${had}.${id}`)];
  return {
    key,
    rows: ({ workspaceId, botId }) =>
      botId === undefined
        ? sql`${table} where ${key} = any(array(select id from ${sql.table(names)} where workspace_id = ${workspaceId}))`
        : sql`contacts join ${table} on ${sql.ref(`${had}.contact_id`)} = contacts.id
            where contacts.workspace_id = ${workspaceId} and contacts.bot_id = ${botId}`,
  };
}

/** Only what at least one contact has. */
export async function countContactsBy(db: Database, access: Access, of: keyof typeof counted): Promise<ContactCount[]> {
  const { rows } = await countQuery(access, of).execute(db);
  return rows.map(({ key: name, contacts }) => ({ key: name, contacts: Number(contacts) }));
}

/** Exported for the test of its plan. */
export function countQuery(access: Access, of: keyof typeof counted) {
  const { key, rows } = counted[of];
  return sql<{ key: string; contacts: string | number }>`
    select counts.key::text as key, counts.contacts
    from (select ${key} as key, count(*) as contacts from ${rows(access)} and ${key} is not null group by 1) as counts
    order by 1`;
}
