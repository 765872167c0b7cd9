import { randomBytes, randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everybody, sayText } from "../../../test/broadcasts.ts";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { outboundToLoopback } from "../../../test/outbound.ts";
import { aReceiver, type Receiver } from "../../../test/receiver.ts";
import { runScript } from "../../../test/scripts.ts";
import { aShop, contactOf, echoFlow, recordingLog, type TestShell, testShell, untilSent } from "../../../test/shell.ts";
import { requestSchema } from "../../model/external-request.ts";
import type { Json } from "../../model/field.ts";
import type { JobRequest } from "../../model/outcome.ts";
import { queryNames } from "../../model/query.ts";
import { createBroadcast } from "../../store/broadcast-draft-store.ts";
import { moveBroadcast } from "../../store/broadcast-store.ts";
import { writeDeliveries } from "../../store/delivery-store.ts";
import { createImport, moveImport } from "../../store/import-store.ts";
import { createIntegration } from "../../store/integration-store.ts";
import { createInvitation } from "../../store/invitation-store.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";
import { sealSecrets } from "../../store/secret-box.ts";
import { createSecret } from "../../store/secret-store.ts";
import { createWebhook } from "../../store/webhook-store.ts";
import { type AccountMail, toAccountMailJob } from "../account-mail/account-mail.ts";
import type { JobContext } from "../jobs.ts";
import type { Submission } from "../submission.ts";
import { jobKinds } from "./index.ts";

/** Stands in everything that is the other workspace's. */
const mark = "zqforeign";
const secretKey = randomBytes(32);

let database: TestDatabase;
let one: TestShell;
let receiver: Receiver;
let mine: Tenant;
let other: Tenant;
beforeAll(async () => {
  database = await testDatabase();
  receiver = await aReceiver();
  receiver.answer("/pl/api/users", (_call, response) => {
    response.end(JSON.stringify({ success: true, action: "add", result: { success: true, user_id: 7 } }));
  });
  receiver.answer("/chatbot", (_call, response) => {
    response.end(JSON.stringify({ responses: [{ type: "text", message: "from the receiver" }] }));
  });
  one = await testShell(database, { secretKey });
  mine = await aTenant("own", "+79001110011");
  other = await aTenant(mark, "+79002220022");
});
afterAll(async () => {
  await receiver.close();
  await one.stop();
  await database.close();
});

type Tenant = Awaited<ReturnType<typeof aTenant>>;
/** A workspace with one of everything that a job can name. */
async function aTenant(name: string, phone: string) {
  const { db } = database;
  const at = new Date(one.clock.now());
  const shop = await aShop(one, {
    fields: [{ key: name, name, kind: "text" }],
    sequences: [{ ref: `s-${name}`, name, steps: [] }],
    flows: [echoFlow],
  });
  const { workspaceId, botId } = shop;
  const contactId = contactOf(await one.shell.submit(shop.from(name, name)));
  const actions = [
    { action: "set_profile", args: { key: "phone", value: phone } },
    { action: "set_profile", args: { key: "email", value: `${name}@example.com` } },
    { action: "set_field", args: { field: name, value: name } },
    { action: "subscribe_sequence", args: { sequence: `s-${name}` } },
  ];
  const done = await one.shell.submit({
    target: { contactId },
    happening: { kind: "actions", actions },
    source: "api",
  });
  expect(done).toMatchObject({ status: "done", results: actions.map(() => ({ ok: true })) });
  const integration = await createIntegration(db, workspaceId, {
    kind: "getcourse",
    name,
    settings: { account: receiver.url },
    sealedSecrets: sealSecrets({ key: name }, secretKey),
    active: true,
  });
  const given = {
    format: "chatbot",
    name,
    url: `${receiver.url}/chatbot`,
    events: ["message_in"],
    active: true,
  } as const;
  const hook = { ...given, secret: name, messageMatch: null, headers: {}, basicAuth: null };
  const webhook = await createWebhook(db, { workspaceId, botId: null }, hook, secretKey);
  await createSecret(
    db,
    { id: botId, workspaceId },
    { key: "token", name: "token", description: "", value: `${name} secret` },
    secretKey,
  );
  const { id: sequenceId } = await db
    .selectFrom("sequences")
    .select("id")
    .where("botId", "=", botId)
    .executeTakeFirstOrThrow();
  const email = `member@${name}.example`;
  const userId = await createUser(db, { email, name, passwordHash: "a hash" });
  await joinWorkspace(db, workspaceId, userId, "owner");
  const { cuid } = await db.selectFrom("contacts").select("cuid").where("id", "=", contactId).executeTakeFirstOrThrow();
  return {
    ...{ shop, name, phone, contactId, cuid, integration, webhook, sequenceId, sequence: `s-${name}` },
    member: { userId, email },
    async invite(whom: string) {
      const wanted = { workspaceId, email: whom, role: "viewer", invitedBy: userId, at } as const;
      return (await createInvitation(db, wanted)).secret;
    },
    /** A broadcast that is about to begin. */
    async broadcast(wanted: Partial<Parameters<typeof createBroadcast>[1]> = {}) {
      const whole = {
        workspaceId,
        botId,
        name,
        audience: everybody,
        perMinute: null,
        startAt: null,
        actions: [sayText(name)],
        at,
      };
      const { id } = await createBroadcast(db, { ...whole, ...wanted });
      await db.transaction().execute((trx) => moveBroadcast(trx, shop, id, "start", at));
      return { id };
    },
    async import(text: string, mapping: readonly string[]) {
      const settings = { separator: ",", encoding: "utf-8", mapping, tags: [name] } as never;
      const content = Buffer.from(`${mapping.join(",")}\n${text}`);
      const made = await createImport(db, { workspaceId, botId, name, settings, lines: 0, content, at });
      await db.transaction().execute((trx) => moveImport(trx, made, "running", at));
      return { id: made.id };
    },
    /** Where somebody of here stands and waits for a job. */
    async position(state: Json, whose = contactId) {
      const id = randomUUID();
      const place = { flowRef: "echo", stepRef: "tag", stepKind: "action", waitsFor: "job", wakeAt: null } as const;
      await db
        .insertInto("positions")
        .values({
          id,
          contactId: whose,
          ...place,
          state: JSON.stringify(state) as never,
          channelId: null,
          enteredAt: at,
        })
        .execute();
      return id;
    },
    async delivery(whose: number, body: string) {
      const id = randomUUID();
      const { id: eventId } = await db
        .selectFrom("events")
        .select("id")
        .where("contactId", "=", whose)
        .executeTakeFirstOrThrow();
      const event = { event: "message_in", eventId, at: at.getTime() } as const;
      await writeDeliveries(db, [{ id, webhookId: webhook.id, contactId: whose, body, ...event }]);
      return { delivery: id };
    },
  };
}

