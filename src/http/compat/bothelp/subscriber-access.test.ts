import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aBothelpAccount, successSchema } from "../../../../test/bothelp.ts";
import { subscriberCalls } from "../../../../test/bothelp-subscriber.ts";
import { type TestServer, testServer } from "../../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const { account, ways, byId, refused } = subscriberCalls(() => server);

const everyChange = [
  ["PATCH", "", [{ op: "add", path: "/tags", value: ["x"] }]],
  ["PATCH", "/customFields", []],
  ["POST", "/messages", [{ content: "x" }]],
  ["POST", "/bot", { botReferral: "x" }],
  ["DELETE", "/bot", { botReferral: "x" }],
  ["POST", "/funnel", { funnelReferral: "x" }],
  ["DELETE", "/funnel", { funnelReferral: "x" }],
] as const;

describe.each(everyChange)("%s %s", (method, path, body) => {
  it("finds nobody by an id that nobody has", async () => {
    for (const who of [
      "/v1/subscribers/999999",
      "/v1/subscribers/abc",
      "/v1/subscribers/99999999999999999999",
      "/v1/subscribers/cuid/1et0.2k",
      "/v2/subscribers/messenger/5",
    ]) {
      expect(await refused(method, who + path, body)).toMatchObject({ status: 404, error: "subscriber_not_found" });
    }
  });

  it.each(ways)("is refused by %s to another workspace's token, and to one of another bot", async (_way, who) => {
    const other = await aBothelpAccount(server);
    const second = (await account().tenant.call("POST", "/bots", { body: { name: "Second" } })).json();
    const bound = await account().tenant.mintToken({ kind: "bothelp", botId: second.id });
    const before = server.submitted.length;
    for (const token of [other.token, bound]) {
      expect(await refused(method, who() + path, body, { token })).toMatchObject({
        status: 404,
        error: "subscriber_not_found",
      });
    }
    expect(server.submitted.length).toBe(before);
  });

  it("is refused without a live token, before the body is read", async () => {
    for (const token of ["wrong", account().tenant.token]) {
      expect(await refused(method, byId() + path, "{{", { token })).toMatchObject({
        status: 401,
        error: "token_invalid",
      });
    }
  });

  it("is possible with a token of the subscriber's bot", async () => {
    const token = await account().tenant.mintToken({ kind: "bothelp", botId: account().tenant.bot.id });
    const answer = await account().call(method, byId() + path, body, { token });
    expect(answer.status).toBe(200);
    successSchema.parse(answer.body);
  });

  it("refuses a body of more than 1 MiB, and one that is a file", async () => {
    const long = JSON.stringify([{ content: "x".repeat(1024 * 1024) }]);
    expect(await refused(method, byId() + path, long)).toMatchObject({ status: 413, error: "request_too_large" });
    expect(await refused(method, byId() + path, "x", { type: "image/png" })).toMatchObject({ status: 415 });
  });
});
