import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { putDatabase } from "../../test/embedded-template.ts";
import { aReceiver, type Receiver } from "../../test/receiver.ts";
import { startTelegramStandIn, type TelegramStandIn } from "../../test/stand-ins/telegram-bot-api.ts";
import { until } from "../../test/until.ts";
import { botFileSchema, importBot } from "../store/bot-file.ts";
import { createToken } from "../store/token-store.ts";
import { createWorkspace } from "../store/workspace-store.ts";
import { type RunningApp, startApp } from "./compose.ts";
import { readConfig } from "./config.ts";
import { findFlowProblems } from "./find-flow-problems.ts";
import { createLog } from "./log.ts";
import { toLoggedError } from "./log-errors.ts";
import { listMetrics } from "./metrics-docs.ts";

/** Stands in everything that is a person's or a secret. */
const mark = "Zq7xprivate";
const email = `${mark.toLowerCase()}@example.com`;
const phone = "+79997654321";
const marks = [mark.toLowerCase(), "9997654321"];

const folder = mkdtempSync(path.join(tmpdir(), "rp-privacy-"));
const lines: string[] = [];
let app: RunningApp;
let platform: TelegramStandIn;
let receiver: Receiver;
const tokens: string[] = [];

const flow = (receiverUrl: string) => ({
  ref: "ask",
  name: "Ask",
  triggers: [{ kind: "start" as const }, { kind: "default_reply" as const }],
  start: "break",
  steps: [
    { ref: "break", kind: "script", config: { code: `throw new Error("${mark} " + message.text);` } },
    {
      ref: "call",
      kind: "request",
      config: {
        method: "POST",
        url: `${receiverUrl}/broken?key=${mark}`,
        headers: [{ name: "authorization", value: `Bearer ${mark}` }],
        body: { type: "json", text: '{"text":"{{ message.text }}"}' },
      },
    },
    { ref: "say", kind: "message", config: { messages: [{ text: `Hello {{ contact.first_name }} ${mark}` }] } },
  ],
  edges: [
    { from: "break", output: "failed", to: "call" },
    { from: "call", output: "success", to: "say" },
    { from: "call", output: "failure", to: "say" },
  ],
});

