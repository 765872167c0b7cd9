import type { InjectOptions } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../test/server.ts";
import { addressOf } from "./address-limit.ts";
import { listRoutes } from "./allowed-methods.ts";

/** Routes that answer somebody without a token or a session, and hold back an address that asks for too much. */
const byAddress = `
  GET /oauth/callback
  GET /auth/session
  POST /auth/session
  DELETE /auth/session
  POST /auth/setup
  POST /auth/password
  POST /auth/password-reset
  POST /auth/password-reset/look
  POST /auth/password-reset/use
  POST /auth/email-change
  POST /auth/email-change/look
  POST /auth/email-change/use
  POST /auth/proof
  POST /auth/workspaces
  DELETE /auth/account
  GET /auth/invitations/:secret
  POST /auth/invitations/:secret
  POST /auth/passkeys
  POST /auth/passkeys/begin
  POST /auth/passkeys/challenge
  POST /auth/passkeys/session
  PATCH /auth/passkeys/:id
  DELETE /auth/passkeys/:id
  POST /auth/second-factor
  POST /auth/second-factor/confirm
  POST /auth/second-factor/recovery-codes
  POST /auth/second-factor/off
  GET /e/*
  POST /e/*
  GET /l/:token
  HEAD /l/:token
  GET /files/:key/:name
  HEAD /files/:key/:name
  POST /compat/bothelp/oauth2/token
  POST /compat/bothelp/oauth2/token/
  GET /compat/bothelp/swagger/api.json
  GET /compat/bothelp/swagger
  GET /compat/bothelp/swagger/*
  GET /compat/uchat/api-docs
  GET /compat/uchat/api-docs/
  GET /compat/uchat/api
  GET /compat/uchat/api/
  GET /compat/uchat/api/js/*
  GET /api/v1/openapi.json
  GET /api/v1/docs
  GET /api/v1/docs/*
  OPTIONS /webchat/:bot/*
  POST /webchat/:bot/session
  GET /webchat/:bot/socket
  POST /webchat/:bot/messages
  GET /webchat/:bot/messages
  GET /webchat/:bot/history
  GET /widget.js
  HEAD /widget.js
  GET /chat/:bot
  HEAD /chat/:bot
  GET /
  HEAD /
  GET /sign-in
  HEAD /sign-in
  GET /second-factor
  HEAD /second-factor
  GET /forgotten-password
  HEAD /forgotten-password
  GET /new-password
  HEAD /new-password
  GET /confirm-email
  HEAD /confirm-email
  GET /setup
  HEAD /setup
  GET /invitation/:secret
  HEAD /invitation/:secret
  GET /w/*
  HEAD /w/*
  HEAD /assets/*
  GET /assets/*
`;
/** The same, where many good calls come from one address: only those count that are refused as a stranger's. A good one carries a token, a signature, or an id that nobody guesses, and has a limit by that. */
const byRefusals = `
  GET /compat/bothelp/gc
  POST /compat/bothelp/gc
  GET /webhooks/:channelId
  POST /webhooks/:channelId
  POST /webhooks/in/:uid
  POST /webhooks/in/:uid/
`;
const watching = "a look at the process, for whoever watches over it; the proxy keeps it from the public";
const withReason: Readonly<Record<string, string>> = {
  "GET /health/live": watching,
  "HEAD /health/live": watching,
  "GET /health/ready": watching,
  "HEAD /health/ready": watching,
  "GET /metrics": watching,
};
const linesOf = (text: string) => text.trim().split(/\n\s*/);

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const most = 5;
type Method = NonNullable<InjectOptions["method"]>;

/** Asks as a stranger. */
const ask = async ({ app }: TestServer, method: string, url: string, address: string) =>
  await app.inject({
    method: method as Method,
    url: url.replace(/:[A-Za-z_]+/g, "1").replace("*", "x"),
    remoteAddress: address,
    headers: { "sec-fetch-site": "same-origin", "content-type": "application/json" },
    ...(["GET", "HEAD", "OPTIONS"].includes(method) ? {} : { payload: "{}" }),
  });

const limited = [
  ...linesOf(byAddress).map((route) => [route, most] as const),
  ...linesOf(byRefusals).map((route) => [route, 1] as const),
];

describe("a route that asks for no token", () => {
  it("stands in one of the tables, and nothing else does", async () => {
    server = await testServer({ requestsPerSecond: 100_000 });
    const open: string[] = [];
    for (const { url, methods } of listRoutes(server.app)) {
      for (const method of methods) {
        const { statusCode } = await ask(server, method, url, "10.0.0.1");
        if (statusCode !== 401) open.push(`${method} ${url}`);
      }
    }
    // An action link brings its token in the address.
    const known = [...limited.map(([route]) => route), ...Object.keys(withReason)].filter(
      (one) => !one.endsWith("/gc"),
    );
    expect(open.sort()).toEqual(known.sort());
  });

  it("answers 429 with Retry-After to an address that asks for too much, hears others, and hears it again", async () => {
    server = await testServer({ requestsPerSecond: most });
    let n = 0;
    for (const [route, before] of limited) {
      n += 1;
      const [method = "", url = ""] = route.split(" ");
      const address = `10.1.0.${n}`;
      const answers: number[] = [];
      for (let turn = 0; turn <= before + 1; turn += 1) {
        const { statusCode, headers } = await ask(server, method, url, address);
        answers.push(statusCode);
        if (statusCode === 429) expect([route, headers["retry-after"]]).toEqual([route, "1"]);
      }
      expect([route, answers.slice(0, before).includes(429), answers.at(-1)]).toEqual([route, false, 429]);
      expect((await ask(server, method, url, `10.2.0.${n}`)).statusCode).not.toBe(429);
      server.pass(1_001);
      expect([route, (await ask(server, method, url, address)).statusCode === 429]).toEqual([route, false]);
    }
  });

  it("goes by the address that a trusted proxy names, and believes nobody else", async () => {
    server = await testServer({ requestsPerSecond: 1, trustedProxies: ["10.9.0.0/16"] });
    const { app } = server;
    const look = async (remoteAddress: string, forwarded: string) =>
      (await app.inject({ url: "/sign-in", remoteAddress, headers: { "x-forwarded-for": forwarded } })).statusCode;
    expect([await look("10.9.0.1", "1.1.1.1"), await look("10.9.0.1", "1.1.1.2")]).not.toContain(429);
    expect(await look("10.9.0.1", "9.9.9.9, 1.1.1.1")).toBe(429);
    expect([await look("10.8.0.1", "1.1.1.3"), await look("10.8.0.1", "1.1.1.4")].at(-1)).toBe(429);
  });
});

it("counts an IPv6 network as one address", () => {
  const one = addressOf({ ip: "2001:db8:1:2::1" });
  expect(addressOf({ ip: "2001:db8:1:2:ffff::9" })).toBe(one);
  expect(addressOf({ ip: "2001:db8:1:3::1" })).not.toBe(one);
  expect(addressOf({ ip: "::ffff:10.0.0.1" })).toBe("10.0.0.1");
});
