import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { outboundToLoopback } from "../../../test/outbound.ts";
import { aReceiver, type Receiver } from "../../../test/receiver.ts";
import { tablesThatSay } from "../../../test/say.ts";
import { aShop, contactOf, type Shop, type TestShell, testShell } from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import { deleteBot, requireBot } from "../../store/bot-store.ts";
import { deleteContact } from "../../store/contact-store.ts";
import { createIntegration } from "../../store/integration-store.ts";
import { sealSecrets } from "../../store/secret-box.ts";
import { createWebhook } from "../../store/webhook-store.ts";
import { jobKinds } from "./index.ts";

/** Stands in everything that is known of a person here, and in nothing else. */
const mark = "zqgone";
const secretKey = randomBytes(32);

/** How each kind of job is reached when a person is deleted. One that is new has to say so here. */
const reached = {
  "broadcasts-due": "names nobody",
  "call-integration": "with the contact",
  "count-overview": "names nobody",
  "count-steps": "names nobody",
  "delete-workspace": "names a workspace",
  "deliver-webhook": "with the contact",
  "external-request": "with the contact",
  "hand-in-result": "with the contact",
  "look-up-profile": "with the contact",
  prune: "names nobody",
  "run-broadcast": "names a broadcast; who gets it stands in the ledger",
  "run-import": "names an import; its file is pruned",
  "run-query": "with the contact",
  "run-script": "with the contact",
  "send-account-mail": "is the team's",
  "send-webhook": "with the contact",
  "settle-sequence": "names a sequence, and how far it came",
} as const satisfies { readonly [Kind in keyof typeof jobKinds]: string };
const ofContacts = Object.entries(reached)
  .filter(([, how]) => how === "with the contact")
  .map(([kind]) => kind);

let database: TestDatabase;
let receiver: Receiver;
/** Puts jobs in and takes none up. */
let one: TestShell;
let shop: Shop;
beforeAll(async () => {
  database = await testDatabase();
  receiver = await aReceiver();
  one = await start(false);
  shop = await aWholeShop();
});
afterAll(async () => {
  await receiver.close();
  await one.stop();
  await database.close();
});

async function start(isWorker: boolean): Promise<TestShell> {
  const options = { jobKinds, secretKey, isWorker, outbound: outboundToLoopback };
  return await testShell(database, options);
}

/** A workspace whose bot makes jobs of every kind that is about a contact, as soon as somebody writes to it. */
async function aWholeShop(): Promise<Shop> {
  const parked = (ref: string, kind: string, config: object) => ({
    ref,
    name: ref,
    triggers: [{ kind: "keyword" as const, words: [ref], match: "exact" as const, interrupts: true }],
    start: "wait",
    steps: [{ ref: "wait", kind, config: config as never }],
    edges: [],
  });
  const made = await aShop(one, {
    flows: [
      parked("request", "request", {
        url: `${receiver.url}/request`,
        body: { type: "raw", text: "{{ contact.name }}" },
      }),
      parked("script", "script", { code: "vars.name = contact.name" }),
      parked("query", "query", {
        query: "find_contacts_by_phone",
        args: { phone: "{{ contact.name }}", others: true },
      }),
    ],
  });
  const { workspaceId } = made;
  await createIntegration(database.db, workspaceId, {
    kind: "getcourse",
    name: "School",
    settings: { account: receiver.url },
    sealedSecrets: sealSecrets({ key: "k" }, secretKey),
    active: true,
  });
  const hook = {
    format: "native",
    name: "Hook",
    url: `${receiver.url}/hook`,
    events: ["message_in"],
    active: true,
  } as const;
  const rest = { secret: "s", messageMatch: null, headers: {}, basicAuth: null };
  await createWebhook(database.db, { workspaceId, botId: null }, { ...hook, ...rest }, secretKey);
  return made;
}

/** Somebody for whom a job of each kind waits. */
async function somebody(name: string): Promise<number> {
  const { shell } = one;
  const id = contactOf(await shell.submit(shop.from(name, "request")));
  for (const [action, args] of [
    ["set_profile", { key: "name", value: name }],
    ["set_profile", { key: "email", value: `${name}@example.com` }],
    ["send_webhook", { url: `${receiver.url}/sent` }],
    ["send_to_getcourse", {}],
    ["send_message", { content: `Dear ${name}` }],
    ["schedule_message", { content: name, minutes: 60 }],
  ] as const) {
    const happening = { kind: "actions", actions: [{ action, args }] } as const;
    const done = await shell.submit({ target: { contactId: id }, happening, source: "api" });
    expect(done).toMatchObject({ results: [{ ok: true }] });
  }
  for (const text of ["request", "script", "query"]) await shell.submit(shop.from(name, text));
  const { id: positionId } = await database.db
    .selectFrom("positions")
    .select("id")
    .where("contactId", "=", id)
    .executeTakeFirstOrThrow();
  await shell.enqueueJobs(database.db, [
    { kind: "look-up-profile", data: { channelId: shop.channelId, person: name }, contactId: id },
    { kind: "hand-in-result", data: { positionId, result: { body: name } }, contactId: id },
  ]);
  return id;
}

