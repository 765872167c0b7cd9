import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../../test/server.ts";
import { endpoints } from "./endpoints.ts";

let server: TestServer;
let tenant: Tenant;
let token: string;
let userNs: string;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  token = await tenant.mintToken({ kind: "uchat" });
  const made = await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, name: "Ann", tags: ["vip"] } });
  userNs = `f${tenant.bot.id}u${made.json().id}`;
});
afterAll(() => server.close());

const base = "/compat/uchat/api";
const inject = (
  method: "GET" | "POST" | "DELETE" | "PUT",
  path: string,
  { headers = {}, payload }: { headers?: Record<string, string>; payload?: string | object } = {},
) =>
  server.app.inject({
    method,
    url: `${base}${path}`,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });

describe("what a call brings", () => {
  it("is taken from a JSON body, a query, and a form", async () => {
    const json = await inject("POST", "/subscriber/add-tag-by-name", {
      payload: { user_ns: userNs, tag_name: "json", surplus: { any: ["thing"] } },
    });
    const query = await inject("DELETE", `/subscriber/remove-tag-by-name?user_ns=${userNs}&tag_name=json`);
    const form = await inject("POST", "/subscriber/add-tags-by-name", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: `user_ns=${userNs}&data[0][tag_name]=one&data%5B1%5D%5Btag_name%5D=two+words`,
    });
    for (const answer of [json, query, form])
      expect([answer.statusCode, answer.json()]).toEqual([200, { status: "ok" }]);
    const info = (await inject("GET", `/subscriber/get-info?user_ns=${userNs}`)).json();
    expect(info.tags.map(({ name }: { name: string }) => name)).toEqual(["vip", "one", "two words"]);
  });

  it("is taken from a form of many parts, as PHP's curl makes of an array", async () => {
    const part = (name: string, value: string) =>
      `--b0undary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const file = `--b0undary\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n`;
    const send = (payload: string) =>
      inject("POST", "/subscriber/add-tags-by-name", {
        headers: { "content-type": "multipart/form-data; boundary=b0undary" },
        payload,
      });
    const parts = [
      part("user_ns", userNs),
      part("data[0][tag_name]", "тег 🎉"),
      part("data[1][tag_name]", "two"),
      file,
    ];
    const answer = await send(`${parts.join("")}--b0undary--\r\n`);
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: "ok" }]);
    const info = (await inject("GET", `/subscriber/get-info?user_ns=${userNs}`)).json();
    expect(info.tags.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(["тег 🎉", "two"]));
    const broken = await send("no form");
    expect([broken.statusCode, broken.json()]).toEqual([400, { message: expect.stringContaining("multipart") }]);
  });

  it("may be a JSON body under any name, and in a DELETE", async () => {
    for (const type of ["application/json; charset=utf-8", "text/plain", "application/vnd.api+json"]) {
      const answer = await inject("DELETE", "/subscriber/remove-tag-by-name", {
        headers: { "content-type": type },
        payload: JSON.stringify({ user_ns: userNs, tag_name: "one" }),
      });
      expect([type, answer.statusCode]).toEqual([type, 200]);
    }
  });

  it("may say that a GET is JSON, and send nothing", async () => {
    const headers = { "content-type": "application/json", accept: "application/json" };
    expect((await inject("GET", `/subscriber/get-info?user_ns=${userNs}`, { headers })).statusCode).toBe(200);
    const empty = await inject("POST", "/subscriber/add-tag-by-name", { headers });
    expect([empty.statusCode, Object.keys(empty.json().errors)]).toEqual([422, ["user_ns", "tag_name"]]);
  });

  it("may be a POST that says which method it means, as Laravel lets it", async () => {
    const answer = await inject("POST", "/subscriber/remove-tag-by-name", {
      headers: { "x-http-method-override": "DELETE" },
      payload: { user_ns: userNs, tag_name: "one" },
    });
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: "ok" }]);
    const elsewhere = await server.app.inject({
      method: "POST",
      url: `/api/v1/contacts/${userNs.split("u")[1]}`,
      headers: { authorization: `Bearer ${tenant.token}`, "x-http-method-override": "DELETE" },
    });
    expect(elsewhere.statusCode).toBe(405);
  });

  it("may end its address in a slash, as Laravel lets it", async () => {
    expect((await inject("GET", `/subscriber/get-info/?user_ns=${userNs}`)).statusCode).toBe(200);
  });
});

describe("a refusal", () => {
  it("of bad input is Laravel's", async () => {
    const answer = await inject("POST", "/subscriber/add-tags-by-name", {
      payload: { user_ns: userNs, data: ["vip"] },
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toEqual({
      message: expect.stringContaining("data"),
      errors: { "data.0": ["The data.0 field must be an object."] },
    });
  });

  it.each([
    ["/subscriber/pause-bot", { minutes: "soon" }, "The minutes field must be an integer."],
    [
      "/subscriber/log-custom-event",
      { event_name: "x", price_value: "ten" },
      "The price value field must be a number.",
    ],
    ["/subscriber/send-content", { data: "{}" }, "The data field must be an object."],
    [
      "/subscriber/send-content",
      {
        data: { version: "v1", content: { messages: Array.from({ length: 11 }, () => ({ type: "text", text: "x" })) } },
      },
      "The data.content.messages field must not have more than 10 items.",
    ],
    [
      "/subscriber/send-whatsapp-template",
      { content: { name: "a", lang: "en", params: "x" } },
      "The content.params field must be an object.",
    ],
  ])("of what does not fit %s is a sentence", async (path, input, sentence) => {
    const answer = await inject("POST", path, { payload: { user_ns: userNs, ...input } });
    expect([answer.statusCode, answer.json().message]).toEqual([422, sentence]);
  });

  it.each([
    ["no token", {}, 401],
    ["an unknown token", { authorization: "Bearer nobody" }, 401],
  ])("of %s is 401 with a sentence", async (_what, headers, status) => {
    const answer = await server.app.inject({ method: "GET", url: `${base}/subscriber/get-info`, headers });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ message: expect.any(String) });
  });

  it("of a token of another kind is 401", async () => {
    const answer = await inject("GET", "/subscriber/get-info", {
      headers: { authorization: `Bearer ${tenant.token}` },
    });
    expect(answer.statusCode).toBe(401);
  });

  it("of an address that is not there is 404, of a wrong method 405", async () => {
    const missing = await inject("GET", "/subscriber/fly");
    expect([missing.statusCode, missing.json()]).toEqual([404, { message: expect.any(String) }]);
    const method = await inject("PUT", "/subscriber/get-info", { payload: {} });
    expect([method.statusCode, method.json()]).toEqual([405, { message: expect.any(String) }]);
  });

  it("of a body that is none is 400, of one that is too large 413", async () => {
    const broken = await inject("POST", "/subscriber/add-tag", {
      headers: { "content-type": "application/json" },
      payload: "{",
    });
    expect([broken.statusCode, broken.json()]).toEqual([400, { message: expect.any(String) }]);
    const large = await inject("POST", "/subscriber/add-tag", { payload: { user_ns: "x".repeat(1024 * 1024) } });
    expect([large.statusCode, large.json()]).toEqual([413, { message: expect.any(String) }]);
  });

  it("of too many requests is 429 with Retry-After", async () => {
    const slow = await testServer({ requestsPerSecond: 1 });
    try {
      const other = await aTenant(slow);
      const headers = { authorization: `Bearer ${await other.mintToken({ kind: "uchat" })}` };
      const answers = await Promise.all(
        [1, 2].map(() => slow.app.inject({ method: "GET", url: `${base}/subscriber/get-info`, headers })),
      );
      const refused = answers.find(({ statusCode }) => statusCode === 429);
      expect(refused?.json()).toEqual({ message: expect.stringContaining("requests a second") });
      expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(0);
    } finally {
      await slow.close();
    }
  });
});

describe("the documents", () => {
  it("list every endpoint with its answer", async () => {
    const document = (await server.app.inject("/compat/uchat/api-docs")).json();
    expect(document.openapi).toBe("3.1.0");
    expect(document.servers).toEqual([{ url: "https://bots.example/compat/uchat/api" }]);
    for (const { path, method } of endpoints) {
      const operation = document.paths[path][method.toLowerCase()];
      expect(operation.summary.length, path).toBeGreaterThan(5);
      expect(operation.responses[200].content["application/json"].schema.type, path).toBe("object");
    }
    const body = document.paths["/subscriber/add-tags"].post.requestBody.content["application/json"].schema;
    expect(body).toMatchObject({
      required: ["user_ns", "data"],
      properties: { user_ns: { type: "string" }, data: { items: { properties: { tag_ns: { type: "string" } } } } },
    });
  });

  it("have a page whose files come from this server", async () => {
    expect((await server.app.inject("/compat/uchat/api-docs/")).json().openapi).toBe("3.1.0");
    expect((await server.app.inject("/compat/uchat/api/")).statusCode).toBe(200);
    const page = await server.app.inject("/compat/uchat/api");
    expect([page.statusCode, page.headers["content-type"]]).toEqual([200, expect.stringContaining("text/html")]);
    const base = /<base href="([^"]+)">/.exec(page.body)?.[1];
    const script = /src="([^"]+)"/.exec(page.body)?.[1];
    const address = new URL(script ?? "", new URL(base ?? "", "http://x/")).pathname;
    const file = await server.app.inject(address);
    expect([file.statusCode, file.headers["content-type"]]).toEqual([200, expect.stringContaining("javascript")]);
  });

  it("name no endpoint twice", () => {
    const names = endpoints.map(({ method, path }) => `${method} ${path}`);
    expect(names).toEqual([...new Set(names)]);
  });
});
