import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import { parsePhone } from "../engine/values.ts";
import { type ConsentKind, consentKinds } from "../model/conversation.ts";
import type { Database } from "./database.ts";
import { mayRead } from "./field-search.ts";
import type { Tables } from "./tables.ts";
import type { Access } from "./workspace-store.ts";

/** Something that was so since a moment (Unix milliseconds), or (`is` false) was not. */
export interface Since {
  readonly at: number;
  readonly is: boolean;
}

/** What UChat narrows its lists of subscribers by; everything given has to hold. */
export interface ContactSearch {
  /** Part of a name, whatever its case. */
  readonly name?: string | undefined;
  /** The whole number in any usual form, or some of its digits. */
  readonly phone?: string | undefined;
  /** The whole address or part of it, whatever its case. */
  readonly email?: string | undefined;
  readonly channelKinds?: readonly string[] | undefined;
  readonly tagId?: number | undefined;
  readonly labelId?: number | undefined;
  readonly field?: { readonly id: number; readonly value: string } | undefined;
  /** Whether they said yes to it; who said nothing said no. */
  readonly consents?: { readonly [K in ConsentKind]?: boolean | undefined } | undefined;
  /** It happened to them at least once. */
  readonly customEventId?: number | undefined;
  /** A message or press came in. */
  readonly inbound?: Since | undefined;
  /** The bot said something. */
  readonly botMessage?: Since | undefined;
  /** Anybody said something. */
  readonly anyMessage?: Since | undefined;
}

/** Ids of contacts, in the order in which they came. */
export async function searchContacts(
  db: Database,
  access: Access,
  search: ContactSearch,
  page: { readonly offset: number; readonly limit: number },
): Promise<number[]> {
  const rows = await foundContacts(db, access, search)
    .select("contacts.id")
    .orderBy("contacts.id")
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function countContacts(db: Database, access: Access, search: ContactSearch): Promise<number> {
  const { count } = await foundContacts(db, access, search)
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function foundContacts(db: Database, { workspaceId, botId }: Access, search: ContactSearch) {
  return db
    .selectFrom("contacts")
    .where("contacts.workspaceId", "=", workspaceId)
    .$if(botId !== undefined, (contacts) => contacts.where("contacts.botId", "=", botId ?? 0))
    .where((eb) => eb.and(conditionsOf(eb, search)));
}

type Builder = ExpressionBuilder<Tables, "contacts">;

function conditionsOf(eb: Builder, search: ContactSearch): Expression<SqlBool>[] {
  const { name, phone, email, channelKinds, tagId, labelId, field, inbound, botMessage, anyMessage } = search;
  const { consents = {}, customEventId } = search;
  return [
    ...consentKinds.flatMap((kind) => (consents[kind] === undefined ? [] : [hasConsented(kind, consents[kind])])),
    ...(customEventId === undefined
      ? []
      : [
          sql<SqlBool>`exists (select 1 from custom_event_log l
      where l.contact_id = contacts.id and l.custom_event_id = ${customEventId})`,
        ]),
    ...(name === undefined ? [] : [hasName(name)]),
    ...(phone === undefined ? [] : [hasPhone(eb, phone)]),
    ...(email === undefined ? [] : [hasEmail(email)]),
    ...(channelKinds === undefined
      ? []
      : [
          sql<SqlBool>`exists (select 1 from identities i join channels ch on ch.id = i.channel_id
      where i.contact_id = contacts.id and ch.kind = any (${channelKinds}::text[]))`,
        ]),
    ...(tagId === undefined
      ? []
      : [
          sql<SqlBool>`exists (select 1 from contact_tags ct where ct.contact_id = contacts.id and ct.tag_id = ${tagId})`,
        ]),
    ...(labelId === undefined
      ? []
      : [
          sql<SqlBool>`exists (select 1 from contact_labels cl where cl.contact_id = contacts.id and cl.label_id = ${labelId})`,
        ]),
    ...(field === undefined
      ? []
      : [
          sql<SqlBool>`exists (select 1 from contact_fields cf where cf.contact_id = contacts.id and cf.field_id = ${field.id}
      and ${mayRead(field.value)} and (cf.value #>> '{}' = ${field.value} or (jsonb_typeof(cf.value) = 'array' and jsonb_exists(cf.value, ${field.value}))))`,
        ]),
    ...(inbound === undefined
      ? []
      : [isSo(inbound, sql<SqlBool>`coalesce(contacts.last_inbound_at >= ${new Date(inbound.at)}, false)`)]),
    ...(botMessage === undefined
      ? []
      : [isSo(botMessage, hasMessage(botMessage.at, sql`m.direction = 'out' and m.author is null`))]),
    ...(anyMessage === undefined ? [] : [isSo(anyMessage, hasMessage(anyMessage.at, sql`true`))]),
  ];
}

const hasConsented = (kind: ConsentKind, is: boolean) =>
  sql<SqlBool>`coalesce((contacts.consents #>> array[${kind}::text, 'granted'])::boolean, false) = ${is}`;

const isSo = ({ is }: Since, condition: Expression<SqlBool>) => (is ? condition : sql<SqlBool>`not (${condition})`);

const toPattern = (text: string) => `%${text.replace(/[\\%_]/g, "\\$&")}%`;

function hasName(name: string): Expression<SqlBool> {
  const pattern = toPattern(name);
  return sql<SqlBool>`(contacts.name ilike ${pattern} or concat_ws(' ', contacts.first_name, contacts.last_name) ilike ${pattern})`;
}

/** What is a whole number is compared whole, which the index serves. */
function hasPhone(eb: Builder, phone: string): Expression<SqlBool> {
  const whole = parsePhone(phone);
  if (whole !== undefined) return eb("contacts.phone", "=", whole);
  return sql<SqlBool>`contacts.phone like ${toPattern(phone.replace(/[\s()-]/g, ""))}`;
}

function hasEmail(email: string): Expression<SqlBool> {
  if (/^[^@]+@[^@]+\.[^@]+$/.test(email)) return sql<SqlBool>`lower(contacts.email) = lower(${email})`;
  return sql<SqlBool>`contacts.email ilike ${toPattern(email)}`;
}

function hasMessage(since: number, which: Expression<unknown>): Expression<SqlBool> {
  return sql<SqlBool>`exists (select 1 from messages m where m.contact_id = contacts.id and m.created_at >= ${new Date(since)}
    and ${which})`;
}