const request = (url: string) => ({
  request: requestSchema.parse({ method: "POST", url, body: { type: "raw", text: "{{ secrets.token }}" } }),
  names: {},
  globals: { now: one.clock.now(), timeZone: "UTC", seed: "1" },
  timeoutSeconds: 5,
  retries: 0,
  isRepeatable: true,
});

/** The jobs of a kind that my workspace could find in its queue: of my things alone, and with ids of the other's wherever one fits. */
type Entry =
  | { readonly own: () => Promise<Json>; readonly mixed: () => Promise<Json[]> }
  | { readonly mixed: () => Promise<Json[]> /** The test file that does it. */; readonly ownIn: string }
  | { readonly takesNoIds: true };

const call = (changed: object) => ({
  integrationId: mine.integration.id,
  workspaceId: mine.shop.workspaceId,
  contactId: mine.contactId,
  callId: randomUUID(),
  operation: "send_user",
  args: { params: { user: { email: "own@example.com" }, system: {}, session: {} }, cuid: "c" },
  save: [{ path: "$.user_id", field: mine.name }],
  ...changed,
});
const hookCall = (changed: object) => ({
  workspaceId: mine.shop.workspaceId,
  contactId: mine.contactId,
  deliveryId: randomUUID(),
  url: `${receiver.url}/sent`,
  headers: {},
  body: "{}",
  ...changed,
});
const ask = async (query: string, args: Json) => ({
  positionId: await mine.position({}),
  data: { query, args, timeoutSeconds: 5 },
});

const failed = { kind: "failed", message: "no answer", attempts: 1 };

