import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startTelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { type DoorCall, documentedCalls, mintTokens, otherCalls, type Things, webhookCalls } from "./fuzz-doors.ts";
import { type FuzzRequest, mutate } from "./fuzz-mutations.ts";
import { type Chance, createChance } from "./fuzz-samples.ts";
import { createServerProcess } from "./server-process.ts";
import { createDatabaseOnServer } from "./test-server-database.ts";

/** `FUZZ_REQUESTS=100000` is the whole thing, `FUZZ_SEED` makes it another one. */
const requests = Number(process.env.FUZZ_REQUESTS ?? 6_000);
const seed = Number(process.env.FUZZ_SEED ?? 1);
const atOnce = 8;
/** Stands in all that the other workspace has. */
const mark = "zqsecret";

it.runIf(process.env.TEST_DATABASE_URL !== undefined)(
  "no door breaks, tells of another workspace, or keeps memory, whatever it is sent",
  async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "repartee-fuzz-"));
    const onServer = await createDatabaseOnServer();
    const standIn = await startTelegramStandIn({ keepCalls: false });
    const server = await createServerProcess({
      ...{
        DATA_DIR: directory,
        DATABASE_URL: onServer.url,
        REQUESTS_PER_SECOND: "1000000",
        LOG_LEVEL: process.env.FUZZ_LOG ?? "fatal",
      },
    });
    onTestFinished(async () => {
      await server.kill();
      await standIn.close();
      await onServer.drop();
      await rm(directory, { recursive: true, force: true });
    });
    await server.start();
    await fillOther(server);
    let tokens = await mintTokens(server, "demo");
    // Whoever fuzzes deletes tokens too.
    const mint = () => server.run("token", "create", "--workspace", "demo", "--kind", "api");
    let spare = await mint();
    let things = await fillOwn(server.url, spare);
    const webhooks = await webhookCalls(onServer.url, directory, standIn.url);
    const gather = async () => [
      ...(await documentedCalls(server.url, tokens, things)),
      ...otherCalls(tokens, things),
      ...webhooks,
      ...webhooks,
    ];
    let calls = await gather();
    expect(calls.length).toBeGreaterThan(300);

    const broken = new Map<string, string>();
    const seen = new Map<number, number>();
    const heaps: number[] = [];
    const chance = createChance(seed);
    const round = 500;
    for (let done = 0; done < requests; done += round) {
      const batch = Array.from({ length: Math.min(round, requests - done) }, () =>
        toRequest(chance.pick(calls), chance),
      );
      await Promise.all(
        Array.from({ length: atOnce }, async (_, lane) => {
          for (const { door, request } of batch.filter((_one, index) => index % atOnce === lane)) {
            const { status, body } = await send(server.url, request);
            seen.set(status, (seen.get(status) ?? 0) + 1);
            // A platform that is not there is told of by 502.
            const isBad = (status >= 500 && status !== 502) || status === 0 || body.includes(mark);
            const key = `${door} ${status}`;
            if (isBad && !broken.has(key)) broken.set(key, describe(request, body));
          }
        }),
      );
      // As soon as it is known: a long run may be cut off.
      expect([...broken].map(([key, value]) => `${key} ${value}`)).toEqual([]);
      heaps.push(await heapOf(server.url));
      if (!(await isGood(server.url, tokens.api))) tokens = await mintTokens(server, "demo");
      if (!(await isGood(server.url, spare))) spare = await mint();
      things = await fillOwn(server.url, spare);
      calls = await gather();
    }
    const counts = [...seen].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    process.stdout.write(`seed ${seed}, ${requests} requests, ${counts.join(", ")}\nheap in MB: ${heaps.join(" ")}\n`);
    // Most of what is sent has to get as far as what a door does with it.
    expect((seen.get(401) ?? 0) / requests).toBeLessThan(0.3);
    expect([...seen].filter(([status]) => status < 300).length).toBeGreaterThan(0);
    const quarter = Math.ceil(heaps.length / 4);
    if (heaps.length >= 8) {
      const [early, late] = [Math.min(...heaps.slice(quarter, 2 * quarter)), Math.min(...heaps.slice(-quarter))];
      expect(late).toBeLessThan(early * 1.5 + 30);
    }
  },
  // 36 ms a request on a busy machine.
  600_000 + requests * 60,
);

function toRequest(call: DoorCall, chance: Chance): { readonly door: string; readonly request: FuzzRequest } {
  const request = call.make(chance);
  if (chance.is(0.85)) mutate(request, chance);
  if (call.sign !== undefined && chance.is(0.95)) Object.assign(request.headers, call.sign(toBytes(request.body)));
  return { door: call.door, request };
}

const toBytes = (body: unknown): Buffer =>
  Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? "" : (JSON.stringify(body) ?? ""));

