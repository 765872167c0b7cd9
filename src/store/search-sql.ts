import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";
import { parsePhone } from "../engine/values.ts";

const textOf = (row: string) =>
  sql.raw(
    `contact_text(${row}.name, ${row}.first_name, ${row}.last_name, ${row}.email, ${row}.phone, ${row}.client_external_id)`,
  );

/**
 * Whether a row of `contacts` has this in its name, e-mail, phone, external id or a user name, whatever its case, or has this cuid. Indexes of pieces of three characters serve it (migration
 * 0019); under three characters it is words that begin so. A phone is found in any usual form.
 */
export function matchesSearch(search: string, workspaceId: number): Expression<SqlBool> {
  // As an array they are looked for once. As a subquery the planner may do it again for each contact, where it thinks that there are few: minutes at 10,000.
  return sql<SqlBool>`contacts.id = any(array(${foundBySearch(search, workspaceId)}))`;
}

/** The ids of those contacts of a workspace; of user names perhaps also others'. */
export function foundBySearch(search: string, workspaceId: number): RawBuilder<unknown> {
  const parts = wantedTexts(search).flatMap((text) => {
    const pieces = piecesOf(text);
    return [
      sql`select c.id from contacts c where c.workspace_id = ${workspaceId}
        and search_grams(${textOf("c")}) @> ${pieces}::text[] and ${isIn(text, textOf("c"))}`,
      sql`select i.contact_id from identities i where i.username is not null
        and search_grams(lower(i.username)) @> ${pieces}::text[] and ${isIn(text, sql`lower(i.username)`)}`,
    ];
  });
  const byCuid = sql`select c.id from contacts c where c.cuid = ${search.trim()}`;
  return sql`${sql.join([...parts, byCuid], sql` union all `)}`;
}

/**
 * The same of rows that are read anyhow: no index is asked. `anywhere`: also under three characters within a word. The offset keeps the planner from reading all user names there are at once for the
 * sake of some contacts.
 */
export function matchesPlainly(search: string, anywhere = false): Expression<SqlBool> {
  const parts = wantedTexts(search).map(
    (
      text,
    ) => sql`${isIn(text, textOf("contacts"), anywhere)} or exists (select from identities i where i.contact_id = contacts.id
      and ${isIn(text, sql`lower(i.username)`, anywhere)} offset 0)`,
  );
  return sql<SqlBool>`(${sql.join(parts, sql` or `)} or contacts.cuid = ${search.trim()})`;
}

const wantedTexts = (search: string) => [...new Set([search.trim().toLowerCase(), ...phonesOf(search)])];

/** A word begins at the text's own beginning too, where nothing stands before it. */
function isIn(text: string, whole: Expression<unknown>, anywhere = false): Expression<SqlBool> {
  const pattern = text.length < 3 && !anywhere ? `% ${asPattern(text)}%` : `%${asPattern(text)}%`;
  return sql<SqlBool>`' ' || ${whole} like ${pattern}`;
}

const asPattern = (text: string) => text.replace(/[\\%_]/g, "\\$&");

/** As `search_grams` cuts them, but for those that reach over the ends. */
function piecesOf(text: string): string[] {
  const characters = Array.from(text.length < 3 ? `  ${text}` : text.replaceAll(" ", "  "));
  return characters.slice(0, -2).map((_one, place) => characters.slice(place, place + 3).join(""));
}

/** What is written like a phone, as profiles hold it; a part of one, as its digits. */
function phonesOf(search: string): string[] {
  if (!/^[+\d][\d\s()-]{3,}$/.test(search.trim())) return [];
  return [parsePhone(search) ?? search.replace(/[\s()-]/g, "")];
}
