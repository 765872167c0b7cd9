import { createHash } from "node:crypto";
import fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../test/server.ts";
import { createChannel } from "../store/channel-store.ts";
import { listRoutes } from "./allowed-methods.ts";
import { addBaseHeaders } from "./security-headers.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  const settings = { allowedOrigins: ["https://shop.example"] };
  const bot = { id: tenant.bot.id, workspaceId: tenant.workspace.id };
  const channel = { kind: "webchat", name: "Chat", settings, sealedSecrets: null, status: "connected" } as const;
  await createChannel(server.database.db, bot, channel);
});
afterAll(() => server.close());

const everywhere = {
  "x-content-type-options": "nosniff",
  "permissions-policy": expect.stringContaining("camera=(), microphone=()"),
  "cross-origin-opener-policy": "same-origin",
  "strict-transport-security": "max-age=63072000",
  "referrer-policy": expect.stringMatching(/^(same-origin|no-referrer)$/),
};

const toPolicy = (header: unknown) =>
  new Map(
    String(header)
      .split("; ")
      .map((line) => [line.split(" ", 1)[0], line.split(" ").slice(1).join(" ")] as const),
  );

it("every address, whatever it answers, says that browsers take nothing for what it is not", async () => {
  const seen: string[] = [];
  for (const { url, methods } of listRoutes(server.app)) {
    if (url.endsWith("/live") || url.endsWith("/socket") || !methods.includes("GET")) continue;
    const answer = await server.app.inject({ url: url.replace(/:[A-Za-z_]+/g, "1").replace("*", "x") });
    expect({ url, ...answer.headers }).toMatchObject({ url, ...everywhere });
    expect(answer.headers["cross-origin-resource-policy"]).toMatch(/^(same-origin|cross-origin)$/);
    // `default-src` stands in for what loads something (`object-src` among it), and for none of the others.
    const policy = toPolicy(answer.headers["content-security-policy"]);
    expect([url, policy.get("default-src"), policy.get("base-uri")]).toEqual([url, "'none'", "'none'"]);
    expect([url, policy.get("form-action")]).toEqual([url, expect.stringMatching(/^'(none|self)'$/)]);
    expect([url, policy.get("frame-ancestors")]).toEqual([url, expect.stringMatching(/^'(none|self)'/)]);
    seen.push(url);
  }
  expect(seen.length).toBeGreaterThan(150);
  expect((await server.app.inject({ url: "/nowhere" })).headers).toMatchObject(everywhere);
});

describe("a page", () => {
  const policyOf = async (url: string) =>
    toPolicy((await server.app.inject({ url })).headers["content-security-policy"]);

  it("of the chat runs no script but ours, and is framed by the channel's own sites alone", async () => {
    const policy = await policyOf(`/chat/${tenant.bot.ref}`);
    expect(policy.get("default-src")).toBe("'none'");
    expect(policy.get("script-src")).toBe("'self'");
    expect(policy.get("style-src")).toMatch(/^'sha256-/);
    expect(policy.get("frame-ancestors")).toBe("'self' https://shop.example");
    expect((await policyOf("/chat/nobody")).get("frame-ancestors")).toBe("'self'");
  });
});

it("a page that shows an API's document runs the script that stands in it, and no other", async () => {
  for (const url of ["/api/v1/docs/", "/compat/uchat/api", "/compat/bothelp/swagger/"]) {
    const { headers, body } = await server.app.inject({ url });
    const within = [...body.matchAll(/<script(?![^>]*src=)[^>]*>([\s\S]*?)<\/script>/g)].map(
      ([, script = ""]) => script,
    );
    expect([url, within.length]).toEqual([url, 1]);
    const hashes = within.map((script) => ` 'sha256-${createHash("sha256").update(script).digest("base64")}'`).join("");
    expect(headers["content-security-policy"]).toContain(`; script-src 'self'${hashes};`);
  }
});

it("speaks for names below its own only where whoever runs it says so", async () => {
  const app = fastify();
  addBaseHeaders(app, { publicUrl: "https://bots.example", hstsSubdomains: true });
  app.get("/", async () => "");
  expect((await app.inject("/")).headers["strict-transport-security"]).toBe("max-age=63072000; includeSubDomains");
  await app.close();
});

it("says nothing of HTTPS where the server's own address is plain http", async () => {
  const app = fastify();
  addBaseHeaders(app, { publicUrl: "http://127.0.0.1:3000" });
  app.get("/", async () => "");
  expect((await app.inject("/")).headers).not.toHaveProperty("strict-transport-security");
  await app.close();
});
