import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "./database.ts";
import { mayRead } from "./field-search.ts";
import type { Access } from "./workspace-store.ts";

/** How a text is compared. */
export type TextOperator =
  | "equal"
  | "notEqual"
  | "contains"
  | "notContains"
  | "startsWith"
  | "endsWith"
  | "exists"
  | "notExists";
/** How a moment is compared. */
export type TimeOperator = "before" | "after" | "on";

/** One condition on contacts, as ChatBot.com's user search knows them. */
export type UserFilter =
  | { readonly kind: "tag"; readonly tagId: number; readonly has: boolean }
  | { readonly kind: "userId" | "email" | "name"; readonly operator: TextOperator; readonly value: string }
  /** `fieldId`: where what is none of these in form is kept instead. */
  | {
      readonly kind: "profile";
      readonly part: "avatarUrl" | "language" | "timeZone" | "gender";
      readonly fieldId: number;
      readonly operator: TextOperator;
      readonly value: string;
    }
  | { readonly kind: "field"; readonly fieldId: number; readonly operator: TextOperator; readonly value: string }
  | { readonly kind: "banned"; readonly is: boolean }
  | { readonly kind: "createdAt" | "lastSeen"; readonly operator: TimeOperator; readonly at: Date };

export interface UserSearch {
  readonly filters: readonly UserFilter[];
  readonly match: "all" | "any";
  readonly sort: "createdAt" | "lastSeen";
  readonly order: "asc" | "desc";
  /** Begins behind this contact. */
  readonly after?: number | undefined;
  readonly limit: number;
}

const seenAt = sql`coalesce(c.last_inbound_at, c.created_at)`;

