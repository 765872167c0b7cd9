import { type Kysely, sql } from "kysely";
import type { FieldValue } from "../../model/field.ts";
import { toSearchKey } from "../field-search.ts";

/** Values that are given their key at once. */
const pieceSize = 2_000;

/** What fields are compared by stands beside their value, in an index: `store/field-search.ts`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table contact_fields add column search_key text collate "C"`.execute(db);
  for (let place = { contact: 0, field: 0 }; ; ) {
    const { rows } = await sql<{ contactId: number; fieldId: number; value: FieldValue }>`
      select contact_id, field_id, value from contact_fields
      where (contact_id, field_id) > (${place.contact}::bigint, ${place.field}::bigint)
      order by contact_id, field_id limit ${pieceSize}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) break;
    await sql`update contact_fields cf set search_key = n.key
      from unnest(${rows.map(({ contactId }) => contactId)}::bigint[], ${rows.map(({ fieldId }) => fieldId)}::bigint[],
        ${rows.map(({ value }) => toSearchKey(value))}::text[]) as n (contact, field, key)
      where cf.contact_id = n.contact and cf.field_id = n.field`.execute(db);
    place = { contact: last.contactId, field: last.fieldId };
  }
  await sql`create index contact_fields_search on contact_fields (field_id, search_key, contact_id)`.execute(db);
  // Which values a field has depends on the field: "yes" is half of one field's, and nobody's in most.
  await sql`create statistics contact_fields_values (mcv) on field_id, search_key from contact_fields`.execute(db);
}
