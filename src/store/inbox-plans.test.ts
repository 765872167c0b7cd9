import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { createBot } from "./bot-store.ts";
import { gatherOf, type InboxFilter, listFound, listInbox, walkBack } from "./inbox-store.ts";
import { matchesPlainly } from "./search-sql.ts";
import { createWorkspace } from "./workspace-store.ts";

const people = 3_000;
const member = 77;

let database: TestDatabase;
let workspaceId: number;
let first: number;

/** Everybody wrote twice: a word that all use, one of ten uses, and one of 500 uses. Some have a label, a mention, an agent. */
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  workspaceId = (await createWorkspace(db, { domain: "inbox", name: "Inbox" })).id;
  const bot = await createBot(db, { workspaceId, name: "Bot" });
  const channel = await db
    .insertInto("channels")
    .values({ botId: bot.id, kind: "fake", name: "F" })
    .returning("id")
    .executeTakeFirstOrThrow();
  await sql`insert into contacts (workspace_id, bot_id, cuid, name, created_at, last_inbound_at, conversation)
    select ${workspaceId}, ${bot.id}, 'i' || g, case when g % 600 = 0 then 'Order ' || g else 'Somebody ' || g end, now(), now(),
      case when g % 300 = 0 then jsonb_build_object('status', 'open', 'agent', ${member}::bigint) end
    from generate_series(0, ${sql.lit(people - 1)}) g`.execute(db);
  first =
    (await sql<{ id: number }>`select min(id) as id from contacts where cuid like 'i%'`.execute(db)).rows[0]?.id ?? 0;
  await sql`insert into messages (contact_id, channel_id, direction, event_id, ordinal, content, status, created_at)
    select c.id, ${channel.id}, 'in', turn * 100000 + c.id, 0, json_build_object('text', 'hello ' || turn
      || case when (c.id - ${first}) % 10 = 0 then ' order' else '' end || case when (c.id - ${first}) % 500 = 0 then ' trombone' else '' end), 'received', now()
    from generate_series(1, 2) turn, contacts c where c.workspace_id = ${workspaceId} order by turn, c.id`.execute(db);
  await sql`insert into identities (contact_id, channel_id, external_id, username) select id, ${channel.id}, cuid, 'user_' || 100000 + id
    from contacts where workspace_id = ${workspaceId}`.execute(db);
  await sql`insert into labels (workspace_id, name) values (${workspaceId}, 'few')`.execute(db);
  await sql`insert into contact_labels (contact_id, label_id, added_at) select c.id, l.id, now()
    from labels l, contacts c where l.workspace_id = ${workspaceId} and c.workspace_id = ${workspaceId} and (c.id - ${first}) % 400 = 0`.execute(
    db,
  );
  await sql`insert into mentions (contact_id, member_id, comment, created_at) select c.id, ${member}, '', now()
    from contacts c where c.workspace_id = ${workspaceId} and (c.id - ${first}) % 350 = 0`.execute(db);
  await sql`vacuum analyze`.execute(db);
});
afterAll(() => database.close());

const access = () => ({ workspaceId });

async function explain(compiled: { readonly sql: string; readonly parameters: readonly unknown[] }): Promise<string> {
  const { rows } = await database.db.executeQuery<object>({
    ...(compiled as Parameters<typeof database.db.executeQuery>[0] & object),
    sql: `explain (analyze, costs off, timing off, summary off) ${compiled.sql}`,
  } as Parameters<typeof database.db.executeQuery>[0]);
  return rows.map((row) => Object.values(row).join()).join("\n");
}

/** How many rows the node gave that matches, in all its loops. */
const rowsOf = (plan: string, node: RegExp) =>
  [...plan.matchAll(new RegExp(`${node.source}[^\\n]*rows=(\\d+)(?:\\.\\d+)? loops=(\\d+)`, "g"))].reduce(
    (total, [, rows, loops]) => total + Number(rows) * Number(loops),
    0,
  );

