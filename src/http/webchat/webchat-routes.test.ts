import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import {
  aChatBot,
  type ChatBot,
  openSession,
  start,
  text,
  type WebchatServer,
  webchatServer,
} from "../../../test/webchat.ts";
import type { FeedBody, VisitorAct } from "../contract/webchat.ts";

let database: TestDatabase;
let server: WebchatServer;
let bot: ChatBot;

beforeAll(async () => {
  database = await testDatabase();
  server = await webchatServer(database);
  bot = await aChatBot(database);
});

beforeEach(() => server.clock.pass(60_000));

afterAll(async () => {
  await server.stop();
  await database.close();
});

interface Call {
  readonly ref?: string;
  readonly origin?: string;
  readonly body?: unknown;
}

async function post(path: string, { ref = bot.ref, origin, body }: Call = {}): Promise<Response> {
  return await fetch(`${server.url}/webchat/${ref}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(origin === undefined ? {} : { origin }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const act = (token: string, done: VisitorAct) => post("messages", { body: { token, act: done } });

async function feed(token: string, { after = 0, wait = 0 } = {}, from = server): Promise<FeedBody> {
  const query = new URLSearchParams({ token, after: String(after), wait: String(wait) });
  return (await (await fetch(`${from.url}/webchat/${bot.ref}/messages?${query}`)).json()) as FeedBody;
}

async function errorOf(response: Response): Promise<readonly [number, string]> {
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

describe("a session", () => {
  it("makes a visitor, and gives what the page needs to draw the chat", async () => {
    const response = await post("session");
    expect(await response.json()).toEqual({
      token: expect.stringMatching(/^[\w-]{24}\.[\w-]{43}$/),
      title: "Ann's shop",
      accent: "#2563eb",
      position: "right",
    });
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("shows the settings of the channel", async () => {
    const own = await aChatBot(database, { title: "Ask Ann", accent: "#ffcc00", position: "left" });
    expect(await openSession(server, own)).toMatchObject({ title: "Ask Ann", accent: "#ffcc00", position: "left" });
  });

  it("keeps the visitor whose token comes along, and no other's", async () => {
    const { token } = await openSession(server, bot);
    expect((await openSession(server, bot, token)).token).toBe(token);
    for (const forged of ["nonsense", `x${token}`, token.replace(".", ".x"), `${token.split(".")[0]}.`]) {
      expect((await openSession(server, bot, forged)).token).not.toBe(forged);
    }
    expect((await openSession(server, await aChatBot(database), token)).token).not.toBe(token);
  });

  it("stores nothing", async () => {
    const count = () =>
      database.db
        .selectFrom("contacts")
        .select((eb) => eb.fn.countAll().as("n"))
        .execute();
    const before = await count();
    await openSession(server, bot);
    expect(await count()).toEqual(before);
  });

  it("is refused for a bot that has no web chat", async () => {
    expect(await errorOf(await post("session", { ref: "nobody" }))).toEqual([404, "channel.not_found"]);
  });
});

describe("pages of other sites", () => {
  it("may use a chat that names no origins", async () => {
    const response = await post("session", { origin: "https://anywhere.example" });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("https://anywhere.example");
    expect(response.headers.get("vary")).toContain("origin");
  });

  it.each([
    ["https://shop.example", 200],
    ["https://chat.example", 200],
    ["https://evil.example", 403],
    ["http://shop.example", 403],
    ["null", 403],
  ])("are let in or not by the origins that the chat names: %s", async (origin, status) => {
    const own = await aChatBot(database, { allowedOrigins: ["https://shop.example/"] });
    const response = await post("session", { ref: own.ref, origin });
    expect(response.status).toBe(status);
    // The refusal can be read by the page too: its console then says why.
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    if (status !== 200) expect(await errorOf(response)).toEqual([403, "webchat.forbidden_origin"]);
  });

  it("are let in where they are this server's own, by whatever name it was called", async () => {
    const own = await aChatBot(database, { allowedOrigins: ["https://shop.example"] });
    expect((await post("session", { ref: own.ref, origin: server.url })).status).toBe(200);
  });

  it("are refused on a socket as well", async () => {
    const own = await aChatBot(database, { allowedOrigins: ["https://shop.example"] });
    const { token } = await openSession(server, own);
    // Node's own client takes headers, which browsers set by themselves.
    const options = { headers: { origin: "https://evil.example" } } as unknown as string[];
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/webchat/${own.ref}/socket`, options);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "hello", token })));
    const heard = new Promise<string>((resolve) =>
      socket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true }),
    );
    expect(JSON.parse(await heard)).toMatchObject({ type: "error", code: "webchat.forbidden_origin" });
    socket.close();
  });

  it("get leave for a JSON body beforehand", async () => {
    const response = await fetch(`${server.url}/webchat/${bot.ref}/messages`, {
      method: "OPTIONS",
      headers: { origin: "https://shop.example", "access-control-request-method": "POST" },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-methods")).toBe("GET, POST");
    expect(response.headers.get("access-control-allow-headers")).toBe("content-type");
  });
});

