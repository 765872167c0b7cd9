import { sql } from "kysely";
import type { Comparison, ConditionGroup } from "../src/model/condition.ts";
import { createBot } from "../src/store/bot-store.ts";
import { listContactPlaces } from "../src/store/contact-list-store.ts";
import { type Database, openDatabase } from "../src/store/database.ts";
import { toSearchKey } from "../src/store/field-search.ts";
import { migrateToLatest } from "../src/store/migrate.ts";
import { countSegment, listSegmentIds } from "../src/store/segment-member-store.ts";
import { createWorkspace } from "../src/store/workspace-store.ts";
import { createDatabase } from "./repartee.ts";
import { type BenchContext, median, type Row, round } from "./row.ts";

const cities = ["Москва", "Казань", "Berlin", "Алматы", "Тверь", "Пермь", "Омск", "Уфа", "Сочи", "Псков"];
const tagCount = 200;
const fieldCount = 50;
const dayMs = 86_400_000;

/** How long it takes to count and to list the contacts for whom a condition holds, of a million with 200 tags and 50 fields. */
export async function measureSegments({ serverUrl, people, say }: BenchContext): Promise<Row[]> {
  if (serverUrl === undefined) return [];
  const made = await createDatabase(serverUrl);
  const database = await openDatabase({ databaseUrl: made.url });
  try {
    const { db } = database;
    await migrateToLatest(db);
    say(`segments: seeding ${people} contacts`);
    const workspaceId = (await createWorkspace(db, { domain: "bench", name: "Bench" })).id;
    const access = { workspaceId, botId: (await createBot(db, { workspaceId, name: "Bench" })).id };
    await seedContacts(db, people, access);
    const rows: Row[] = [];
    for (const [name, condition] of Object.entries(conditions)) {
      const question = { access: { workspaceId }, condition: all(condition), now: Date.now() };
      const count = await timeOf(async () => await countSegment(db, question));
      const page = await timeOf(async () => await listContactPlaces(db, question, { order: "newest", limit: 51 }));
      const ids = await timeOf(async () => (await listSegmentIds(db, question, { limit: 5_000 })).length);
      rows.push({
        measurement: `segment: ${name}`,
        connections: 1,
        perSecond: round(1000 / count.p50),
        p50Ms: round(count.p50),
        p99Ms: round(count.most),
        note: `${count.result} of ${people}; a page of the table ${round(page.p50)} ms, 5,000 ids ${round(ids.p50)} ms`,
      });
      say(`${name}: ${JSON.stringify(rows.at(-1))}`);
    }
    return rows;
  } finally {
    await database.close();
    await made.drop();
  }
}

const all = (rules: ConditionGroup["rules"]): ConditionGroup => ({ match: "all", rules });
const ago = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
const rule = (
  subject: Comparison["subject"],
  key: string,
  operator: string,
  value?: Comparison["value"],
): Comparison => ({
  subject,
  key,
  operator,
  ...(value === undefined ? {} : { value }),
});

export const conditions: Readonly<Record<string, ConditionGroup["rules"]>> = {
  everybody: [],
  "a tag of 5 %": [rule("tag", "tag20", "has")],
  "a tag of half": [rule("tag", "tag2", "has")],
  "without a tag": [rule("tag", "tag2", "has_not")],
  "two tags": [rule("tag", "tag3", "has"), rule("tag", "tag5", "has")],
  "one of two tags": [{ match: "any", rules: [rule("tag", "tag30", "has"), rule("tag", "tag50", "has")] }],
  "a text field is": [rule("field", "field1", "is", "москва")],
  "a text field is not": [rule("field", "field1", "is_not", "москва")],
  "a text field is, of few": [rule("field", "field6", "is", "value 7")],
  "a text field contains": [rule("field", "field1", "contains", "ерь")],
  "a text field begins": [rule("field", "field6", "starts_with", "value 1")],
  "a number over": [rule("field", "field2", "gt", 9_000)],
  "a number between": [rule("field", "field2", "between", [100, 200])],
  "a date within a week": [rule("field", "field4", "within_next_days", 7)],
  "an instant of the last 30 days": [rule("field", "field3", "within_last_days", 30)],
  "yes or no": [rule("field", "field5", "is_true")],
  "a field is set": [rule("field", "field9", "is_set")],
  "a field is not set": [rule("field", "field9", "is_not_set")],
  "a name contains": [rule("profile", "firstName", "contains", "ва")],
  "a language is": [rule("profile", "language", "is", "ru")],
  "an e-mail is": [rule("profile", "email", "is", "p77@example.org")],
  "a source is": [rule("utm", "source", "is", "vk")],
  "an entry link is": [rule("entry_link", "", "is", "link7")],
  "made in the last week": [rule("created_at", "", "within_last_days", 7)],
  "wrote in the last 30 days": [rule("last_inbound_at", "", "within_last_days", 30)],
  "not opted out": [rule("opted_out", "", "is_false")],
  "a tag, a field, not opted out, wrote lately": [
    rule("tag", "tag4", "has"),
    rule("field", "field1", "is", "казань"),
    rule("opted_out", "", "is_false"),
    rule("last_inbound_at", "", "after", ago(60)),
  ],
};