/** Status 0: no answer at all. */
function send(base: string, request: FuzzRequest): Promise<{ readonly status: number; readonly body: string }> {
  const { hostname, port } = new URL(base);
  const bytes = toBytes(request.body);
  return new Promise((resolve) => {
    const fail = () => resolve({ status: 0, body: "no answer" });
    try {
      const outgoing = httpRequest(
        {
          ...{ hostname, port, method: request.method, path: request.path },
          headers: { "content-type": "application/json", ...request.headers, "content-length": bytes.length },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => void chunks.push(chunk));
          answer.on("end", () =>
            resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
          );
          answer.on("error", fail);
        },
      );
      outgoing.setTimeout(30_000, () => outgoing.destroy(new Error("too slow")));
      outgoing.on("error", fail);
      outgoing.end(bytes);
    } catch {
      // Node itself would not send it.
      resolve({ status: 400, body: "" });
    }
  });
}

function describe(request: FuzzRequest, answer: string): string {
  const body = toBytes(request.body).toString("utf8").slice(0, 600);
  return `${request.method} ${request.path.slice(0, 300)} ${JSON.stringify(request.headers)} ${body} → ${answer.slice(0, 300)}`;
}

async function heapOf(base: string): Promise<number> {
  const text = await (await fetch(`${base}/metrics`)).text();
  return Math.round(Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(text)?.[1] ?? 0) / 1e6);
}

async function isGood(base: string, token: string): Promise<boolean> {
  return (await fetch(`${base}/api/v1/contacts?limit=1`, { headers: { authorization: `Bearer ${token}` } })).ok;
}

async function call(base: string, token: string, method: string, address: string, body?: object): Promise<unknown> {
  const response = await fetch(`${base}/api/v1${address}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${await response.text()}`);
  return await response.json();
}

/** The other workspace, with its mark on everything. */
async function fillOther(server: Awaited<ReturnType<typeof createServerProcess>>): Promise<void> {
  await server.run("workspace", "create", "--domain", "other", "--name", mark);
  const token = await server.run("token", "create", "--workspace", "other", "--kind", "api");
  const make = (address: string, body: object) => call(server.url, token, "POST", address, body);
  const bot = (await make("/bots", { name: mark })) as { ref: string };
  const contact = (await make("/contacts", { bot: bot.ref, name: mark, email: `${mark}@example.com` })) as {
    id: number;
  };
  await make("/tags", { name: mark });
  await make("/fields", { key: mark, name: mark, kind: "text" });
  await make(`/contacts/${contact.id}/actions`, {
    actions: [
      { action: "add_tag", args: { tag: mark } },
      { action: "add_note", args: { text: mark } },
      { action: "set_field", args: { field: mark, value: mark } },
    ],
  });
}

/** Fresh things of the workspace that is fuzzed, by every name under which doors take them and every collection in which they stand. */
async function fillOwn(base: string, token: string): Promise<Things> {
  const make = async (address: string, body: object) =>
    (await call(base, token, "POST", address, body)) as { id: number; ref?: string };
  const word = `w${Math.random().toString(36).slice(2)}`;
  const named = { bot: "demo", name: word };
  const contacts = await Promise.all(Array.from({ length: 20 }, () => make("/contacts", { bot: "demo", name: word })));
  const tag = await make("/tags", { name: word });
  const label = await make("/labels", { name: word });
  const field = await make("/fields", { key: word, name: word, kind: "text" });
  const flow = await make("/flows", {
    bot: "demo",
    document: { name: word, start: "a", steps: [{ ref: "a", kind: "end" }] },
  });
  const sequence = await make("/sequences", named);
  const things = {
    tags: [tag.id],
    labels: [label.id],
    fields: [field.id],
    variables: [(await make("/variables", { ...named, key: word, kind: "text", value: word })).id],
    secrets: [(await make("/secrets", { ...named, key: word, value: word })).id],
    "entry-links": [(await make("/entry-links", named)).ref],
    "closing-notes": [(await make("/closing-notes", named)).id],
    webhooks: [(await make("/webhooks", { name: word, url: "https://receiver.invalid/", events: ["tag_added"] })).id],
    "inbound-webhooks": [(await make("/inbound-webhooks", named)).id],
    broadcasts: [(await make("/broadcasts", { ...named, audience: { all: true }, content: word })).id],
    integrations: [
      (await make("/integrations", { kind: "getcourse", name: word, settings: { account: "a", key: "k" } })).id,
    ],
    members: [(await make("/members", { email: `${word}@example.com`, name: word })).id],
    flows: [flow.ref],
    sequences: [sequence.ref],
    bots: [(await make("/bots", { name: word })).ref],
  };
  const { data: bots } = (await call(base, token, "GET", "/bots")) as { data: { id: number }[] };
  const botId = bots[0]?.id ?? 1;
  const ids = contacts.map(({ id }) => id);
  const userNs = ids.map((id) => `f${botId}u${id}`);
  return {
    ...things,
    ...{ id: ids, contactId: ids, contact: ids, contacts: ids, user_ns: userNs, secondary_user_ns: userNs },
    ...{ bot: ["demo", botId], botId: [botId], tag: [word, tag.id], tag_name: [word], label: [word, label.id] },
    ...{ tag_ns: [`f${botId}t${tag.id}`], var_ns: [`f${botId}v${field.id * 2}`], field: [word], var_name: [word] },
    ...{ flow: [flow.ref], ref: [flow.ref], sequence: [sequence.ref] },
  };
}
