import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chatbotDoor, chatbotUsers } from "../../../../test/chatbot-door.ts";
import { aTenant, type TestServer, testServer } from "../../../../test/server.ts";
import { errorSchema } from "./answers.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const door = chatbotDoor(() => server);
const { bindToken, tenant, token, call, refused } = door;
const { aUser, names } = chatbotUsers(door);

describe("the export of users", () => {
  it("is a CSV behind a link that wants the token, with no formula in it", async () => {
    await aUser({ userId: "u1", attributes: { default_name: '=HYPERLINK("x")', note: 'a "b", c' } });
    await aUser({ userId: "u2", attributes: { constructor: "x" } });
    const { body } = await call("POST", "/users/export");
    expect(body.url).toBe("https://bots.example/compat/chatbot/users/export.csv");
    const csv = await server.app.inject({
      url: "/compat/chatbot/users/export.csv",
      headers: { authorization: `Bearer ${token()}` },
    });
    expect(csv.headers["content-type"]).toContain("text/csv");
    const [head, line] = csv.body.split("\r\n");
    expect(head).toContain('"userId"');
    expect(line).toContain('"\'=HYPERLINK(""x"")"');
    expect(line).toContain('"a ""b"", c"');
    await refused(401, "GET", "/users/export.csv", undefined, "nobody");
  });
});

describe("the door", () => {
  it("refuses in the vendor's shape: a wrong token, an unknown path, a wrong method, a body that is none", async () => {
    await refused(401, "GET", "/users", undefined, "nobody");
    await refused(401, "GET", "/stories", undefined, tenant().token);
    await refused(404, "GET", "/nothing");
    await refused(405, "DELETE", "/users");
    await refused(405, "PATCH", "/stories", {});
    await refused(404, "PATCH", "/nothing", {});
    await refused(404, "GET", "/nothing", undefined, "nobody");
    const broken = await server.app.inject({
      method: "POST",
      url: "/compat/chatbot/users",
      headers: { authorization: `Bearer ${token()}`, "content-type": "application/json" },
      payload: "{{{",
    });
    expect([broken.statusCode, errorSchema.parse(broken.json()).status.type]).toEqual([400, "bad_request"]);
    const large = await server.app.inject({
      method: "POST",
      url: "/compat/chatbot/users",
      headers: { authorization: `Bearer ${token()}`, "content-type": "application/json" },
      payload: JSON.stringify({ attributes: { x: "x".repeat(1_100_000) } }),
    });
    expect([large.statusCode, errorSchema.parse(large.json()).status.type]).toEqual([413, "payload_too_large"]);
  });

  it("takes a token behind any number of spaces, with headers that it does not know", async () => {
    for (const spaces of [" ", "  ", "     "]) {
      const answer = await server.app.inject({
        url: "/compat/chatbot/stories",
        headers: { authorization: `Bearer${spaces}${token()}`, "x-surplus": "1" },
      });
      expect(answer.statusCode).toBe(200);
    }
  });

  it("takes addresses with a slash at their end, and keeps a webhook's secrets out of the log there too", async () => {
    const id = await aUser();
    for (const path of ["/users/", `/users/${id}/`, "/users/segments/", "/stories/", "/v2/stories/", "/webhooks/"]) {
      expect([path, (await call("GET", path)).status]).toEqual([path, 200]);
    }
    expect((await call("POST", "/users/", { userId: "slash" })).status).toBe(200);
    await refused(405, "DELETE", "/users/");
    await refused(400, "POST", "/webhooks/", { name: "x", url: "http://10.0.0.1/", token: "s3cret-token" });
    const log = (await tenant().call("GET", "/integration-log?integration=chatbot")).json().data;
    expect(log[0]).toMatchObject({ ok: false, request: { path: "/compat/chatbot/webhooks/", body: { name: "x" } } });
    expect(JSON.stringify(log)).not.toContain("s3cret");
  });

  it("limits a token's requests a second in the vendor's shape", async () => {
    const strict = await testServer({ requestsPerSecond: 1 });
    try {
      const bearer = await (await aTenant(strict)).mintToken({ kind: "chatbot" });
      const ask = async () =>
        await strict.app.inject({ url: "/compat/chatbot/users", headers: { authorization: `Bearer ${bearer}` } });
      const answers = [await ask(), await ask(), await ask()];
      const limited = answers.find(({ statusCode }) => statusCode === 429);
      expect(errorSchema.parse(limited?.json()).status).toMatchObject({ code: 429, type: "too_many_requests" });
      expect(limited?.headers["retry-after"]).toBe("1");
    } finally {
      await strict.close();
    }
  });

  it("of a token that is bound to a bot sees and makes that bot's users alone", async () => {
    const id = await aUser({ attributes: { default_name: "Ann" } });
    const second = (await tenant().call("POST", "/bots", { body: { name: "Second" } })).json();
    await bindToken(second.id);
    await refused(404, "GET", `/users/${id}`);
    await aUser({ attributes: { default_name: "Bob" } });
    expect(await names("")).toEqual(["Bob"]);
  });

  it("keeps every change in the integration log", async () => {
    const id = await aUser({ attributes: { default_name: "Ann" } });
    await refused(400, "PUT", `/users/${id}/ban`, { banned: "perhaps" });
    const log = (await tenant().call("GET", "/integration-log?integration=chatbot")).json().data;
    expect(log).toMatchObject([
      { ok: false, summary: "banned has to be true or false", request: { method: "PUT" }, response: { status: 400 } },
      {
        ok: true,
        summary: "done",
        request: { method: "POST", path: "/compat/chatbot/users" },
        response: { status: 200 },
      },
    ]);
    expect(log[0].contactId).toBe(Number.parseInt(id.slice(8), 16));
    expect(JSON.stringify(log)).not.toContain(token());
  });
});