const jobs = () => sql.table(`${database.jobSchema}.job`);
async function kindsOf(contactId: number): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct name from ${jobs()} where data ->> 'contact' = ${String(contactId)} order by name`.execute(
    database.db,
  );
  return rows.map(({ name }) => name);
}

const remove = async (contactId: number) => {
  const access = { workspaceId: shop.workspaceId };
  const { forgetJobs } = one.shell;
  await database.db
    .transaction()
    .execute((trx) => deleteContact(trx, access, String(contactId), { at: new Date(one.clock.now()), forgetJobs }));
};

describe("a person who is deleted", () => {
  it("leaves no trace in any table, the queue's own with them, and nobody else's jobs go", async () => {
    const gone = await somebody(`${mark}1`);
    const other = await somebody("stays");
    expect(await kindsOf(gone)).toEqual(ofContacts);
    expect(await tablesThatSay(database, `${mark}1`)).toEqual(expect.arrayContaining(["contacts", "job", "messages"]));
    const before = await kindsOf(other);
    // Done and given up ones too: their rows stay for days.
    await sql`update ${jobs()} set state = 'completed' where data ->> 'contact' = ${String(gone)} and name = 'run-query'`.execute(
      database.db,
    );
    await sql`update ${jobs()} set state = 'failed' where data ->> 'contact' = ${String(gone)} and name = 'send-webhook'`.execute(
      database.db,
    );
    await remove(gone);
    expect(await tablesThatSay(database, `${mark}1`)).toEqual([]);
    expect(await kindsOf(gone)).toEqual([]);
    expect(await kindsOf(other)).toEqual(before);
  });

  it("is found by an index, however many jobs there are", async () => {
    const { rows } = await sql<{ definition: string }>`
      select indexdef as definition from pg_indexes where schemaname = ${database.jobSchema} and indexname like 'job\\_%contact%'`.execute(
      database.db,
    );
    expect(rows.map(({ definition }) => definition).join()).toContain("data ->> 'contact'");
  });

  it("takes along jobs of a release that did not say whose they are, once the index is made", async () => {
    const id = await somebody(`${mark}2`);
    await sql`update ${jobs()} set data = data - 'contact'`.execute(database.db);
    await sql`drop index ${sql.table(`${database.jobSchema}.job_of_contact`)}`.execute(database.db);
    await one.stop();
    one = await start(false);
    expect(await kindsOf(id)).toEqual(ofContacts.filter((kind) => kind !== "deliver-webhook"));
    await remove(id);
    expect(await tablesThatSay(database, `${mark}2`)).toEqual([]);
  });

  it("as part of another, goes with that one", async () => {
    const [primary, secondary] = [await somebody(`${mark}3`), await somebody(`${mark}4`)];
    const happening = { kind: "merge", secondaryId: secondary, deleteSecondary: true } as const;
    expect((await one.shell.submit({ target: { contactId: primary }, happening, source: "api" })).status).toBe("done");
    expect(await kindsOf(secondary)).toEqual([]);
    const { rows } = await sql<{ id: string }>`
      select distinct data #>> '{value,contactId}' as id from ${jobs()} where data::text like ${`%${mark}4%`} and name = 'send-webhook'`.execute(
      database.db,
    );
    expect(rows).toEqual([{ id: String(primary) }]);
    await remove(primary);
    expect([...(await tablesThatSay(database, `${mark}3`)), ...(await tablesThatSay(database, `${mark}4`))]).toEqual(
      [],
    );
  });

  it("ends a call that is under way without a trace, a next try or an error for ever", async () => {
    const calls: string[] = [];
    const answered = Promise.withResolvers<void>();
    receiver.answer("/slow", async (call, response) => {
      calls.push(call.body);
      await answered.promise;
      response.writeHead(500).end(`${mark}5 is not known here`);
    });
    const worker = await start(true);
    try {
      const id = contactOf(await one.shell.submit(shop.from(`${mark}5`, "hello")));
      const actions = [{ action: "send_webhook", args: { url: `${receiver.url}/slow` } }];
      await one.shell.submit({ target: { contactId: id }, happening: { kind: "actions", actions }, source: "api" });
      await until("the call is under way", () => calls.length === 1, { withinMs: 20_000 });
      await remove(id);
      answered.resolve();
      await until("the job ended", () => worker.logged.some((line) => line.includes("ContactGone")), {
        withinMs: 20_000,
      });
      expect(await tablesThatSay(database, `${mark}5`)).toEqual([]);
      expect(calls).toHaveLength(1);
    } finally {
      answered.resolve();
      await worker.stop();
    }
  });
});

it("a bot takes its contacts' jobs along", async () => {
  const id = await somebody(`${mark}6`);
  const bot = await requireBot(database.db, { workspaceId: shop.workspaceId }, shop.botId);
  await database.db.transaction().execute((trx) => deleteBot(trx, bot, one.shell.forgetJobs));
  expect(await kindsOf(id)).toEqual([]);
  expect(await tablesThatSay(database, `${mark}6`)).toEqual([]);
});
