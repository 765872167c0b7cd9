import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import type { Comparison } from "../model/condition.ts";
import { createBot } from "./bot-store.ts";
import { countContactsBy, countQuery } from "./contact-count-store.ts";
import { type ContactPlace, contactOrders, gather, listContactPlaces } from "./contact-list-store.ts";
import { toSearchKey } from "./field-search.ts";
import { listMessages } from "./message-store.ts";
import { createSalesPlan } from "./sales-plan-store.ts";
import { candidates, compile } from "./segment-member-store.ts";
import { createWorkspace } from "./workspace-store.ts";

const people = 20_000;
const now = Date.UTC(2026, 10, 20, 12);

let database: TestDatabase;
let workspaceId: number;

/** Enough people that an index is worth its while: a tag and a field of few, a field of all. */
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  workspaceId = (await createWorkspace(db, { domain: "many", name: "Many" })).id;
  const bot = await createBot(db, { workspaceId, name: "Bot" });
  await sql`insert into contacts (workspace_id, bot_id, cuid, email, phone, created_at)
    select ${workspaceId}, ${bot.id}, 'c' || g, 'p' || g || '@example.org', '+4930' || (1000000 + g), now()
    from generate_series(1, ${sql.lit(people)}) g`.execute(db);
  await sql`insert into tags (workspace_id, name) values (${workspaceId}, 'few'), (${workspaceId}, 'all')`.execute(db);
  await sql`insert into labels (workspace_id, name) values (${workspaceId}, 'few'), (${workspaceId}, 'all')`.execute(
    db,
  );
  await sql`insert into sequences (bot_id, ref, name) values (${bot.id}, 'few', 'Few'), (${bot.id}, 'all', 'All')`.execute(
    db,
  );
  const plan = { averageCheck: null, label: "", distribution: "manual" as const, managers: [] };
  const statuses = [{ ref: "new", name: "New", kind: "open" as const }];
  await createSalesPlan(db, workspaceId, { ...plan, ref: "few", name: "Few", currency: "EUR", statuses });
  // Everybody has the other one.
  const who = sql`contacts c where c.workspace_id = ${workspaceId} and (m.name ilike 'all' or c.id % 200 = 0)`;
  await sql`insert into contact_tags select c.id, m.id, now() from tags m, ${who}`.execute(db);
  await sql`insert into contact_labels select c.id, m.id, now() from labels m, ${who}`.execute(db);
  await sql`insert into subscriptions select c.id, m.id, now() from sequences m, ${who}`.execute(db);
  await sql`insert into sequence_ends (contact_id, sequence_id, reason, ended_at, passed)
    select c.id, m.id, 'finished', now(), '[]' from sequences m, ${who}`.execute(db);
  await sql`insert into deals (workspace_id, bot_id, contact_id, plan_id, status_id, title, sum, currency, created_at, changed_at)
    select ${workspaceId}, ${bot.id}, c.id, p.id, s.id, '', 100, 'EUR', now(), now()
    from contacts c, sales_plans p join sales_plan_statuses s on s.plan_id = p.id
    where c.workspace_id = ${workspaceId} and c.id % 200 = 0 and p.workspace_id = ${workspaceId}`.execute(db);
  for (const [kind, values] of Object.entries(valuesByKind)) {
    await sql`with field as (insert into fields (workspace_id, key, name, kind) values (${workspaceId}, ${kind}, ${kind}, ${kind}) returning id),
        choice as (select * from unnest(${values.map((value) => JSON.stringify(value))}::text[], ${values.map(toSearchKey)}::text[])
          with ordinality as c (value, key, place))
      insert into contact_fields (contact_id, field_id, value, updated_at, search_key)
      select c.id, field.id, choice.value::jsonb, now(), choice.key from field, contacts c
        join choice on choice.place = 1 + c.id % ${values.length} where c.workspace_id = ${workspaceId}`.execute(db);
  }
  // In a workspace where each field has its index entries, two that hardly anybody has and nobody.
  await sql`insert into fields (workspace_id, key, name, kind) values (${workspaceId}, 'rare', 'rare', 'text'), (${workspaceId}, 'none', 'none', 'text')`.execute(
    db,
  );
  await sql`insert into contact_fields (contact_id, field_id, value, updated_at, search_key)
    select c.id, f.id, '"Value 7"', now(), ${toSearchKey("Value 7")} from fields f, contacts c
    where f.workspace_id = ${workspaceId} and f.key = 'rare' and c.workspace_id = ${workspaceId} and c.id % 200 = 7`.execute(
    db,
  );
  await sql`vacuum analyze`.execute(db);
});
afterAll(() => database.close());

