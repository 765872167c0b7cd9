import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noon } from "../../test/builders.ts";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aShop, type Shop, testClock } from "../../test/shell.ts";
import type { Contact } from "../model/contact.ts";
import type { BotSnapshot } from "../model/world.ts";
import { preparePublishedFlow } from "../steps/advance.ts";
import { writeBatch } from "./outcome-store.ts";
import { loadSnapshot } from "./snapshot-store.ts";
import { createContacts, type LoadedContact, loadContacts, lockAndLoadContacts } from "./world-store.ts";

let database: TestDatabase;
let shop: Shop;
let made = 0;
const noLeases = { live: null, bulk: null };
beforeAll(async () => {
  database = await testDatabase();
  const fields = ["text", "number", "boolean", "date", "datetime", "list", "json"] as const;
  shop = await aShop(
    { database, clock: testClock() },
    {
      fields: [
        ...fields.map((kind) => ({ key: `a_${kind}`, name: kind, kind })),
        { key: "constructor", name: "Constructor", kind: "text" },
      ],
      sequences: [
        { ref: "q1", name: "One" },
        { ref: "q2", name: "Two" },
      ],
    },
  );
});
afterAll(() => database.close());

async function aNewContact(): Promise<LoadedContact> {
  made += 1;
  const identity = { channelId: shop.channelId, externalId: `person ${made}` };
  const [loaded] = await createContacts(database.db, [{ cuid: `cuid${made}`, at: noon, identity }]);
  if (loaded === undefined) throw new Error("no contact was made");
  return loaded;
}

async function readBot(): Promise<BotSnapshot> {
  const bot = (await loadSnapshot(database.db, shop.botId, preparePublishedFlow))?.snapshot;
  if (bot === undefined) throw new Error("the bot is gone");
  return bot;
}

/** Writes a change of the contact; what is then loaded. */
async function change({ contact: before }: LoadedContact, to: Partial<Contact>): Promise<LoadedContact> {
  const contacts = [{ before, after: { ...before, ...to }, bot: await readBot(), at: noon }];
  await database.transact((trx) =>
    writeBatch(trx, { handled: [], contacts, variables: new Map(), leaseOwner: noLeases }),
  );
  const [loaded] = await loadContacts(database.db, [before.id]);
  if (loaded === undefined) throw new Error("the contact is gone");
  return loaded;
}

const whole: Partial<Contact> = {
  profile: {
    name: "Ann Lee",
    firstName: "Ann",
    lastName: 'O\'Lee \\ "quoted" {1,2}',
    email: "ann@example.com",
    phone: "+79991234567",
    gender: "f",
    language: "ru",
    timeZone: "Asia/Tokyo",
    avatarUrl: "https://example.com/a.png",
    clientExternalId: "k 7 😀",
  },
  utm: { source: "ads", campaign: "spring" },
  entry: {
    link: "l1",
    payload: "p",
    at: noon,
    variables: { course: "Chess", price: 1.5, list: [1, "2", { deep: true }] },
  },
  tags: ["vip", "tag, with a comma"],
  labels: ["hot"],
  fields: {
    a_text: "null",
    a_number: -1.5e-7,
    a_boolean: false,
    a_date: "2026-12-31",
    a_datetime: "2026-12-31T18:00:00.000Z",
    a_list: ["a", 1, null],
    a_json: { deep: [{ er: "x" }] },
    constructor: "of bridges",
  },
  sequences: ["q1", "q2"],
  splits: { "f1:s1": "a" },
  optedOutAt: noon + 1,
  lastInboundAt: noon + 2,
  positions: [
    {
      id: "900001-0",
      flow: "f1",
      step: "s1",
      kind: "question",
      waitsFor: "reply",
      wakeAt: noon + 3_600_001,
      state: { tries: 1, until: null },
      values: { word: "x", list: [1] },
      channelId: 1,
      enteredAt: noon + 3,
    },
    {
      id: "900001-1",
      flow: "f1",
      step: "s2",
      kind: "delay",
      waitsFor: "time",
      state: null,
      values: {},
      enteredAt: noon + 3,
    },
  ],
};

