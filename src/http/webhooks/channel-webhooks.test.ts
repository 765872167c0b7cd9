import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aTelegramChannel } from "../../../test/telegram-channel.ts";
import { setChannelState } from "../../store/channel-store.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
let channelId: number;
beforeEach(async () => {
  tenant = await aTenant(server);
  channelId = (await aTelegramChannel(server, tenant)).id;
});

let updateIds = 0;
function anUpdate(text: string, chat = 77) {
  updateIds += 1;
  const person = { id: chat, is_bot: false, first_name: "Ann" };
  const message = {
    message_id: updateIds,
    date: 1_768_478_400,
    chat: { id: chat, type: "private" },
    from: person,
    text,
  };
  return { update_id: updateIds, message };
}

const deliver = (payload: object | string | Buffer, { secret = "right", id = String(channelId) } = {}) =>
  server.app.inject({
    method: "POST",
    url: `/webhooks/${id}`,
    headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": secret },
    payload,
  });

async function conversation(): Promise<string[]> {
  const { data } = (await tenant.call("GET", "/messages")).json();
  return data.map(({ content }: { content: { text: string } }) => content.text).reverse();
}

describe("a webhook call", () => {
  it("is answered once what follows from it is committed", async () => {
    expect((await deliver(anUpdate("hello"))).statusCode).toBe(200);
    const { data } = (await tenant.call("GET", `/contacts?channel=${channelId}`)).json();
    expect(data).toMatchObject([{ firstName: "Ann", channels: [{ externalId: "77", status: "active" }] }]);
    expect(await conversation()).toEqual(["hello"]);
  });

  it("that comes twice has an effect once, also when both come at the same time", async () => {
    const update = anUpdate("hello");
    const answers = [...(await Promise.all([deliver(update), deliver(update)])), await deliver(update)];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(await conversation()).toEqual(["hello"]);
  });

  it("keeps its place among others of the same person", async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `m${index}`);
    await Promise.all(texts.map((text) => deliver(anUpdate(text))));
    expect(await conversation()).toEqual(texts);
  });

  it.each([
    ["of nobody's knowledge", "999999"],
    ["that is no number", "abc"],
    ["that is larger than any id", "99999999999999999999"],
  ])("to a channel %s is 404", async (_what, id) => {
    const answer = await deliver(anUpdate("x"), { id });
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, "channel.not_found"]);
  });

  it("to a disconnected channel is 404", async () => {
    const access = { workspaceId: tenant.workspace.id };
    await setChannelState(server.database.db, access, channelId, { status: "disconnected" });
    expect((await deliver(anUpdate("x"))).statusCode).toBe(404);
  });

  it("without the platform's proof, or with a body that is none, is refused and changes nothing", async () => {
    const wrong = await deliver(anUpdate("x"), { secret: "wrong" });
    expect([wrong.statusCode, wrong.json().error.code]).toEqual([401, "channel.unauthenticated"]);
    for (const payload of ["{", "[]", Buffer.from([0xff, 0xfe]), "null"]) {
      const answer = await deliver(payload);
      expect([answer.statusCode, answer.json().error.code]).toEqual([400, "channel.bad_webhook"]);
    }
    expect((await deliver("x".repeat(1024 * 1024 + 1))).statusCode).toBe(413);
    expect(await conversation()).toEqual([]);
  });

  it("with text that the database cannot keep loses those characters and nothing else", async () => {
    expect((await deliver(anUpdate("a\0b\ud83d c"))).statusCode).toBe(200);
    expect(await conversation()).toEqual(["ab\ufffd c"]);
  });
});
