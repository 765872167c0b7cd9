import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { openDatabase } from "../src/store/database.ts";
import { type AdminCall, adminCalls, getCalls } from "./admin-calls.ts";
import { createDatabase } from "./repartee.ts";
import { type BenchContext, median, type Row, round } from "./row.ts";
import { type SeedScope, seedAdmin } from "./seed-admin.ts";
import { startSubject } from "./subject.ts";

const bin = path.resolve(import.meta.dirname, "../bin/repartee.js");
const port = 19_205;
const password = "correct horse battery";
const turns = 7;
/** What takes this long in all is not asked again. */
const mostMs = 5_000;

/** How long every request takes that the admin makes, by a member who is signed in, in a workspace of so many contacts. Slowest first. */
export async function measureAdmin({ serverUrl, people, say }: BenchContext): Promise<Row[]> {
  if (serverUrl === undefined) return [];
  const directory = await mkdtemp(path.join(tmpdir(), "repartee-bench-"));
  const made = await createDatabase(serverUrl);
  const env = {
    DATA_DIR: directory,
    DATABASE_URL: made.url,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    REQUESTS_PER_SECOND: "1000000",
  };
  try {
    const setUp = await startSubject([bin, "start"], port, { ...env, ROLES: "web" });
    const scope = await addUser(directory, env)
      .then(signIn)
      .then(prepareAdmin)
      .finally(() => setUp.stop());
    say(`admin: seeding ${people} contacts with all that they have`);
    const database = await openDatabase({ databaseUrl: made.url });
    const first = await seedAdmin(database.db, people, scope);
    await database.close();
    const server = await startSubject([bin, "start"], port, { ...env, ROLES: "web" });
    try {
      return await measureCallsOf(await signIn(), { scope, contact: first + 777, say });
    } finally {
      await server.stop();
    }
  } finally {
    await made.drop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Answers the body of an answer that is one. */
export type Ask = (method: string, path: string, body?: object) => Promise<unknown>;

async function measureCallsOf(
  ask: Ask,
  { scope, contact, say }: { scope: SeedScope; contact: number; say: BenchContext["say"] },
): Promise<Row[]> {
  const { paths } = (await ask("GET", "/openapi.json")) as { paths: Record<string, object> };
  const calls = [...getCalls(paths, await findIds(ask, scope, contact)), ...adminCalls(scope, contact)];
  const rows: Row[] = [];
  for (const call of calls) rows.push(await measureCall(ask, call));
  const sorted = rows.toSorted((a, b) => b.p50Ms - a.p50Ms);
  for (const { measurement, p50Ms, p99Ms } of sorted)
    if (p99Ms > 150) say(`${measurement}: ${p50Ms} ms, worst ${p99Ms}`);
  return sorted;
}

/** What stands for `{id}` and the like below each resource. */
async function findIds(ask: Ask, scope: SeedScope, contact: number): Promise<Record<string, string>> {
  const ids: Record<string, string> = {
    "contacts.id": String(contact),
    "flows.ref": scope.flow,
    "flows.version": "1",
    "bots.bot": String(scope.botId),
    "sales-plans.ref": scope.plan,
    "sequences.ref": scope.sequenceRef,
    "segments.contact": String(contact),
    "contact-counts.of": "tags",
    "entry-links.ref": "link7",
    "variants.id": String(scope.variantId),
  };
  const lists = [
    "channels",
    "closing-notes",
    "deals",
    "fields",
    "inbound-webhooks",
    "integrations",
    "labels",
    "members",
    "messages",
  ];
  const more = [
    "orders",
    "products",
    "saved-replies",
    "secrets",
    "segments",
    "tags",
    "variables",
    "webhooks",
    "broadcasts",
    "imports",
  ];
  for (const list of [...lists, ...more]) {
    const { data } = (await ask("GET", `/${list}`)) as { data: { id: number }[] };
    if (data[0] !== undefined) ids[`${list}.id`] = String(data[0].id);
  }
  return ids;
}

async function measureCall(ask: Ask, { name, method, path: asked, body }: AdminCall): Promise<Row> {
  const times: number[] = [];
  for (let turn = 0; turn <= turns && !(turn > 1 && sum(times) > mostMs); turn += 1) {
    const start = performance.now();
    await ask(method, asked, body);
    // The first one reads from the disk.
    if (turn > 0) times.push(performance.now() - start);
  }
  const p50 = median(times);
  return {
    measurement: `admin: ${name}`,
    connections: 1,
    perSecond: round(1000 / p50),
    p50Ms: round(p50),
    p99Ms: round(Math.max(...times)),
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

async function addUser(directory: string, env: Readonly<Record<string, string>>): Promise<void> {
  const file = path.join(directory, "password");
  await writeFile(file, password);
  const args = [bin, "user", "create", "--workspace", "demo", "--email", "ann@example.org", "--password-file", file];
  await promisify(execFile)(process.execPath, args, { env: { PATH: process.env.PATH ?? "", ...env } });
}

/** Calls as the admin makes them: by a session's cookie, for the demo workspace. */
async function signIn(): Promise<Ask> {
  const origin = `http://127.0.0.1:${port}`;
  const headers = { origin, "sec-fetch-site": "same-origin", "content-type": "application/json" };
  const body = JSON.stringify({ email: "ann@example.org", password });
  const answer = await fetch(`${origin}/auth/session`, { method: "POST", headers, body });
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  if (!answer.ok) throw new Error(`signing in: ${answer.status} ${await answer.text()}`);
  return async (method, asked, given) => {
    const response = await fetch(`${origin}${asked.startsWith("/auth") ? "" : "/api/v1"}${asked}`, {
      method,
      headers:
        given === undefined ? { cookie, "x-workspace": "demo", origin } : { ...headers, cookie, "x-workspace": "demo" },
      ...(given === undefined ? {} : { body: JSON.stringify(given) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${asked}: ${response.status} ${text}`);
    return text === "" || !text.startsWith("{") ? undefined : JSON.parse(text);
  };
}

/** One of each thing that seeded rows belong to. */
async function prepareAdmin(ask: Ask): Promise<SeedScope> {
  const make = async (asked: string, body: object) => (await ask("POST", asked, body)) as { id: number; ref: string };
  const { workspaces } = (await ask("GET", "/auth/session")) as { workspaces: { id: number; memberId: number }[] };
  const bots = (await ask("GET", "/bots")) as { data: { id: number }[] };
  const channels = (await ask("GET", "/channels")) as { data: { id: number }[] };
  const own = workspaces[0];
  const bot = bots.data[0]?.id ?? 0;
  if (own === undefined) throw new Error("the first user is in no workspace");
  const delay = { mode: "after", amount: 30, unit: "days" };
  const steps = [{ ref: "first", delay, content: { kind: "message", content: "Hello" } }];
  const sequence = await make("/sequences", { bot, name: "Course", ref: "course", steps });
  const statuses = [
    { ref: "new", name: "New", kind: "open" },
    { ref: "talks", name: "Talks", kind: "open" },
    { ref: "won", name: "Won", kind: "won" },
    { ref: "lost", name: "Lost", kind: "lost" },
  ];
  const plan = await make("/sales-plans", { name: "Sales", currency: "EUR", statuses });
  const webhook = await make("/webhooks", {
    name: "CRM",
    url: "https://example.org/hook",
    events: ["tag_added"],
    active: false,
  });
  const integration = await make("/integrations", {
    kind: "getcourse",
    name: "School",
    settings: { account: "school", key: "secret" },
    active: false,
  });
  const product = await make("/products", { name: "Shirt" });
  const variant = await make(`/products/${product.id}/variants`, { price: 990, currency: "EUR" });
  await make("/segments", {
    name: "Hot",
    condition: { match: "all", rules: [{ subject: "tag", key: "tag20", operator: "has" }] },
  });
  await make("/saved-replies", { shortcut: "hi", text: "Hello" });
  await make("/closing-notes", { bot, name: "Solved" });
  await make("/secrets", { bot, key: "key", name: "Key", value: "a secret value" });
  await make("/variables", { bot, key: "price", name: "Price", kind: "number", value: 1 });
  await make("/inbound-webhooks", { bot, name: "Form" });
  await make("/tokens", { kind: "api", name: "Token" });
  return {
    workspaceId: own.id,
    botId: bot,
    channelId: channels.data[0]?.id ?? 0,
    memberId: own.memberId,
    flow: "demo",
    step: "hello",
    sequenceRef: sequence.ref,
    plan: plan.ref,
    webhookId: webhook.id,
    integrationId: integration.id,
    variantId: variant.id,
  };
}
