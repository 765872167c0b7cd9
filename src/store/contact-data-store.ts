import { sql } from "kysely";
import type { Json } from "../model/field.ts";
import type { Database } from "./database.ts";
import type { movers } from "./merge-store.ts";

type Table = keyof typeof movers;

/** Tables whose rows say more with a name beside the id. */
const names: { readonly [T in Table]?: string } = {
  contactTags: "(select t.name from tags t where t.id = r.tag_id)",
  contactLabels: "(select l.name from labels l where l.id = r.label_id)",
  contactFields: "(select f.key from fields f where f.id = r.field_id)",
  sequenceEnds: "(select s.name from sequences s where s.id = r.sequence_id)",
  subscriptions: "(select s.name from sequences s where s.id = r.sequence_id)",
  identities: "(select c.name from channels c where c.id = r.channel_id)",
  customEventLog: "(select c.name from custom_events c where c.id = r.custom_event_id)",
  deals: "(select p.name from sales_plans p where p.id = r.plan_id)",
  mentions: "(select u.email from members m join users u on u.id = m.user_id where m.id = r.member_id)",
};

/** Of tables whose rows hold what JSON cannot: bytes are Base64. */
const columns: { readonly [T in Table]?: string } = {
  files: "r.key, r.name, r.content_type, r.size, r.created_at, encode(r.bytes, 'base64') as bytes",
  flowWalks: "started_at",
};

/** Every table with rows of contacts. A test compares this with the database's catalogue: whoever adds such a table adds a line here, and one to what `deleteContact` deletes. */
const tables = {
  broadcastRecipients: "broadcast_id",
  carts: "id",
  contactAliases: "created_at",
  contactClosingNotes: "id",
  contactFields: "field_id",
  contactLabels: "added_at",
  contactTags: "added_at",
  customEventLog: "id",
  deals: "id",
  events: "occurred_at, id",
  files: "created_at, key",
  flowWalks: "started_at",
  identities: "id",
  integrationLinks: "integration_id, name",
  integrationLog: "id",
  mentions: "id",
  messages: "id",
  notes: "id",
  orders: "id",
  positions: "entered_at, id",
  sequenceEnds: "ended_at",
  subscriptions: "subscribed_at",
  webhookDeliveries: "place",
} as const satisfies Readonly<Record<Table, string>>;

export const exportedTables = Object.keys(tables) as readonly Table[];

/** Everything that is kept of a contact, by table. The caller has made sure that the contact may be seen. */
export async function exportContactData(db: Database, contactId: number): Promise<Readonly<Record<string, Json>>> {
  const rowsOf = async (table: Table): Promise<Json> => {
    const name = names[table] === undefined ? sql`` : sql`, ${sql.raw(names[table])} as "name"`;
    const { rows } = await sql<
      Record<string, Json>
    >`select ${sql.raw(columns[table] ?? "r.*")}${name} from ${sql.table(toSnake(table))} as r
      where r.contact_id = ${contactId} order by ${sql.raw(tables[table])}`.execute(db);
    return rows;
  };
  const contact = await db.selectFrom("contacts").selectAll().where("id", "=", contactId).executeTakeFirst();
  const found: Record<string, Json> = { contact: (contact ?? null) as unknown as Json };
  for (const table of exportedTables) found[table] = await rowsOf(table);
  return found;
}

/** How many rows each table has of a contact; those that have none are left out. */
export async function countContactRows(db: Database, contactId: number): Promise<Readonly<Record<string, number>>> {
  const parts = exportedTables.map(
    (table) =>
      sql`select ${table}::text as name, count(*) as count from ${sql.table(toSnake(table))} where contact_id = ${contactId}`,
  );
  const { rows } = await sql<{ name: string; count: number }>`${sql.join(parts, sql` union all `)}`.execute(db);
  return Object.fromEntries(rows.flatMap(({ name, count }) => (Number(count) === 0 ? [] : [[name, Number(count)]])));
}

const toSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
