import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everybody } from "../../../test/broadcasts.ts";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { aJobTenant, type JobTenant, rowsOf } from "../../../test/job-tenants.ts";
import { outboundToLoopback } from "../../../test/outbound.ts";
import { aReceiver, type Receiver } from "../../../test/receiver.ts";
import { runScript } from "../../../test/scripts.ts";
import { recordingLog, type TestShell, testShell, untilSent } from "../../../test/shell.ts";
import { requestSchema } from "../../model/external-request.ts";
import type { Json } from "../../model/field.ts";
import type { JobRequest } from "../../model/outcome.ts";
import { queryNames } from "../../model/query.ts";
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
let mine: JobTenant;
let other: JobTenant;
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
  const ground = { database, one, receiver, secretKey };
  mine = await aJobTenant(ground, { name: "own", phone: "+79001110011" });
  other = await aJobTenant(ground, { name: mark, phone: "+79002220022" });
});
afterAll(async () => {
  await receiver.close();
  await one.stop();
  await database.close();
});

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

const withoutDeliveries = (rows: readonly string[]) => rows.filter((row) => !row.startsWith("webhook_deliveries."));

describe("a job of one workspace", () => {
  const named = Object.entries(entries).flatMap(([kind, entry]) => ("mixed" in entry ? [[kind, entry] as const] : []));
  const atHome = named.flatMap(([kind, entry]) => ("own" in entry ? [[kind, entry] as const] : []));

  it.each(named)("%s changes and sends nothing of another's, whatever its data says", async (name, entry) => {
    const kind = name as keyof typeof jobKinds;
    const jobs = await entry.mixed();
    await untilSent(one);
    const [before, calls] = [await rowsOf(database, other), receiver.calls.length];
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
    expect(withoutDeliveries(await rowsOf(database, other))).toEqual(withoutDeliveries(before));
    // What it wrote at home tells nothing of the other's, but for what the job itself said.
    const told = withoutDeliveries(await rowsOf(database, mine)).filter((row) => row.includes(`${mark} secret`));
    expect(told).toEqual([]);
  });

  it.each(atHome)("%s does its work with things of its own", async (name, entry) => {
    const kind = name as keyof typeof jobKinds;
    const data = await entry.own();
    await untilSent(one);
    const before = await rowsOf(database, mine);
    const { submitted } = await run(kind, data);
    // Told of a sequence that is as it was, a subscriber's rows stay the same.
    if (kind === "settle-sequence") expect(submitted).toMatchObject([{ target: { contactId: mine.contactId } }]);
    else expect(await rowsOf(database, mine)).not.toEqual(before);
  });
});