const days = Array.from({ length: 400 }, (_one, day) => new Date(now - day * 86_400_000).toISOString());
const valuesByKind = {
  text: Array.from({ length: 200 }, (_one, place) => `Value ${place}`),
  number: Array.from({ length: 200 }, (_one, place) => place),
  date: days.map((day) => day.slice(0, 10)),
  datetime: days,
};

async function planOf(rule: Comparison): Promise<string> {
  const { db } = database;
  const question = { access: { workspaceId }, condition: { match: "all" as const, rules: [rule] }, now };
  const query = candidates(db, question, await compile(db, question)).select("contacts.id");
  const rows = await query.explain();
  return rows.map((row) => Object.values(row as Record<string, unknown>).join()).join("\n");
}

describe("the plan of a segment's rule", () => {
  it.each<[index: string, rule: Comparison]>([
    ["contact_tags_tag", { subject: "tag", key: "few", operator: "has" }],
    ["contact_labels_label", { subject: "label", key: "few", operator: "has" }],
    ["subscriptions_sequence", { subject: "sequence", key: "few", operator: "has" }],
    ["sequence_ends_sequence", { subject: "sequence", key: "few", operator: "finished" }],
    ["contact_fields_search", { subject: "field", key: "text", operator: "is", value: "VALUE 7" }],
    ["contact_fields_search", { subject: "field", key: "text", operator: "in", value: ["value 7", "value 8"] }],
    ["contact_fields_search", { subject: "field", key: "number", operator: "is", value: 5 }],
    ["contact_fields_search", { subject: "field", key: "number", operator: "gt", value: 197 }],
    ["contact_fields_search", { subject: "field", key: "number", operator: "between", value: [3, 4] }],
    ["contact_fields_search", { subject: "field", key: "date", operator: "is", value: "2026-11-01" }],
    ["contact_fields_search", { subject: "field", key: "date", operator: "within_last_days", value: 2 }],
    ["contact_fields_search", { subject: "field", key: "datetime", operator: "within_last_days", value: 2 }],
    ["contacts_email", { subject: "profile", key: "email", operator: "is", value: "P77@example.org" }],
    ["contacts_phone", { subject: "profile", key: "phone", operator: "is", value: "+49301000077" }],
  ])("begins at the index %s: %o", async (index, rule) => {
    const plan = await planOf(rule);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan on (contacts|contact_\w+|subscriptions|sequence_ends)/);
  });

  it.each<[rule: Comparison]>([
    [{ subject: "field", key: "text", operator: "starts_with", value: "value 19" }],
    [{ subject: "field", key: "text", operator: "contains", value: "lue 19" }],
    [{ subject: "field", key: "text", operator: "is_set" }],
  ])("looks at the index alone, and at no value: %o", async (rule) => {
    expect(await planOf(rule)).toMatch(/Index Only Scan using contact_fields_search/);
  });

  it.each<[rule: Comparison]>([
    [{ subject: "sales_plan", key: "few", operator: "has" }],
    [{ subject: "deal_status", key: "few", operator: "is", value: "new" }],
  ])("begins at the deals: %o", async (rule) => {
    expect(await planOf(rule)).not.toMatch(/Seq Scan on contacts/);
  });

  it.each<[rule: Comparison]>([
    [{ subject: "tag", key: "few", operator: "has_not" }],
    [{ subject: "sequence", key: "few", operator: "not_finished" }],
    [{ subject: "field", key: "text", operator: "is_not", value: "value 7" }],
    [{ subject: "field", key: "number", operator: "is_not", value: 5 }],
    [{ subject: "profile", key: "language", operator: "is", value: "ru" }],
    [{ subject: "utm", key: "source", operator: "is", value: "vk" }],
    [{ subject: "entry_link", operator: "is", value: "l1" }],
    [{ subject: "created_at", operator: "within_last_days", value: 7 }],
    [{ subject: "last_inbound_at", operator: "within_last_days", value: 7 }],
    [{ subject: "opted_out", operator: "is_false" }],
  ])("reads the contacts once, and nothing for each of them: %o", async (rule) => {
    const plan = await planOf(rule);
    expect(plan).not.toMatch(/SubPlan/);
    expect(plan.match(/on contacts\b/g)).toHaveLength(1);
  });
});

