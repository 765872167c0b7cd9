import { type RawBuilder, sql } from "kysely";
import type { Consents } from "../model/conversation.ts";
import type { FieldKind, FieldValue } from "../model/field.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** A contact as doors show one: with the ids of what it has, which `Contact` does not carry. Times in Unix milliseconds. */
export interface ContactCard {
  readonly id: number;
  readonly botId: number;
  readonly cuid: string;
  readonly name: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly gender: string | null;
  readonly language: string | null;
  readonly avatarUrl: string | null;
  readonly clientExternalId: string | null;
  readonly createdAt: number;
  readonly lastInboundAt: number | null;
  readonly optedOutAt: number | null;
  readonly consents: Consents | null;
  /** Channel kind and id there, in the order in which they came. */
  readonly identities: readonly { readonly kind: string; readonly externalId: string; readonly channelId: number }[];
  /** When something last came in, by channel id. */
  readonly inbound: Readonly<Record<string, number>>;
  readonly tags: readonly { readonly id: number; readonly name: string }[];
  readonly labels: readonly { readonly id: number; readonly name: string }[];
  readonly fields: readonly {
    readonly id: number;
    readonly name: string;
    readonly kind: FieldKind;
    readonly description: string;
    readonly value: FieldValue;
  }[];
  readonly lastMessage: { readonly type: "in" | "out" | "agent"; readonly at: number } | null;
}

const millis = (column: string) => sql.raw(`(extract(epoch from ${column}) * 1000)::bigint`);

/** A contact that somebody asks for, and what they may see. */
export interface WantedCard extends Access {
  readonly id: number;
}

/** The cards of those of these contacts that the caller may see, in the order asked for. */
export async function loadContactCards(db: Database, access: Access, ids: readonly number[]): Promise<ContactCard[]> {
  const cards = await loadWantedCards(
    db,
    ids.map((id) => ({ ...access, id })),
  );
  return cards.flatMap((card) => card ?? []);
}

/** A card for each that is asked for, undefined where it is not there for who asks; one statement however many ask. */
export async function loadWantedCards(
  db: Database,
  wanted: readonly WantedCard[],
): Promise<(ContactCard | undefined)[]> {
  const rows = await readCards(
    db,
    wanted.map(({ id, workspaceId, botId }, place) => ({ id, place, workspace: workspaceId, bot: botId ?? null })),
  );
  const byPlace = new Map(rows.map(({ place, ...card }) => [place, card]));
  return wanted.map((_one, place) => byPlace.get(place));
}

/**
 * The row of that id, looked up by it: a join the planner answers with a table of hashes for each contact, since it takes tags, labels and fields to be many
 * (44 µs of the database a card; 37 with this).
 */
const byKey = (table: RawBuilder<unknown>, id: RawBuilder<unknown>) =>
  sql`(select * from ${table} where id = ${id} offset 0)`;

async function readCards(
  db: Database,
  wanted: readonly { id: number; place: number; workspace: number; bot: number | null }[],
): Promise<(ContactCard & { readonly place: number })[]> {
  const { rows } = await sql<ContactCard & { readonly place: number }>`/* prepare */
    select w.place, c.id, c.bot_id as "botId", c.cuid, c.name, c.first_name as "firstName", c.last_name as "lastName", c.email, c.phone,
      c.gender, c.language, c.avatar_url as "avatarUrl", c.client_external_id as "clientExternalId", c.inbound, c.consents,
      ${millis("c.created_at")} as "createdAt", ${millis("c.last_inbound_at")} as "lastInboundAt",
      ${millis("c.opted_out_at")} as "optedOutAt",
      coalesce((select json_agg(json_build_object('kind', ch.kind, 'externalId', i.external_id, 'channelId', i.channel_id) order by i.id)
        from identities i cross join lateral ${byKey(sql`channels`, sql`i.channel_id`)} ch where i.contact_id = c.id), '[]') as identities,
      coalesce((select json_agg(json_build_object('id', t.id, 'name', t.name) order by ct.added_at, t.id)
        from contact_tags ct cross join lateral ${byKey(sql`tags`, sql`ct.tag_id`)} t where ct.contact_id = c.id), '[]') as tags,
      coalesce((select json_agg(json_build_object('id', l.id, 'name', l.name) order by cl.added_at, l.id)
        from contact_labels cl cross join lateral ${byKey(sql`labels`, sql`cl.label_id`)} l where cl.contact_id = c.id), '[]') as labels,
      coalesce((select json_agg(json_build_object('id', f.id, 'name', f.name, 'kind', f.kind, 'description', f.description,
          'value', cf.value) order by f.id)
        from contact_fields cf cross join lateral ${byKey(sql`fields`, sql`cf.field_id`)} f where cf.contact_id = c.id), '[]') as fields,
      (select json_build_object('type', coalesce(m.author, m.direction), 'at', ${millis("m.created_at")})
        from messages m where m.contact_id = c.id order by m.id desc limit 1) as "lastMessage"
    from json_to_recordset(${JSON.stringify(wanted)}::json) as w(id bigint, place integer, workspace bigint, bot bigint)
    join contacts c on c.id = w.id and c.workspace_id = w.workspace and (w.bot is null or c.bot_id = w.bot)`.execute(
    db.withoutPlugins(),
  );
  return rows;
}