const entries = {
  "broadcasts-due": { takesNoIds: true },
  "count-overview": { takesNoIds: true },
  "count-steps": { takesNoIds: true },
  prune: { takesNoIds: true },
  "call-integration": {
    own: async () => call({}),
    mixed: async () => [
      call({ integrationId: other.integration.id }),
      call({ contactId: other.contactId }),
      call({ contactId: other.contactId, save: [{ path: "$.user_id", field: mark }] }),
      call({ integrationId: other.integration.id, contactId: other.contactId }),
    ],
  },
  "delete-workspace": {
    ownIn: "src/store/workspace-delete-store.test.ts",
    // Nobody deleted any of them.
    mixed: async () => [
      { workspaceId: other.shop.workspaceId, channels: [other.shop.channelId] },
      { workspaceId: mine.shop.workspaceId, channels: [other.shop.channelId] },
    ],
  },
  "deliver-webhook": {
    own: async () => await mine.delivery(mine.contactId, "{}"),
    // A row that should not be: my receiver, and somebody of theirs.
    mixed: async () => [await mine.delivery(other.contactId, JSON.stringify({ name: mark }))],
  },
  "external-request": {
    own: async () => ({ positionId: await mine.position(request(`${receiver.url}/request`)) }),
    mixed: async () => [
      {
        ...{ workspaceId: other.shop.workspaceId, contactId: other.contactId, botId: other.shop.botId },
        positionId: await mine.position(request(`${receiver.url}/request`)),
      },
    ],
  },
  "hand-in-result": {
    own: async () => ({ positionId: await mine.position(request(`${receiver.url}/request`)), result: failed }),
    mixed: async () => [
      {
        ...{ workspaceId: other.shop.workspaceId, contactId: other.contactId, botId: other.shop.botId },
        positionId: await mine.position(request(`${receiver.url}/request`)),
        result: failed,
      },
    ],
  },
  "look-up-profile": {
    own: async () => ({ channelId: mine.shop.channelId, person: mine.name }),
    mixed: async () => [{ channelId: mine.shop.channelId, person: mark }],
  },
  "run-broadcast": {
    own: async () => await mine.broadcast(),
    mixed: async () => [
      await mine.broadcast({ audience: { contacts: [mine.contactId, other.contactId] } }),
      await mine.broadcast({
        audience: everybody,
        actions: [{ action: "subscribe_sequence", args: { sequence: other.sequence } }],
      }),
      await mine.broadcast({
        audience: everybody,
        actions: [{ action: "set_field", args: { field: mark, value: 1 } }],
      }),
    ],
  },
  "run-import": {
    own: async () => await mine.import(`${mine.cuid},New name`, ["cuid", "name"]),
    mixed: async () => [
      await mine.import(`${other.cuid},Taken over`, ["cuid", "name"]),
      await mine.import(`${other.phone},Taken over`, ["phone", "name"]),
      await mine.import(`${mark}@example.com,Taken over`, ["email", "name"]),
    ],
  },
  "run-query": {
    own: async () => await ask("find_contacts_by_phone", { phone: mine.phone }),
    mixed: async () => {
      const mids = await database.db
        .selectFrom("messages")
        .select("id")
        .where("contactId", "=", other.contactId)
        .execute();
      const mid = String(mids[0]?.id);
      const names = [
        { secondary: String(other.contactId), deleteSecondary: true },
        { secondary: `cuid:${other.cuid}`, deleteSecondary: true },
        { phone: other.phone, scope: "workspace" },
        { email: `${mark}@example.com`, scope: "workspace" },
        { userId: mark, scope: "workspace" },
        { userId: `cuid:${other.cuid}`, scope: "workspace" },
        { mid, mids: [mid], contactId: other.contactId, workspaceId: other.shop.workspaceId },
      ];
      return await Promise.all(queryNames.flatMap((query) => names.map(async (args) => await ask(query, args))));
    },
  },
  "run-script": {
    own: async () => ({ positionId: await mine.position(script("output = 'next'")) }),
    mixed: async () => [
      {
        ...{ contactId: other.contactId, workspaceId: other.shop.workspaceId },
        positionId: await mine.position(script(`contact.id = ${other.contactId}; fields.${mark} = 'taken over'`)),
      },
    ],
  },
  "send-account-mail": {
    own: async () => accountMail({ kind: "password_reset", email: mine.member.email, language: "en", token: "t" }),
    mixed: async () => [
      // A member of theirs is invited to my workspace.
      accountMail({ kind: "invitation", inviter: "me", language: "en", secret: await mine.invite(other.member.email) }),
      accountMail({ kind: "notice", notice: "password_changed", userId: other.member.userId }),
      accountMail({
        kind: "email_change",
        userId: mine.member.userId,
        email: "x@a.example",
        language: "en",
        token: "t",
      }),
    ],
  },
  "send-webhook": {
    own: async () => hookCall({}),
    mixed: async () => [hookCall({ contactId: other.contactId, body: mark })],
  },
  "settle-sequence": {
    own: async () => ({ id: mine.sequenceId, ref: mine.sequence }),
    mixed: async () => [{ id: mine.sequenceId, ref: other.sequence }],
  },
} as const satisfies { readonly [Kind in keyof typeof jobKinds]: Entry };

type Asked<Mail> = Mail extends AccountMail ? Omit<Mail, "base" | "address" | "at"> : never;
const accountMail = (mail: Asked<AccountMail>) =>
  toAccountMailJob({ ...mail, base: "https://bots.example", address: "10.0.0.1", at: one.clock.now() }, secretKey).data;

