import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { aVisitor, chatbotDoor } from "../../../../test/chatbot-door.ts";
import { aReceiver, type Receiver } from "../../../../test/receiver.ts";
import { aTenant, type TestServer, testServer } from "../../../../test/server.ts";
import { toObjectId } from "../../../engine/object-id.ts";
import { createdSchema, doneSchema } from "./answers.ts";
import { listedWebhookSchema, webhookSchema } from "./webhooks.ts";

let server: TestServer;
let receiver: Receiver;
beforeAll(async () => {
  server = await testServer();
  receiver = await aReceiver();
  // As ChatBot's documents tell receivers to: 401 for another token, else the challenge.
  receiver.answer("/hook", ({ query }, response) => {
    if (query.get("token") !== "s3cret-token") response.statusCode = 401;
    response.end(query.get("challenge"));
  });
});
afterAll(async () => {
  await receiver.close();
  await server.close();
});

const { bindToken, tenant, call, good, refused } = chatbotDoor(() => server);
const wanted = (change: object = {}) => ({
  name: "Make",
  url: `${receiver.url}/hook`,
  token: "s3cret-token",
  headers: [],
  auth: {},
  ...change,
});
const list = () => good(z.array(listedWebhookSchema), "GET", "/webhooks");

describe("webhooks", () => {
  it("are made once the receiver has echoed the challenge, listed, read and deleted", async () => {
    const { id } = await good(createdSchema, "POST", "/webhooks", wanted({ surplus: 1 }));
    const asked = receiver.calls.at(-1);
    expect([asked?.method, asked?.query.get("token"), asked?.query.get("challenge")]).toEqual([
      "GET",
      "s3cret-token",
      expect.stringMatching(/.{16,}/),
    ]);
    const url = `${receiver.url}/hook`;
    expect(await list()).toEqual([{ id, name: "Make", url, error: "" }]);
    expect(await good(webhookSchema, "GET", `/webhooks/${id}`)).toEqual({
      id,
      name: "Make",
      url,
      token: "s3cret-token",
      headers: [],
      auth: { username: "", password: "" },
      error: "",
    });
    const { data } = (await tenant().call("GET", "/webhooks")).json();
    expect(data).toMatchObject([{ name: "Make", format: "chatbot", events: ["message_in"], active: true }]);
    await good(doneSchema, "DELETE", `/webhooks/${id}`);
    expect(await list()).toEqual([]);
    await refused(404, "GET", `/webhooks/${id}`);
    await refused(404, "DELETE", `/webhooks/${id}`);
  });

  it.each([[[{ key: "X-One", value: "1" }]], [[{ name: "X-One", value: "1" }]], [{ "X-One": "1" }]])(
    "send headers, given as %j, and basic auth from the first call on, and show neither",
    async (headers) => {
      const auth = { username: "ann", password: "s3cret-pass" };
      const { id } = await good(createdSchema, "POST", "/webhooks", wanted({ headers, auth }));
      expect(receiver.calls.at(-1)?.headers).toMatchObject({
        "x-one": "1",
        authorization: `Basic ${Buffer.from("ann:s3cret-pass").toString("base64")}`,
      });
      const shown = await good(webhookSchema, "GET", `/webhooks/${id}`);
      expect(shown).toMatchObject({ headers: [{ key: "X-One" }], auth: { username: "ann" } });
      expect(JSON.stringify(shown)).not.toContain("s3cret-pass");
      const log = (await tenant().call("GET", "/integration-log?integration=chatbot")).json().data;
      expect(log).toMatchObject([{ ok: true, request: { path: "/compat/chatbot/webhooks", body: { name: "Make" } } }]);
      expect(JSON.stringify(log)).not.toContain("s3cret");
    },
  );

  it.each([
    ["a receiver that knows another token", { token: "another" }],
    ["a receiver that echoes nothing", { path: "/silent" }],
    ["an address that is not public", { url: "http://10.0.0.1/hook" }],
    ["an address that is none", { url: "nowhere" }],
    ["another scheme", { url: "file:///etc/passwd" }],
    ["no name", { name: " " }],
    ["no address", { url: undefined }],
    ["a header with a line break", { headers: [{ key: "X-One", value: "1\r\nX-Two: 2" }] }],
    ["headers that are none", { headers: "X-One: 1" }],
    ["a header without a key", { headers: [{ value: "1" }] }],
    ["auth that is none", { auth: "ann:pass" }],
    ["a token that is none", { token: {} }],
  ])("are not made for %s", async (_what, { path, ...change }: { path?: string; [key: string]: unknown }) => {
    const body = wanted({ ...(path === undefined ? {} : { url: `${receiver.url}${path}` }), ...change });
    expect(await refused(400, "POST", "/webhooks", body)).not.toBe("");
    expect(await list()).toEqual([]);
  });

  it("tell what failed last", async () => {
    const { id } = await good(createdSchema, "POST", "/webhooks", wanted());
    const [webhook] = (await tenant().call("GET", "/webhooks")).json().data;
    await server.database.db
      .updateTable("webhooks")
      .set({ error: "there was no whole answer within 10000 ms", errorAt: new Date(server.now()) })
      .where("id", "=", webhook.id)
      .execute();
    expect((await list())[0]?.error).toContain("10000 ms");
    expect((await good(webhookSchema, "GET", `/webhooks/${id}`)).error).toMatchObject({
      message: expect.stringContaining("10000 ms"),
    });
  });

  it("hear of a new message, with the ids that this address knows", async () => {
    await good(createdSchema, "POST", "/webhooks", wanted());
    const visitor = await aVisitor(server, tenant());
    const [webhook] = (await tenant().call("GET", "/webhooks")).json().data;
    const { data } = (await tenant().call("GET", `/webhooks/${webhook.id}/deliveries`)).json();
    expect(data).toHaveLength(1);
    const { body } = data[0];
    expect(body).toMatchObject({ userId: visitor.id, node: { type: "WEBHOOK", webhookName: "Make" } });
    const user = (await call("GET", `/users/${body.userId}`)).body;
    expect([user.id, user.userId]).toEqual([body.userId, body.externalId]);
    expect((await call("GET", `/webhooks/${body.node.webhookId}`)).body.name).toBe("Make");
  });

  it("hear of the attributes by the names that this address has for them", async () => {
    await good(createdSchema, "POST", "/webhooks", wanted());
    const visitor = await aVisitor(server, tenant());
    const attributes = {
      default_city: "Perm",
      default_gender: "Female",
      default_language: "Klingon",
      "Название курса": "Шахматы",
    };
    await good(doneSchema, "PUT", `/users/${visitor.id}`, { attributes });
    await visitor.hear("again");
    const [webhook] = (await tenant().call("GET", "/webhooks")).json().data;
    const { data } = (await tenant().call("GET", `/webhooks/${webhook.id}/deliveries`)).json();
    const { body } = data.find((one: { body: { message: string } }) => one.body.message === "again");
    const user = (await call("GET", `/users/${visitor.id}`)).body;
    expect(user.attributes).toMatchObject({ ...attributes, default_name: "Ann" });
    expect(body.userAttributes).toEqual(user.attributes);
    expect(body.attributes).toEqual({ "Название курса": "Шахматы" });
  });

  it("are told which messages they hear of", async () => {
    await good(createdSchema, "POST", "/webhooks", wanted());
    const [webhook] = (await tenant().call("GET", "/webhooks")).json().data;
    const narrow = (messageMatch: object | null) =>
      tenant().call("PATCH", `/webhooks/${webhook.id}`, { body: { messageMatch } });
    expect((await narrow({ match: "pattern", words: ["(unclosed"] })).statusCode).toBe(422);
    expect((await narrow({ match: "contains", words: [" price "] })).json()).toMatchObject({
      messageMatch: { match: "contains", words: ["price"] },
    });
    const heard = async () =>
      (await tenant().call("GET", `/webhooks/${webhook.id}/deliveries`)).json().data.length as number;
    await aVisitor(server, tenant());
    expect(await heard()).toBe(0);
    expect((await narrow(null)).json()).toMatchObject({ messageMatch: null });
    await aVisitor(server, tenant());
    expect(await heard()).toBe(1);
  });

  it("of another workspace or another format are not there", async () => {
    const { id } = await good(createdSchema, "POST", "/webhooks", wanted());
    const foreign = await (await aTenant(server)).mintToken({ kind: "chatbot" });
    expect((await call("GET", "/webhooks", undefined, foreign)).body).toEqual([]);
    for (const method of ["GET", "DELETE"] as const) {
      await refused(404, method, `/webhooks/${id}`, undefined, foreign);
      await refused(401, method, `/webhooks/${id}`, undefined, "nobody");
      await refused(400, method, "/webhooks/12");
      await refused(404, method, `/webhooks/${toObjectId("story", 1)}`);
    }
    await refused(401, "POST", "/webhooks", wanted(), "nobody");
    const other = await tenant().call("POST", "/webhooks", {
      body: { name: "Own", url: `${receiver.url}/own`, events: ["message_in"] },
    });
    expect(await list()).toHaveLength(1);
    await refused(404, "DELETE", `/webhooks/${toObjectId("webhook", other.json().id)}`);
  });

  it("of a token that is bound to a bot hear of that bot alone", async () => {
    const second = (await tenant().call("POST", "/bots", { body: { name: "Second" } })).json();
    await good(createdSchema, "POST", "/webhooks", wanted());
    await bindToken(second.id);
    expect(await list()).toEqual([]);
    await good(createdSchema, "POST", "/webhooks", wanted({ name: "Second" }));
    const { data } = (await tenant().call("GET", "/webhooks")).json();
    expect(data).toMatchObject([{ botId: null }, { name: "Second", botId: second.id }]);
  });
});