/** Ids of contacts, in the order asked for. Contacts come to be in the order of their ids, so the primary key serves the usual sort. */
export async function searchUsers(db: Database, access: Access, search: UserSearch): Promise<number[]> {
  const { sort, order, after, limit } = search;
  const direction = sql.raw(order);
  const beyond = sql.raw(order === "asc" ? ">" : "<");
  const ordering = sort === "createdAt" ? sql`c.id ${direction}` : sql`${seenAt} ${direction}, c.id ${direction}`;
  const { rows } = await sql<{ id: number }>`
    select c.id from contacts c
    where ${isVisible(access)} and ${matches(search, access)} and ${after === undefined ? sql`true` : isBeyond(sort, beyond, after)}
    order by ${ordering} limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

function isBeyond(sort: UserSearch["sort"], beyond: RawBuilder<unknown>, after: number): RawBuilder<SqlBool> {
  if (sort === "createdAt") return sql<SqlBool>`c.id ${beyond} ${after}`;
  const seen = sql`(select coalesce(a.last_inbound_at, a.created_at) from contacts a where a.id = ${after})`;
  return sql<SqlBool>`(${seenAt}, c.id) ${beyond} (${seen}, ${after}::bigint)`;
}

export async function countUsers(db: Database, access: Access, search: UserSearch): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from contacts c where ${isVisible(access)} and ${matches(search, access)}`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

function isVisible({ workspaceId, botId }: Access): RawBuilder<SqlBool> {
  const inWorkspace = sql<SqlBool>`c.workspace_id = ${workspaceId}`;
  return botId === undefined ? inWorkspace : sql<SqlBool>`${inWorkspace} and c.bot_id = ${botId}`;
}

function matches({ filters, match }: UserSearch, access: Access): RawBuilder<SqlBool> {
  if (filters.length === 0) return sql<SqlBool>`true`;
  return sql<SqlBool>`(${sql.join(
    filters.map((filter) => toCondition(filter, access)),
    sql.raw(match === "all" ? " and " : " or "),
  )})`;
}

function toCondition(filter: UserFilter, access: Access): RawBuilder<SqlBool> {
  switch (filter.kind) {
    case "tag": {
      const has = sql<SqlBool>`exists (select 1 from contact_tags ct where ct.contact_id = c.id and ct.tag_id = ${filter.tagId})`;
      return filter.has ? has : sql<SqlBool>`not ${has}`;
    }
    case "banned":
      return filter.is ? sql<SqlBool>`c.banned_at is not null` : sql<SqlBool>`c.banned_at is null`;
    case "createdAt":
      return compareTime(sql`c.created_at`, filter);
    case "lastSeen":
      return compareTime(seenAt, filter);
    case "field": {
      if (filter.operator === "equal") {
        return sql<SqlBool>`exists (select 1 from contact_fields cf where cf.contact_id = c.id and cf.field_id = ${filter.fieldId}
          and ${mayRead(filter.value)} and cf.value #>> '{}' = ${filter.value})`;
      }
      return compareText(fieldText(filter.fieldId), filter);
    }
    case "profile":
      return compareText(sql`coalesce(c.${profileColumns[filter.part]}, ${fieldText(filter.fieldId)})`, filter);
    case "email":
      // The index is on the lower case.
      return compareText(sql`lower(c.email)`, { ...filter, value: filter.value.toLowerCase() });
    case "name":
      return compareText(sql`coalesce(c.name, nullif(concat_ws(' ', c.first_name, c.last_name), ''))`, filter);
    case "userId":
      return compareUserId(filter, access);
  }
}

const fieldText = (fieldId: number) =>
  sql`(select cf.value #>> '{}' from contact_fields cf where cf.contact_id = c.id and cf.field_id = ${fieldId})`;

const profileColumns = {
  avatarUrl: sql.raw("avatar_url"),
  language: sql.raw("language"),
  timeZone: sql.raw("time_zone"),
  gender: sql.raw("gender"),
} as const;

/**
 * The id that a caller gave, that of the first channel, or our own public one, as `userId` is shown. One that is known is looked for by each one's index, once for the whole search
 * and not for each contact.
 */
function compareUserId(
  filter: { readonly operator: TextOperator; readonly value: string },
  { workspaceId }: Access,
): RawBuilder<SqlBool> {
  if (filter.operator !== "equal") {
    const onChannel = sql`(select i.external_id from identities i where i.contact_id = c.id order by i.id limit 1)`;
    return compareText(sql`coalesce(c.client_external_id, ${onChannel}, c.cuid)`, filter);
  }
  const { value } = filter;
  return sql<SqlBool>`c.id = any (array(
    select g.id from contacts g where g.workspace_id = ${workspaceId} and g.client_external_id = ${value}
    union all select g.id from contacts g where g.cuid = ${value}
    union all select i.contact_id from identities i where i.external_id = ${value} and i.channel_id in (
      select ch.id from channels ch join bots b on b.id = ch.bot_id where b.workspace_id = ${workspaceId})))`;
}

const escaped = (text: string) => text.replace(/[\\%_]/g, "\\$&");

function compareText(
  column: RawBuilder<unknown>,
  { operator, value }: { readonly operator: TextOperator; readonly value: string },
): RawBuilder<SqlBool> {
  const like = (pattern: string) => sql<SqlBool>`coalesce(${column} ilike ${pattern}, false)`;
  switch (operator) {
    case "equal":
      // As plain as the indexes are; what is null is not found in either way.
      return sql<SqlBool>`${column} = ${value}`;
    case "notEqual":
      return sql<SqlBool>`${column} is distinct from ${value}`;
    case "contains":
      return like(`%${escaped(value)}%`);
    case "notContains":
      return sql<SqlBool>`not ${like(`%${escaped(value)}%`)}`;
    case "startsWith":
      return like(`${escaped(value)}%`);
    case "endsWith":
      return like(`%${escaped(value)}`);
    case "exists":
      return sql<SqlBool>`${column} is not null`;
    case "notExists":
      return sql<SqlBool>`${column} is null`;
  }
}

function compareTime(
  column: RawBuilder<unknown>,
  { operator, at }: { readonly operator: TimeOperator; readonly at: Date },
): RawBuilder<SqlBool> {
  if (operator === "before") return sql<SqlBool>`${column} < ${at}`;
  if (operator === "after") return sql<SqlBool>`${column} > ${at}`;
  const start = new Date(new Date(at).setUTCHours(0, 0, 0, 0));
  return sql<SqlBool>`(${column} >= ${start} and ${column} < ${new Date(start.getTime() + 86_400_000)})`;
}