describe("long polling", () => {
  it("carries a whole conversation", async () => {
    const { token } = await openSession(server, bot);
    expect(await feed(token)).toEqual({ messages: [], isKnown: false, hasEarlier: false });
    expect(await (await act(token, start("s1"))).json()).toEqual({ id: "s1" });
    await act(token, text("t1", "Hi"));
    await act(token, text("t1", "Hi"));
    const { messages, isKnown } = await feed(token);
    expect(messages.map((message) => message.text)).toEqual(["Hello!", "Hi", "re: Hi"]);
    expect(isKnown).toBe(true);
    expect((await feed(token, { after: messages[1]?.id ?? 0 })).messages.map((message) => message.text)).toEqual([
      "re: Hi",
    ]);
  });

  it("says so where the bot is paused, and no more once it may speak again", async () => {
    const { token } = await openSession(server, bot);
    expect(await (await act(token, text("q1", "hello"))).json()).toEqual({ id: "q1" });
    const { contactId } = await database.db
      .selectFrom("identities")
      .select("contactId")
      .where("externalId", "=", token.split(".")[0] ?? "")
      .executeTakeFirstOrThrow();
    const pause = async (until: number) => {
      await database.db
        .updateTable("contacts")
        .set({
          conversation: sql`coalesce(conversation, '{}'::jsonb) || jsonb_build_object('status', 'open', 'pausedUntil', ${until}::float8)`,
        })
        .where("id", "=", contactId)
        .execute();
    };
    await pause(server.clock.now() + 60_000);
    expect(await (await act(token, text("q2", "anybody?"))).json()).toEqual({ id: "q2", isSilent: true });
    server.clock.pass(61_000);
    expect(await (await act(token, text("q3", "hello"))).json()).toEqual({ id: "q3" });
  });

  it("says so where no flow answers", async () => {
    const { token } = await openSession(server, bot);
    await act(token, start("b1"));
    const [hello] = (await feed(token)).messages;
    const press = (id: string, payload = "") => act(token, { kind: "button", id, payload });
    expect(await (await press("b2", hello?.quickReplies[0]?.payload)).json()).toEqual({ id: "b2", isSilent: true });
    const [yes] = hello?.buttons ?? [];
    expect(await (await press("b3", yes?.type === "press" ? yes.payload : "")).json()).toEqual({ id: "b3" });
  });

  it("answers as soon as there is something, also where the visitor was unknown when it began to wait", async () => {
    const { token } = await openSession(server, bot);
    const waiting = feed(token, { wait: 25 });
    // The look that finds nothing has to come first.
    await feed(token);
    await act(token, start("s1"));
    expect((await waiting).messages.map((message) => message.text)).toEqual(["Hello!"]);
  });

  it("waits as long as was asked, and answers with nothing", async () => {
    const { token } = await openSession(server, bot);
    await act(token, text("t1", "Hi"));
    const { messages } = await feed(token);
    const began = performance.now();
    expect(await feed(token, { after: messages.at(-1)?.id ?? 0, wait: 0.4 })).toEqual({
      messages: [],
      isKnown: true,
      hasEarlier: false,
    });
    expect(performance.now() - began).toBeGreaterThan(390);
  });

  it("is answered at once when the server stops", async () => {
    const own = await webchatServer(database);
    const { token } = await openSession(own, bot);
    const waiting = feed(token, { wait: 25 }, own);
    await feed(token, {}, own);
    const began = performance.now();
    await own.stop();
    expect((await waiting).messages).toEqual([]);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("refuses what is not right, and says what", async () => {
    const { token } = await openSession(server, bot);
    const answers = [
      await post("messages", { body: { token: "abc.def", act: text("t1", "Hi") } }),
      await post("messages", { body: { token, act: { kind: "text", id: "t1" } } }),
      await post("messages", { body: { token, act: text("t1", "x".repeat(4_001)) } }),
      await post("messages", { body: {} }),
      await fetch(`${server.url}/webchat/${bot.ref}/messages?token=${token}&after=-1`),
      await fetch(`${server.url}/webchat/${bot.ref}/messages?token=${token}&wait=26`),
      await fetch(`${server.url}/webchat/${bot.ref}/messages`),
      await fetch(`${server.url}/webchat/${bot.ref}/history?token=${token}&before=no`),
      await fetch(`${server.url}/webchat/%ff/messages?token=${token}`),
      await fetch(`${server.url}/webchat/${bot.ref}/messages`, { method: "DELETE" }),
    ];
    expect(await Promise.all(answers.map(errorOf))).toEqual([
      [401, "webchat.bad_token"],
      [422, "request.invalid"],
      [422, "request.invalid"],
      [422, "request.invalid"],
      [422, "request.invalid"],
      [422, "request.invalid"],
      [422, "request.invalid"],
      [422, "request.invalid"],
      [400, "request.bad_encoding"],
      [405, "request.method_not_allowed"],
    ]);
  });

  it("tells who is too fast when to come again", async () => {
    const { token } = await openSession(server, bot);
    const answers = await Promise.all(
      Array.from({ length: 21 }, (_, index) => act(token, text(`t${index}`, `n${index}`))),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    expect(await Promise.all(refused.map(errorOf))).toEqual([[429, "webchat.too_fast"]]);
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
  });
});

describe("pages", () => {
  const page = async (path: string) => {
    const response = await fetch(`${server.url}${path}`);
    return { response, html: await response.text() };
  };

  it("show a bot's chat at its address, with nothing from elsewhere", async () => {
    const { response, html } = await page(`/chat/${bot.ref}?start=eyJlIjoiYUBiLmMifQ`);
    expect(response.status).toBe(200);
    expect(html).toContain(`<script src="/widget.js" data-bot="${bot.ref}" data-mode="page" async></script>`);
    expect(html).toContain("<title>Ann&#39;s shop</title>");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain("unsafe");
  });

  it("say plainly when there is no such chat, without running what stands in the address", async () => {
    const { response, html } = await page(`/chat/${encodeURIComponent("<script>alert(1)</script>")}`);
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(html).toContain("There is no chat here");
    expect(html).not.toContain("<script>alert");
  });

  it("get the widget, and no second time what they have", async () => {
    const first = await page("/widget.js");
    if (first.response.status === 503) {
      expect(first.html).toContain("npm run build");
      return;
    }
    expect(first.response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(first.response.headers.get("access-control-allow-origin")).toBe("*");
    const etag = first.response.headers.get("etag") ?? "";
    const again = await fetch(`${server.url}/widget.js`, { headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
  });
});

it("logs nothing of what visitors get wrong", () => {
  expect(server.logged).toEqual([]);
});