function script(code: string): Json {
  const input = { contact: {}, fields: {}, vars: {}, message: null, now: 0, timeZone: "UTC", seed: 1 };
  return { code, input, milliseconds: 100, megabytes: 16 };
}

/** Runs a job, and those that follow from it, by hand. */
async function run(kind: keyof typeof jobKinds, data: Json) {
  const enqueued: JobRequest[] = [];
  const submitted: Submission[] = [];
  const context: JobContext = {
    ...{ db: database.db, outbound: outboundToLoopback, runScript, secretKey },
    submit: (submission) => {
      submitted.push(submission);
      return one.shell.submit(submission);
    },
    enqueue: async (_trx, jobs) => void enqueued.push(...jobs),
    lookUpProfile: async () => ({ name: "Looked up", firstName: "Looked" }),
    signOffChannel: async (id) => {
      if (id === other.shop.channelId) throw new Error("another's channel was signed off");
    },
    forgetJobs: async () => {},
    bulkRoom: async () => ({ free: 1_000, most: 1_000 }),
    announceBroadcast: () => {},
    log: recordingLog([]),
    now: one.clock.now,
  };
  // A refusal that is thrown has changed nothing either; what was changed shows in the rows.
  await jobKinds[kind].run(data, context).catch(() => {});
  return { enqueued, submitted };
}

/** All rows of all tables that name a workspace, or what is in it by one of these columns. */
async function rowsOf(tenant: Tenant): Promise<readonly string[]> {
  const { rows: found } = await sql<{ table: string; column: string }>`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = current_schema() and table_name in
      (select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE')
    and column_name in ('workspace_id', 'bot_id', 'contact_id', 'channel_id', 'sequence_id', 'webhook_id', 'integration_id')`.execute(
    database.db,
  );
  const { workspaceId, botId, channelId } = tenant.shop;
  const values: Readonly<Record<string, number>> = {
    workspace_id: workspaceId,
    bot_id: botId,
    contact_id: tenant.contactId,
    channel_id: channelId,
    sequence_id: tenant.sequenceId,
    webhook_id: tenant.webhook.id,
    integration_id: tenant.integration.id,
  };
  const all: string[] = [];
  for (const { table, column } of found) {
    const { rows } = await sql<{ row: string }>`select row_to_json(r)::text as row from ${sql.table(table)} r
      where ${sql.ref(column)} = ${values[column] ?? 0}`.execute(database.db);
    all.push(...rows.map(({ row }) => `${table}.${column} ${row}`));
  }
  expect(found.length).toBeGreaterThan(40);
  return all.sort();
}

const withoutDeliveries = (rows: readonly string[]) => rows.filter((row) => !row.startsWith("webhook_deliveries."));

describe("a job of one workspace", () => {
  const named = Object.entries(entries).flatMap(([kind, entry]) => ("mixed" in entry ? [[kind, entry] as const] : []));
  const atHome = named.flatMap(([kind, entry]) => ("own" in entry ? [[kind, entry] as const] : []));

  it.each(named)("%s changes and sends nothing of another's, whatever its data says", async (name, entry) => {
    const kind = name as keyof typeof jobKinds;
    const jobs = await entry.mixed();
    await untilSent(one);
    const [before, calls] = [await rowsOf(other), receiver.calls.length];
    for (const data of jobs) {
      const { enqueued, submitted } = await run(kind, data);
      expect(JSON.stringify(enqueued)).not.toContain(mark);
      const foreign = submitted.filter(({ target }) => "contactId" in target && target.contactId === other.contactId);
      expect(foreign).toEqual([]);
    }
    const sent = receiver.calls
      .slice(calls)
      .map(({ body, headers, query }) => `${body}${JSON.stringify(headers)}${query}`);
    expect(sent.filter((text) => text.includes(mark) || text.includes(btoa(mark)))).toEqual([]);
    // The row that should not be is marked as dead.
    expect(withoutDeliveries(await rowsOf(other))).toEqual(withoutDeliveries(before));
    // What it wrote at home tells nothing of the other's, but for what the job itself said.
    const told = withoutDeliveries(await rowsOf(mine)).filter((row) => row.includes(`${mark} secret`));
    expect(told).toEqual([]);
  });

  it.each(atHome)("%s does its work with things of its own", async (name, entry) => {
    const kind = name as keyof typeof jobKinds;
    const data = await entry.own();
    await untilSent(one);
    const before = await rowsOf(mine);
    const { submitted } = await run(kind, data);
    // Told of a sequence that is as it was, a subscriber's rows stay the same.
    if (kind === "settle-sequence") expect(submitted).toMatchObject([{ target: { contactId: mine.contactId } }]);
    else expect(await rowsOf(mine)).not.toEqual(before);
  });
});