describe("the plan of a search of the inbox", () => {
  it("reads the latest conversations until the page is full of a word that many wrote, and asks no index of words", async () => {
    const walk = walkBack(database.db, access(), { search: "hello" }, { limit: 31, messages: 3_000 });
    const plan = await explain(walk.compile());
    expect(plan).not.toMatch(/messages_words|contacts_search|Seq Scan on (contacts|messages)/);
    expect(rowsOf(plan, /messages_pkey/)).toBe(31);
  });

  it("stops at the index where it sees that many have it", async () => {
    const plan = await explain(listFound("hello", workspaceId).compile(database.db));
    expect(plan).toContain("messages_words");
    expect(plan).toContain("contacts_search");
    expect(plan).not.toMatch(/Seq Scan on (contacts|messages)/);
    expect(rowsOf(plan, /Bitmap Heap Scan on messages/)).toBe(2_001);
  });

  it("looks up the user names of the contacts that it reads, and not all there are", async () => {
    const latest = sql`(select * from contacts where workspace_id = ${workspaceId} order by id desc limit 2000) as contacts`;
    const near = sql`select id from ${latest} where ${matchesPlainly("user_1")} order by id desc limit 51`;
    const plan = await explain(near.compile(database.db));
    expect(plan).not.toMatch(/hashed|Seq Scan on identities/);
    expect(rowsOf(plan, /on identities i/)).toBe(51);
  });

  it("looks at chosen contacts one by one", async () => {
    const ids = Array.from({ length: 6 }, (_one, place) => first + 500 * place);
    const filter: InboxFilter = { statuses: ["open", "pending"] };
    const plan = await explain(gatherOf(database.db, filter, { limit: 31, ids, conditions: [] }).compile());
    expect(plan).not.toMatch(/Seq Scan/);
    expect(rowsOf(plan, /using contacts_\w+ on contacts/)).toBe(ids.length);
  });
});

describe("a search of the inbox", () => {
  const every = (step: number, of: (place: number) => boolean = () => true) =>
    Array.from({ length: Math.ceil(people / step) }, (_one, place) => place * step).filter(of);

  it.each<[what: string, filter: InboxFilter, places: number[]]>([
    ["a word that all wrote", { search: "hello" }, every(1)],
    ["a word of one of ten", { search: "ord" }, every(10)],
    ["a word of few", { search: "trombone" }, every(500)],
    ["two words", { search: "trombone order hel" }, every(500)],
    [
      "a name of some and no word",
      { search: "somebody 59" },
      every(1, (place) => /^59/.test(String(place)) && place % 600 !== 0),
    ],
    ["a word that all wrote, of a label of few", { search: "hello", labels: ["few"] }, every(400)],
    ["a label of few", { labels: ["few"] }, every(400)],
    ["a label that there is not", { labels: ["none"] }, []],
    ["a word of some, of a label of few", { search: "trombone", labels: ["few"] }, every(2_000)],
    ["a word that all wrote, where somebody was mentioned", { search: "hello", mentioned: member }, every(350)],
    ["where somebody was mentioned", { mentioned: member }, every(350)],
    ["a word that all wrote, of one agent", { search: "hello", agent: member, statuses: ["open"] }, every(300)],
    ["what nobody wrote", { search: "nobody at all" }, []],
  ])("finds %s, page after page", async (_what, filter, places) => {
    const found: number[] = [];
    for (let before: number | undefined; ; ) {
      const page = await listInbox(database.db, access(), filter, { before, limit: 700 });
      found.push(...page.map(({ contactId }) => contactId));
      if (page.length < 700) break;
      before = page.at(-1)?.place;
    }
    expect(found).toEqual(places.map((place) => first + place).toReversed());
  });

  it("finds nothing of another workspace", async () => {
    const other = await createWorkspace(database.db, { domain: "other", name: "Other" });
    for (const filter of [
      { search: "hello" },
      { search: "trombone" },
      { search: "somebody" },
      { labels: ["few"] },
      {},
    ]) {
      expect(await listInbox(database.db, { workspaceId: other.id }, filter, { limit: 31 })).toEqual([]);
    }
  });
});
