import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { until } from "../../../test/until.ts";
import {
  aChatBot,
  type ChatBot,
  connectPage,
  openPage,
  openSession,
  start,
  text,
  visitorPages,
  type WebchatServer,
  webchatServer,
} from "../../../test/webchat.ts";
import { setChannelState } from "../../store/channel-store.ts";

let database: TestDatabase;
let server: WebchatServer;
let bot: ChatBot;
const { aVisitor, aPage } = visitorPages(() => ({ server, bot }));

beforeAll(async () => {
  database = await testDatabase();
  server = await webchatServer(database);
  bot = await aChatBot(database);
});

afterAll(async () => {
  await server.stop();
  await database.close();
});

describe("what is wrong on a socket", () => {
  it.each([
    ["no JSON", "nonsense", "request.malformed"],
    ["no object", "42", "request.invalid"],
    ["an unknown type", '{"type":"shout"}', "request.invalid"],
    ["an act without its text", '{"type":"act","act":{"kind":"text","id":"a"}}', "request.invalid"],
    ["an empty text", '{"type":"act","act":{"kind":"text","id":"a","text":"  "}}', "request.invalid"],
    ["an id with other signs", '{"type":"act","act":{"kind":"start","id":"a:b"}}', "request.invalid"],
    [
      "a character that cannot be stored",
      '{"type":"act","act":{"kind":"text","id":"a","text":"\\u0000"}}',
      "request.bad_encoding",
    ],
    ["half a character", '{"type":"act","act":{"kind":"text","id":"a","text":"\\ud83d"}}', "request.bad_encoding"],
    ["a key of the prototype", '{"type":"ping","__proto__":{}}', "request.malformed"],
    ["bytes that are no text", new Uint8Array([0xff, 0xfe]), "request.bad_encoding"],
  ])("is told for %s, and the connection lives", async (_name, frame, code) => {
    const page = await aPage(await aVisitor());
    page.socket.send(frame);
    expect(await page.heard("error")).toMatchObject({ code, message: expect.any(String) });
    expect(await page.act(text("t1", "Still here?"))).toEqual({ type: "ack", id: "t1" });
  });

  it.each([
    ["is too long", { kind: "text", id: "a", text: "x".repeat(4_001) }],
    ["starts with too much", { kind: "start", id: "a", payload: "x".repeat(2_001) }],
    ["has half a character", { kind: "text", id: "a", text: "\ud83d" }],
  ])("is told by its id for an act that %s, so that the page does not send it for ever", async (_name, act) => {
    const page = await aPage(await aVisitor());
    page.socket.send(JSON.stringify({ type: "act", act }));
    expect(await page.heard("error")).toMatchObject({ id: "a" });
  });

  it("is told for an act before hello and for a second hello", async () => {
    const page = await connectPage(server, bot);
    expect(await page.act(start("s1"))).toMatchObject({ code: "webchat.no_hello" });
    const token = await aVisitor();
    page.say({ type: "hello", token });
    await page.heard("ready");
    page.say({ type: "hello", token });
    await until("the second error", () => page.frames.filter(({ type }) => type === "error").length === 2);
    page.close();
  });

  it.each([
    ["a token that was never made", "abc.def"],
    ["no token at all", ""],
    ["a token with a changed visitor", undefined],
  ])("ends the connection for %s", async (_name, forged) => {
    const token = forged ?? `x${await aVisitor()}`;
    const page = await connectPage(server, bot);
    page.say({ type: "hello", token });
    expect(await page.heard("error")).toMatchObject({ code: "webchat.bad_token" });
    expect(await page.closed).toBe(1008);
  });

  it("does not let one chat's visitor into another chat", async () => {
    const page = await connectPage(server, await aChatBot(database));
    page.say({ type: "hello", token: await aVisitor() });
    expect(await page.heard("error")).toMatchObject({ code: "webchat.bad_token" });
  });

  it("ends the connection for an unknown bot", async () => {
    const page = await connectPage(server, { ref: "nobody" });
    page.say({ type: "hello", token: await aVisitor() });
    expect(await page.heard("error")).toMatchObject({ code: "channel.not_found" });
    expect(await page.closed).toBe(1008);
  });

  it("ends the connection for a frame that is too large, and no other", async () => {
    const [loud, quiet] = [await aPage(await aVisitor()), await aPage(await aVisitor())];
    loud.socket.send("x".repeat(65 * 1024));
    expect(await loud.closed).toBe(1009);
    expect(await quiet.act(text("t1", "Hi"))).toEqual({ type: "ack", id: "t1" });
  });

  it("is told to who sends faster than a person, and it may come again", async () => {
    const page = await aPage(await aVisitor());
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, index) => page.act(text(`t${index}`, `n${index}`))),
    );
    expect(answers.map(({ type }) => type)).toEqual([...Array(20).fill("ack"), ...Array(5).fill("error")]);
    expect(answers[24]).toMatchObject({ id: "t24", code: "webchat.too_fast" });
    server.clock.pass(1_000);
    expect(await page.act(text("t24", "n24"))).toEqual({ type: "ack", id: "t24" });
  });

  it("is told when the chat was disconnected meanwhile", async () => {
    const own = await aChatBot(database);
    const { token } = await openSession(server, own);
    const page = await openPage(server, own, token);
    await database.db.deleteFrom("channels").where("id", "=", own.channelId).execute();
    expect(await page.act(text("t1", "Hi"))).toMatchObject({ id: "t1", code: "channel.not_found" });
    page.close();
  });

  it("is not there for a chat that is disconnected", async () => {
    const own = await aChatBot(database);
    const { token } = await openSession(server, own);
    await setChannelState(database.db, { workspaceId: own.workspaceId }, own.channelId, { status: "disconnected" });
    const page = await connectPage(server, own);
    page.say({ type: "hello", token });
    expect(await page.heard("error")).toMatchObject({ code: "channel.not_found" });
  });

  it("leaves nothing behind in the log that is not the server's fault", () => {
    expect(server.logged).toEqual([]);
  });
});
