import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../test/server.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const inject = (options: InjectOptions | string) => server.app.inject(options);

describe("bad requests", () => {
  const authorized = () => ({ authorization: `Bearer ${tenant.token}`, "content-type": "application/json" });

  it("to an address that is not there are answered 404 in the one shape", async () => {
    const answer = await inject({ method: "GET", url: "/api/v1/nothing" });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({
      error: { code: "request.not_found", message: expect.any(String), requestId: expect.any(String) },
    });
  });

  it("for a file of the admin that is gone are answered 404, as an open page of an older release asks for it", async () => {
    const answer = await inject({ method: "GET", url: "/assets/of-an-older-release.js" });
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, "request.not_found"]);
  });

  it.each(["/health/live/", "/api/v1/tags//"])("with a slash too much at the end of %s are told so", async (url) => {
    const answer = await inject({ method: "GET", url, headers: authorized() });
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, "request.not_found"]);
  });

  it.each([
    ["PUT", "/api/v1/contacts", "GET, POST"],
    ["DELETE", "/health/live", "GET, HEAD"],
    ["DELETE", "/webhooks/1", "GET, POST"],
    ["PATCH", "/api/v1/flows/abc/draft", "GET, PUT"],
  ] as const)("with the wrong method %s on %s name those it takes", async (method, url, allow) => {
    const answer = await inject({ method, url, headers: authorized() });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, allow]);
    expect(answer.json().error.code).toBe("request.method_not_allowed");
  });

  it.each([
    ["malformed JSON", '{"name":', "request.malformed", 400],
    ["broken UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), "request.bad_encoding", 400],
    ["U+0000 in a text", '{"name":"a\\u0000b"}', "request.bad_encoding", 400],
    ["half a surrogate pair", '{"name":"\\ud83d"}', "request.bad_encoding", 400],
    ["a prototype in it", '{"__proto__":{"name":"x"}}', "request.malformed", 400],
    ["too much", `{"name":"${"x".repeat(1024 * 1024)}"}`, "request.too_large", 413],
    ["what does not fit", '{"name":7}', "request.invalid", 422],
    ["a key that is not known", '{"name":"a","colour":"red"}', "request.invalid", 422],
    ["nothing", "", "request.invalid", 422],
  ])("with %s in the body are refused", async (_what, payload, code, status) => {
    const answer = await inject({ method: "POST", url: "/api/v1/tags", headers: authorized(), payload });
    expect([answer.json().error.code, answer.statusCode]).toEqual([code, status]);
  });

  it("let a backslash before u0000 pass, which is text", async () => {
    const answer = await inject({
      method: "POST",
      url: "/api/v1/tags",
      headers: authorized(),
      payload: JSON.stringify({ name: "a\\u0000b" }),
    });
    expect(answer.json()).toMatchObject({ name: "a\\u0000b" });
  });

  it("with another content type are refused", async () => {
    const headers = { ...authorized(), "content-type": "application/x-www-form-urlencoded" };
    const answer = await inject({ method: "POST", url: "/api/v1/tags", headers, payload: "name=x" });
    expect([answer.statusCode, answer.json().error.code]).toEqual([415, "request.unsupported_media_type"]);
  });

  it("name each place that does not fit", async () => {
    const answer = await inject({
      method: "GET",
      url: "/api/v1/contacts?limit=9999&colour=red",
      headers: authorized(),
    });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().error.details).toEqual(
      expect.arrayContaining([expect.objectContaining({ path: "querystring.limit" })]),
    );
  });

  it.each([
    "/api/v1/contacts?q=%ff",
    "/api/v1/contacts/cuid:%00",
    "/api/v1/tags/%E0%A4",
    "/webhooks/%ff",
    "/webhooks/in/%00",
    "/auth/x%00",
    "/health/live?a=%00",
  ])("with escapes in %s that are no UTF-8 text are refused", async (url) => {
    const answer = await inject({ method: "GET", url, headers: authorized() });
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, "request.bad_encoding"]);
  });

  it.each([
    ["no HTTP at all", "NONSENSE\r\n\r\n", "request.malformed"],
    [
      "raw Cyrillic in the address",
      "GET /compat/uchat/api/flow/tags?a=Курс HTTP/1.1\r\nhost: x\r\n\r\n",
      "request.bad_encoding",
    ],
  ])("that are %s are answered and cut off", async (_what, bytes, code) => {
    const answer = await sendRaw(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "").error.code).toBe(code);
  });
});

async function sendRaw(bytes: string): Promise<string> {
  if (!server.app.server.listening) await server.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.app.server.address() as { port: number };
  return await new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (data) => {
      text += data.toString();
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

describe("the answers", () => {
  it("carry the headers that keep browsers from doing anything with them", async () => {
    const { headers } = await tenant.call("GET", "/tags");
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "cache-control": "no-store",
    });
  });

  it("tell whether the process lives and is ready, and what it counts", async () => {
    expect((await inject("/health/live")).json()).toEqual({ status: "live" });
    expect((await inject("/health/ready")).json()).toEqual({ status: "ready" });
    expect((await inject({ method: "HEAD", url: "/health/ready" })).statusCode).toBe(200);
    for (const url of ["/chat/nobody", "/files/none/a.png"])
      expect((await inject({ method: "HEAD", url })).statusCode).toBe(
        (await inject({ method: "GET", url })).statusCode,
      );
    const metrics = await inject("/metrics");
    expect(metrics.body).toContain('repartee_http_seconds_count{method="GET",route="/health/live",status="200"}');
    expect(metrics.body).toContain("process_cpu_seconds_total");
  });
});

describe("the log", () => {
  it("never holds a token, neither of a header nor of an address", async () => {
    await inject({ method: "GET", url: `/compat/bothelp/gc?domain_name=x&token=${tenant.token}` });
    await tenant.call("GET", `/contacts?q=${tenant.token}`);
    expect(server.logged.length).toBeGreaterThan(0);
    expect(server.logged.join("")).not.toContain(tenant.token);
  });

  it("has no line for each file that a page loads, but where it tells everything", async () => {
    const built = await readdir(new URL("../../dist/web/admin/assets", import.meta.url)).catch(() => []);
    const files = built.filter((name) => name.endsWith(".js")).slice(0, 1);
    for (const name of files) await inject(`/assets/${name}`);
    for (const url of ["/widget.js", "/sign-in"]) await inject(url);
    const lines = server.logged.map((line) => JSON.parse(line) as { level: number; route?: string });
    const levelOf = (wanted: string) => lines.findLast(({ route }) => route === wanted)?.level;
    expect([levelOf("/widget.js"), levelOf("/sign-in")]).toEqual([20, 30]);
    // Pages may not be built where only the server is tested.
    expect(levelOf("/assets/*")).toBe(files.length === 0 ? undefined : 20);
  });
});