describe("a contact", () => {
  it("is loaded as it was written, whatever its values are", async () => {
    const { contact } = await change(await aNewContact(), whole);
    expect(contact).toMatchObject(whole);
    expect([...contact.tags].sort()).toEqual([...(whole.tags ?? [])].sort());
  });

  it("loses what is taken away, and nothing else", async () => {
    const full = await change(await aNewContact(), {
      ...whole,
      positions: whole.positions?.map((position) => ({ ...position, id: `b-${position.id}` })) ?? [],
    });
    const { constructor: _gone, a_text: _too, ...fields } = full.contact.fields;
    const less = {
      tags: ["vip"],
      labels: [],
      fields,
      sequences: ["q2"],
      positions: full.contact.positions.slice(1),
      optedOutAt: undefined,
      profile: { name: "Ann" },
    };
    const { contact } = await change(full, less);
    expect(contact).toMatchObject({ ...less, utm: full.contact.utm, splits: full.contact.splits });
    expect(Object.keys(contact.profile)).toEqual(["name"]);
    expect(Object.keys(contact.fields)).not.toContain("constructor");
  });

  it("makes tags and labels that the workspace does not know yet, and tells the bots so", async () => {
    const revision = async () =>
      (await database.db.selectFrom("workspaces").select("revision").executeTakeFirstOrThrow()).revision;
    const before = await revision();
    await change(await aNewContact(), { tags: ["brand new"] });
    const known = await revision();
    await change(await aNewContact(), { tags: ["brand new"] });
    expect(known).toBeGreaterThan(before);
    expect(await revision()).toBe(known);
  });

  it("is found by its identity or its id, once, and only if it exists", async () => {
    const { contact } = await aNewContact();
    const identity = { channelId: shop.channelId, externalId: `person ${made}` };
    const nobody = { channelId: shop.channelId, externalId: "nobody" };
    const found = await database.db
      .transaction()
      .execute((trx) => lockAndLoadContacts(trx, [nobody, identity, identity], [contact.id, 999_999]));
    expect(found.map((loaded) => loaded.contact.id)).toEqual([contact.id]);
  });

  it("costs as many rows as there are wanted, not as many as there are", async () => {
    const asked = await aNewContact();
    const { db } = database;
    await sql`insert into contacts (workspace_id, bot_id, cuid) select ${shop.workspaceId}, ${shop.botId}, 'many' || g from generate_series(1, 3000) g`.execute(
      db,
    );
    await sql`vacuum analyze contacts`.execute(db);
    const many = db.selectFrom("contacts").select("id").where("cuid", "like", "many%");
    const ids = (await many.limit(60).execute()).map(({ id }) => id);
    const bot = await readBot();
    const read = await database.transact(async (trx) => {
      await lockAndLoadContacts(trx, [{ channelId: shop.channelId, externalId: `person ${made}` }], ids);
      const seen = { ...asked.contact, lastInboundAt: noon };
      const contacts = [{ before: asked.contact, after: seen, bot, at: noon }];
      await (await writeBatch(trx, { handled: [], contacts, variables: new Map(), leaseOwner: noLeases })).last;
      const last = sql<{
        rows: number;
      }>`select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables
        where relid = 'contacts'::regclass`.execute(trx);
      return { last };
    });
    // Each twice, to lock and to load it, and the one who was seen once more. PostgreSQL counts what the connection's last transactions read with it.
    expect(read.rows[0]?.rows).toBeGreaterThan(2 * ids.length);
    expect(read.rows[0]?.rows).toBeLessThan(1000);
  });

  it("is not made on a channel that does not exist", async () => {
    const identity = { channelId: 999_999, externalId: "x" };
    expect(await createContacts(database.db, [{ cuid: "nowhere", at: noon, identity }])).toEqual([]);
  });
});