describe("a page of contacts for whom a rule of few holds", () => {
  it("gathers them and sorts them by name, and does not walk the order of all names", async () => {
    const { db } = database;
    const rule: Comparison = { subject: "field", key: "text", operator: "contains", value: "lue 19" };
    const question = { access: { workspaceId }, condition: { match: "all" as const, rules: [rule] }, now };
    const page = gather(db, question, await compile(db, question))
      .orderBy(sql`found.name, found.id`)
      .limit(51);
    const plan = (await page.explain()).map((row) => Object.values(row as Record<string, unknown>).join()).join("\n");
    expect(plan).toContain("CTE Scan on found");
    expect(plan).not.toContain("contacts_named");
  });

  it("is found in every order, page after page", async () => {
    const { db } = database;
    const rule: Comparison = { subject: "field", key: "text", operator: "is", value: "value 7" };
    const question = { access: { workspaceId }, condition: { match: "all" as const, rules: [rule] }, now };
    for (const order of contactOrders) {
      const found: number[] = [];
      for (let after: ContactPlace | undefined; ; ) {
        const { places, next } = await listContactPlaces(db, question, { order, after, limit: 30 });
        found.push(...places.map(({ id }) => id));
        if (next === undefined) break;
        after = next;
      }
      expect(new Set(found).size).toBe(people / 200);
      expect(found).toHaveLength(people / 200);
    }
  });
});

describe("a page that the engine has to judge", () => {
  const question = {
    access: { workspaceId: 0 },
    condition: {
      match: "all" as const,
      rules: [{ subject: "field" as const, key: "text", operator: "matches", value: "^Value 7$" }],
    },
    now,
  };

  it("ends when its time is over, with the place where the next one goes on", async () => {
    const asked = { ...question, access: { workspaceId } };
    const first = await listContactPlaces(database.db, asked, { order: "oldest", limit: people, forMs: 0 });
    expect(first.places.length).toBeLessThan(people / 200);
    expect(first.next).toBeDefined();
    const rest = await listContactPlaces(database.db, asked, { order: "oldest", limit: people, after: first.next });
    expect(first.places.length + rest.places.length).toBe(people / 200);
    expect(rest.next).toBeUndefined();
  });

  it.each([
    ["everybody has", "text"],
    ["few have", "rare"],
    ["nobody has", "none"],
  ])("is found in every order, page after page, by a field that %s", async (_who, key) => {
    const { db } = database;
    const rules = [{ subject: "field" as const, key, operator: "matches", value: "^Value (7|107)$" }];
    const asked = { access: { workspaceId }, condition: { match: "all" as const, rules }, now };
    const ids = { text: [7, 107], rare: [7], none: [] }[key]?.map((place) => sql`id % 200 = ${sql.lit(place)}`) ?? [];
    const { rows } = await sql<{ id: number }>`select id from contacts where workspace_id = ${workspaceId}
      and (false or ${sql.join([...ids, sql`false`], sql` or `)}) order by id`.execute(db);
    for (const order of contactOrders) {
      const found: number[] = [];
      for (let after: ContactPlace | undefined; ; ) {
        const { places, next } = await listContactPlaces(db, asked, { order, after, limit: 30, forMs: 20 });
        found.push(...places.map(({ id }) => id));
        if (next === undefined) break;
        after = next;
      }
      expect(found.toSorted((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
      if (order === "oldest") expect(found).toEqual(rows.map(({ id }) => id));
      if (order === "newest") expect(found).toEqual(rows.map(({ id }) => id).toReversed());
    }
  });
});

describe("how many contacts have each name", () => {
  it.each(["tags", "labels", "fields", "sequences"] as const)(
    "is counted without a look at the contacts: %s",
    async (of) => {
      const { rows } = await sql<object>`explain ${countQuery({ workspaceId }, of)}`.execute(database.db);
      expect(JSON.stringify(rows)).not.toMatch(/on contacts\b/);
      const counts = await countContactsBy(database.db, { workspaceId }, of);
      const all = counts.map(({ contacts }) => contacts).toSorted((a, b) => a - b);
      expect(all).toEqual(of === "fields" ? [people / 200, people, people, people, people] : [people / 200, people]);
    },
  );
});

describe("failed messages", () => {
  it("are found by an index of their own", async () => {
    const { db } = database;
    const bots = db.selectFrom("bots").select("id").where("workspaceId", "=", workspaceId);
    const { botId } = await bots.select("id as botId").executeTakeFirstOrThrow();
    const channel = { botId, kind: "fake", name: "F" };
    const { id } = await db.insertInto("channels").values(channel).returning("id").executeTakeFirstOrThrow();
    await sql`insert into messages (contact_id, channel_id, direction, event_id, ordinal, content, status, created_at)
      select c.id, ${id}, 'out', c.id, 0, '{}', case when c.id % 5000 = 0 then 'failed' else 'sent' end, now()
      from contacts c where c.workspace_id = ${workspaceId}`.execute(db);
    await sql`analyze messages`.execute(db);
    const plan = await sql<object>`explain select id from messages
      where status in ('failed', 'uncertain') order by id desc limit 50`.execute(db);
    expect(JSON.stringify(plan.rows)).toContain("messages_failed");
    const failed = await listMessages(db, { workspaceId }, { statuses: ["failed", "uncertain"] }, { limit: 50 });
    expect(failed).toHaveLength(people / 5000);
  });
});
