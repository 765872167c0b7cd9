import { type Kysely, sql } from "kysely";

/**
 * Looking for contacts by a part of what they are called, and by name in order. The pieces of three characters are cut by a function of our own: the extension that does the same is not
 * everywhere where PostgreSQL is (decision 0021). None of these columns changes when a message comes in, so that stays a small update.
 */
const statements = /* sql */ `
-- Every piece of three characters, each word begun by two spaces: "  a", " an", "ann". Repetitions are left to the index, which drops them.
create function search_grams(given text) returns text[] language sql immutable parallel safe as $$
  select array(select substr(padded, place, 3)
    from (select '  ' || replace(given, ' ', '  ') as padded) as text, generate_series(1, length(padded) - 2) as place)
$$
;
-- What a contact is found by, beside its user names.
create function contact_text(name text, first_name text, last_name text, email text, phone text, external_id text) returns text
  language sql immutable parallel safe as $$
  select lower(coalesce(name, '') || ' ' || coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(email, '') || ' ' ||
    coalesce(phone, '') || ' ' || coalesce(external_id, ''))
$$
;
create index contacts_search on contacts using gin
  (search_grams(contact_text(name, first_name, last_name, email, phone, client_external_id)))
;
create index identities_search on identities using gin (search_grams(lower(username))) where username is not null
;
-- What lists call a contact, in order; who has nothing comes last.
create index contacts_named on contacts (workspace_id, lower(coalesce(name, email, phone, U&'\\+10FFFF')), id)
;
`;

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements.split(/^;$/m)) {
    if (statement.trim() !== "") await sql.raw(statement).execute(db);
  }
}