beforeAll(async () => {
  await putDatabase(folder);
  platform = await startTelegramStandIn();
  receiver = await aReceiver();
  receiver.answer("/broken", (_call, response) => response.writeHead(500).end(mark));
  const config = readConfig({
    PORT: "0",
    DATA_DIR: folder,
    DEMO: "off",
    LOG_LEVEL: "trace",
    OUTBOUND_ALLOW_NETWORKS: "127.0.0.1/32",
    SECRET_KEY: `${mark}${"k".repeat(32)}`,
  });
  app = await startApp(config, createLog(config, { write: (line) => lines.push(line) }));
});
afterAll(async () => {
  await app.stop();
  await platform.close();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = async (method: string, place: string, body?: unknown, headers: Record<string, string> = {}) =>
  await fetch(`${app.url}${place}`, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });

/** What all doors are told: as much of a person and of secrets as there are names for. */
const everything = {
  name: mark,
  first_name: mark,
  firstName: mark,
  email,
  phone,
  text: mark,
  password: mark,
  token: mark,
  secret: mark,
  code: mark,
  value: mark,
  url: `https://${mark}.example/${mark}`,
};

async function seed(): Promise<string> {
  const { db } = app.database;
  const workspace = await createWorkspace(db, { domain: "mine", name: mark });
  const file = botFileSchema.parse({ kind: "repartee-bot", ref: "shop", name: mark, flows: [flow(receiver.url)] });
  const { unpublished } = await importBot(db, workspace.id, file, { at: new Date(), findProblems: findFlowProblems });
  expect(unpublished).toEqual([]);
  for (const kind of ["api", "action-link", "uchat", "chatbot", "bothelp"] as const) {
    const scopes = kind === "api" ? ["*"] : [];
    tokens.push((await createToken(db, { workspaceId: workspace.id, kind, name: mark, scopes })).token);
  }
  return tokens[0] ?? "";
}

async function driveTelegram(authorization: string): Promise<void> {
  const settings = { token: `123456:${mark}LMNOPQRSTUV`, apiRoot: platform.url };
  const wish = { bot: "shop", kind: "telegram", name: mark, settings };
  const { id } = (await (await send("POST", "/api/v1/channels", wish, { authorization })).json()) as { id: number };
  await app.database.db.updateTable("channels").set({ status: "connected" }).where("id", "=", id).execute();
  const hook = await send(
    "POST",
    "/api/v1/webhooks",
    {
      name: mark,
      url: `${receiver.url}/broken?token=${mark}`,
      events: ["message_in"],
      headers: { "x-key": mark },
    },
    { authorization },
  );
  expect(hook.status).toBe(201);
  const { channels } = { channels: await app.database.db.selectFrom("channels").selectAll().execute() };
  expect(channels).toHaveLength(1);
  const from = { id: 9_997_654_321, is_bot: false, first_name: mark, last_name: mark, username: mark };
  const chat = { id: from.id, type: "private" };
  const message = (update_id: number, more: object) => ({
    update_id,
    message: { message_id: update_id, from, chat, date: 1795216726, ...more },
  });
  platform.fail(
    { method: "sendMessage", status: 500, description: `cannot reach ${mark}` },
    { method: "sendMessage", page: `<html>${mark}` },
    { method: "sendMessage", reset: true },
    { method: "sendMessage", status: 400, description: `bad ${mark}` },
    { method: "sendMessage", status: 403, description: `${mark} blocked the bot` },
  );
  const secret = `/webhooks/${id}`;
  await send("POST", secret, message(1, { text: mark }), { "x-telegram-bot-api-secret-token": mark });
  await send("POST", secret, `{"update_id": 1, "message": "${mark}`);
  for (let n = 1; n <= 6; n += 1) await platform.push(message(n, { text: `${mark} ${email}` }));
  await platform.push(message(20, { contact: { phone_number: phone, first_name: mark, user_id: from.id } }));
}

async function driveEveryRoute(authorization: string): Promise<number> {
  const document = (await (await send("GET", "/api/v1/openapi.json")).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  let calls = 0;
  for (const [template, methods] of Object.entries(document.paths)) {
    const place = `${template.startsWith("/api/v1") ? "" : "/api/v1"}${template.replace(/\{[^}]+\}/g, encodeURIComponent(phone))}?email=${email}&q=${mark}`;
    for (const method of Object.keys(methods)) {
      const verb = method.toUpperCase();
      await send(verb, place, verb === "GET" || verb === "DELETE" ? undefined : everything, { authorization });
      calls += 1;
    }
  }
  return calls;
}

async function driveOtherDoors(): Promise<void> {
  const [, actionLink = "", uchat = "", chatbot = "", bothelp = ""] = tokens;
  const origin = { origin: app.publicUrl, "sec-fetch-site": "same-origin" };
  await send("POST", "/auth/sign-in", { email, password: mark }, origin);
  await send("POST", "/auth/setup", { code: mark, email, name: mark, password: mark.repeat(2) }, origin);
  await send("GET", `/compat/bothelp/gc?token=${actionLink}&email=${email}&phone=${phone}&name=${mark}`);
  await send(
    "POST",
    "/compat/bothelp/oauth2/token",
    `grant_type=client_credentials&client_id=${mark}&client_secret=${bothelp}`,
    {
      "content-type": "application/x-www-form-urlencoded",
    },
  );
  await send("POST", "/compat/uchat/api/subscriber/create", everything, { authorization: `Bearer ${uchat}` });
  await send("GET", `/compat/chatbot/users?email=${email}`, undefined, { authorization: `Bearer ${chatbot}` });
  for (const place of ["webhooks/in", "e", "files", "auth/invitations", "chat", "webchat", mark])
    for (const method of ["GET", "POST"])
      await send(method, `/${place}/${mark}?token=${mark}&start=${mark}`, method === "GET" ? undefined : everything, {
        cookie: `session=${mark}`,
        authorization: `Bearer ${mark}`,
      });
}

/** What the traffic above must have left in `/metrics`: each documented metric, and of what happened a sample. */
async function findMetrics(): Promise<void> {
  const text = await (await send("GET", "/metrics")).text();
  const names = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
  expect(listMetrics().filter(({ name }) => !names.has(name))).toEqual([]);
  const samples = [
    /^repartee_events_total\{kind="message",result="\w+"\} [1-9]/m,
    /^repartee_batch_stage_seconds_count\{stage="(load|advance|write|commit)"\} [1-9]/m,
    /^repartee_event_wait_seconds_count [1-9]/m,
    /^repartee_sends_total\{channel="telegram",result="rejected|recipient-gone|retry-later"\} [1-9]/m,
    /^repartee_send_seconds_count\{channel="telegram"\} [1-9]/m,
    /^repartee_job_seconds_count\{queue="external-request",result="done"\} [1-9]/m,
    /^repartee_webhook_calls_total\{format="native",result="retried"\} [1-9]/m,
    /^repartee_webhook_deliveries\{status="waiting"\} [1-9]/m,
    /^repartee_jobs\{queue="external-request",state="failed"\} 0/m,
    /^repartee_channels\{channel="telegram",status="connected"\} 1/m,
    /^repartee_processes\{roles="web,worker"\} 1/m,
    /^repartee_database_size_bytes [1-9]/m,
    /^repartee_database_query_seconds_count\{result="done"\} [1-9]/m,
    /^repartee_last_backup_timestamp_seconds 0/m,
  ];
  expect(samples.filter((sample) => !sample.test(text)).map(String)).toEqual([]);
  expect(marks.filter((one) => text.toLowerCase().includes(one))).toEqual([]);
}

describe("the log at its loudest", () => {
  it("names what it is about by our ids, and holds nothing of people and no secret, whichever door it came through", async () => {
    const authorization = `Bearer ${await seed()}`;
    await driveTelegram(authorization);
    expect(await driveEveryRoute(authorization)).toBeGreaterThan(100);
    await driveOtherDoors();
    await until("the receiver was called", () => receiver.at("/broken").length >= 3);
    await until("a message was refused", () => lines.some((line) => line.includes("a message was not taken")));
    await until("a delivery failed", () => lines.some((line) => line.includes("a delivery to a webhook failed")));
    const log = lines.join("").toLowerCase();
    const told = lines.filter((line) => marks.some((one) => line.toLowerCase().includes(one)));
    expect(told).toEqual([]);
    for (const token of tokens) expect(log).not.toContain(token.toLowerCase());

    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const of = (msg: string) => entries.filter((entry) => entry.msg === msg);
    expect(of("an event was handled")[0]).toMatchObject({ eventId: expect.any(Number), contactId: expect.any(Number) });
    expect(of("a message was not taken")[0]).toMatchObject({
      messageId: expect.any(Number),
      contactId: expect.any(Number),
      channelId: expect.any(Number),
    });
    expect(of("a delivery to a webhook failed")[0]).toMatchObject({
      ...{ level: 30, deliveryId: expect.any(String), webhookId: expect.any(Number), contactId: expect.any(Number) },
      ...{ eventId: expect.any(Number), attempt: 1, answered: 500, result: "retried" },
    });
    expect(of("a script failed")[0]).toMatchObject({
      ...{ level: 30, positionId: expect.any(String), contactId: expect.any(Number), botId: expect.any(Number) },
      ...{ workspaceId: expect.any(Number), code: "script.failed" },
    });
    const calls = of("answered").filter(({ route }) => String(route).startsWith("/api/v1/contacts"));
    expect(calls[0]).toMatchObject({ requestId: expect.any(String), workspaceId: expect.any(Number) });
    await findMetrics();
  }, 300_000);
});

describe("an error in the log", () => {
  it("has its causes, and nothing that a database quotes of what somebody wrote", () => {
    const refused = Object.assign(new Error(`invalid input syntax for type bigint: "${mark}"`), {
      code: "22P02",
      detail: `Key (email)=(${mark}) exists`,
      params: [mark],
      query: mark,
    });
    const logged = toLoggedError(new Error("it broke", { cause: refused }));
    expect(JSON.stringify(logged)).not.toContain(mark);
    expect(logged).toMatchObject({
      message: "it broke",
      stack: expect.stringContaining("log-privacy.test.ts"),
      cause: { message: "invalid input syntax for type bigint (22P02)", code: "22P02" },
    });
  });
});