async function timeOf<T>(work: () => Promise<T>) {
  const times: number[] = [];
  let result: T | undefined;
  for (let turn = 0; turn < 4; turn += 1) {
    const start = performance.now();
    result = await work();
    // The first one reads from the disk.
    if (turn > 0) times.push(performance.now() - start);
  }
  return { result, p50: median(times), most: Math.max(...times) };
}

/** Contacts with 200 tags and 50 fields. Returns the first one's id; the others' follow without a gap. */
export async function seedContacts(
  db: Database,
  people: number,
  access: { readonly workspaceId: number; readonly botId: number },
): Promise<number> {
  const { workspaceId, botId } = access;
  await sql`insert into contacts (workspace_id, bot_id, cuid, name, first_name, last_name, email, phone, language, utm, entry, last_inbound_at, opted_out_at, created_at)
    select ${workspaceId}, ${botId}, 'bench' || g, first || ' ' || last, first, last,
      case when g % 3 = 0 then 'p' || g || '@example.org' end, case when g % 2 = 0 then '+49301' || lpad(g::text, 7, '0') end, case when g % 4 = 0 then 'en' else 'ru' end,
      jsonb_build_object('source', (array['vk', 'telegram', 'google'])[1 + g % 3]),
      case when g % 2 = 0 then jsonb_build_object('payload', 'p', 'link', 'link' || g % 20, 'at', 1, 'variables', '{}'::jsonb) end,
      now() - make_interval(hours => g % 9000), case when g % 50 = 0 then now() end, now() - make_interval(hours => g % 20000)
    from generate_series(1, ${people}) g, lateral (
      select (array['Анна', 'Иван', 'Ева', 'Пётр', 'Ann', 'Lee', 'Ольга'])[1 + g % 7] as first, 'N' || g % 1000 as last) as named`.execute(
    db,
  );
  const { rows } = await sql<{
    first: number;
  }>`select min(id) as first from contacts where cuid like 'bench%'`.execute(db);
  const first = Number(rows[0]?.first ?? 1);
  for (let tag = 1; tag <= tagCount; tag += 1) {
    await sql`with tag as (insert into tags (workspace_id, name) values (${workspaceId}, ${`tag${tag}`}) returning id)
      insert into contact_tags (contact_id, tag_id, added_at)
      select g, tag.id, now() from tag, generate_series(${first + (tag % 7)}::bigint, ${first + people - 1}::bigint, ${tag}::bigint) g`.execute(
      db,
    );
  }
  for (let field = 1; field <= fieldCount; field += 1) {
    const { kind, values } = valuesOf(field);
    // The first five are everybody's.
    const step = field <= 5 ? 1 : 9;
    await sql`with field as (
        insert into fields (workspace_id, key, name, kind) values (${workspaceId}, ${`field${field}`}, ${`Field ${field}`}, ${kind}) returning id
      ), choice as (
        select place, value::jsonb, key from unnest(${values.map((value) => JSON.stringify(value))}::text[], ${values.map(toSearchKey)}::text[])
          with ordinality as c (value, key, place)
      )
      insert into contact_fields (contact_id, field_id, value, updated_at, search_key)
      select g, field.id, choice.value, now(), choice.key from field,
        generate_series(${first + (field % step)}::bigint, ${first + people - 1}::bigint, ${step}::bigint) g
        join choice on choice.place = 1 + (g * 7919) % ${values.length}`.execute(db);
  }
  await sql`vacuum analyze`.execute(db);
  return first;
}

function valuesOf(field: number) {
  const many = (make: (place: number) => string | number | boolean, count: number) =>
    Array.from({ length: count }, (_one, place) => make(place));
  if (field === 1) return { kind: "text", values: cities };
  if (field === 2) return { kind: "number", values: many((place) => place, 10_000) };
  if (field === 3) return { kind: "datetime", values: many((place) => ago(place / 10), 10_000) };
  if (field === 4) return { kind: "date", values: many((place) => ago(place - 500).slice(0, 10), 1_000) };
  if (field === 5) return { kind: "boolean", values: [true, false] };
  return { kind: "text", values: many((place) => `value ${place}`, 20) };
}
