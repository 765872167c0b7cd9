import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { JobRequest } from "../src/model/outcome.ts";
import { callIntegration } from "../src/shell/jobs/call-integration.ts";
import { jobKinds } from "../src/shell/jobs/index.ts";
import type { JobContext } from "../src/shell/jobs.ts";
import type { OpenDatabase } from "../src/store/database.ts";
import { listIntegrationCalls } from "../src/store/integration-log-store.ts";
import { createIntegration, type Integration, requireIntegration } from "../src/store/integration-store.ts";
import { openSecrets, sealSecrets } from "../src/store/secret-box.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { outboundToLoopback } from "./outbound.ts";
import { aShop, contactOf, recordingLog, type Shop, type TestShell, testShell } from "./shell.ts";
import { type AmocrmStandIn, amocrmClient, longLivedToken, startAmocrmStandIn } from "./stand-ins/amocrm.ts";

/** What is shared by the files of tests in which jobs call amoCRM, each call against a stand-in of its own. */
export const secretKey = randomBytes(32);
export let database: TestDatabase;
export let one: TestShell;
export let shop: Shop;
const standIns: AmocrmStandIn[] = [];
/** Makes the database and the shell for one file of tests. */
export function withAmocrm(): void {
  beforeAll(async () => {
    database = await testDatabase();
    one = await testShell(database, { jobKinds, secretKey });
    shop = await aShop(one);
  });
  afterEach(async () => {
    for (const standIn of standIns.splice(0)) await standIn.close();
  });
  afterAll(async () => {
    await one.stop();
    await database.close();
  });
}

interface Amocrm {
  readonly standIn: AmocrmStandIn;
  readonly row: Integration;
}

export async function anAmocrm(
  settings: Record<string, string | number> = { accessToken: longLivedToken },
  { workspaceId = shop.workspaceId, perSecond = 100 } = {},
): Promise<Amocrm> {
  const standIn = await startAmocrmStandIn({ now: one.clock.now, perSecond });
  standIns.push(standIn);
  const { accessToken, refreshToken, clientSecret, ...open } = settings;
  const secrets = Object.fromEntries(
    Object.entries({ accessToken, refreshToken, clientSecret }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  const row = await createIntegration(database.db, workspaceId, {
    kind: "amocrm",
    name: `CRM ${randomBytes(4).toString("hex")}`,
    settings: { account: standIn.url, ...open },
    sealedSecrets: sealSecrets(secrets, secretKey),
    active: true,
  });
  return { standIn, row };
}

/** As after signing in by the browser. */
export async function aSignedInAmocrm(expiresAt = one.clock.now() + 86_400_000): Promise<Amocrm> {
  const amocrm = await anAmocrm({
    ...amocrmClient,
    accessToken: "none",
    expiresAt,
    redirectUri: "https://bots.example/oauth/callback",
  });
  const sealedSecrets = sealSecrets({ clientSecret: amocrmClient.clientSecret, ...amocrm.standIn.tokens() }, secretKey);
  await database.db
    .updateTable("integrations")
    .set({ secrets: sealedSecrets })
    .where("id", "=", amocrm.row.id)
    .execute();
  return amocrm;
}

export const secretsOf = async ({ row }: Amocrm) =>
  openSecrets((await requireIntegration(database.db, row, row.id)).secrets ?? "", secretKey);

let people = 0;
export async function aContact(profile: Record<string, string> = {}, from = shop): Promise<number> {
  people += 1;
  const id = contactOf(await one.shell.submit(from.from(`person${people}`, "hello")));
  const actions = Object.entries(profile).map(([key, value]) => ({ action: "set_profile", args: { key, value } }));
  if (actions.length > 0) {
    await one.shell.submit({ target: { contactId: id }, happening: { kind: "actions", actions }, source: "api" });
  }
  return id;
}
export const aPhone = () => `+7999${String(1_000_000 + people).padStart(7, "0")}`;

export const act = async (contactId: number, action: string, args: Record<string, unknown>) =>
  await one.shell.submit({
    target: { contactId },
    happening: { kind: "actions", actions: [{ action, args }] },
    source: "api",
  });
export const callsOf = async (integrationId: number) =>
  await listIntegrationCalls(database.db, shop, { integrationId }, { limit: 50 });
export const lastOf = async ({ row }: Amocrm) => (await callsOf(row.id))[0];

const contactArgs = {
  name: "Ann",
  firstName: "",
  lastName: "",
  rename: true,
  phone: "",
  email: "",
  tags: [],
  fields: {},
};
const dealArgs = { key: "main", always: false, name: "Course", tags: [], fields: {} };

interface Wanted {
  readonly contactId: number;
  readonly contact?: Record<string, unknown>;
  /** Absent: the contact alone. */
  readonly deal?: Record<string, unknown>;
}

export function toCall({ row }: Amocrm, { contactId, contact, deal }: Wanted) {
  const whole = { ...contactArgs, ...contact };
  return {
    integrationId: row.id,
    workspaceId: row.workspaceId,
    contactId,
    callId: randomBytes(8).toString("hex"),
    operation: deal === undefined ? "send_contact" : "send_deal",
    args: deal === undefined ? { contact: whole } : { contact: whole, deal: { ...dealArgs, ...deal } },
  };
}

/** Makes one try by hand: what it enqueues is shown, and does not run. */
export async function tryOnce(
  data: JobRequest["data"],
  { db = database, timeoutMs }: { readonly db?: OpenDatabase; readonly timeoutMs?: number } = {},
): Promise<JobRequest[]> {
  const enqueued: JobRequest[] = [];
  const context: JobContext = {
    db: db.db,
    submit: one.shell.submit,
    enqueue: async (_trx, jobs) => void enqueued.push(...jobs),
    outbound: async (request) => await outboundToLoopback({ ...request, timeoutMs: timeoutMs ?? request.timeoutMs }),
    runScript: undefined as never,
    lookUpProfile: async () => undefined,
    bulkRoom: undefined as never,
    announceBroadcast: undefined as never,
    secretKey,
    log: recordingLog([]),
    now: one.clock.now,
  };
  await callIntegration.run(data, context);
  return enqueued;
}

/** Tries until nothing is left to try, a minute between. */
export async function tryUntilOver(data: JobRequest["data"]): Promise<void> {
  let jobs = await tryOnce(data);
  while (jobs[0] !== undefined) {
    one.clock.pass(61_000);
    jobs = await tryOnce(jobs[0].data);
  }
}

export const posts = ({ standIn }: Amocrm) =>
  standIn.calls.filter(({ method, path }) => method === "POST" && path.startsWith("/api"));
