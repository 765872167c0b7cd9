import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
let secret: string;
beforeEach(async () => {
  tenant = await aTenant(server);
  secret = await tenant.mintToken({ kind: "bothelp" });
});

const url = "/compat/bothelp/oauth2/token";

async function ask(payload: string | object, contentType?: string, headers: Readonly<Record<string, string>> = {}) {
  const type = contentType === undefined ? {} : { "content-type": contentType };
  return await server.app.inject({ method: "POST", url, headers: { ...type, ...headers }, payload });
}

const credentials = () => ({
  grant_type: "client_credentials",
  client_id: tenant.workspace.domain,
  client_secret: secret,
});
const urlencoded = (form: object = credentials()) => new URLSearchParams(form as Record<string, string>).toString();

/** As PHP's Guzzle writes multipart: with a length in each part. */
function multipart(form: object = credentials()): string {
  const parts = Object.entries(form).map(
    ([name, value]: [string, string]) =>
      `--xyz\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Length: ${value.length}\r\n\r\n${value}\r\n`,
  );
  return `${parts.join("")}--xyz--\r\n`;
}

const answerSchema = z.strictObject({
  access_token: z.string().min(1),
  token_type: z.literal("Bearer"),
  expires_in: z.literal(3600),
});
const errorSchema = z.strictObject({ error: z.string(), error_description: z.string().min(1) });

async function listBots(bearer: string): Promise<number> {
  const headers = { authorization: `Bearer ${bearer}` };
  return (await server.app.inject({ url: "/compat/bothelp/api/v1/bots", headers })).statusCode;
}

describe("the token endpoint", () => {
  it.each([
    ["a urlencoded form", () => ask(urlencoded(), "application/x-www-form-urlencoded")],
    ["multipart/form-data", () => ask(multipart(), 'multipart/form-data; boundary="xyz"')],
    ["JSON", () => ask(JSON.stringify(credentials()), "application/json")],
    ["JSON that calls itself a form", () => ask(JSON.stringify(credentials()), "application/x-www-form-urlencoded")],
    [
      "the token's id for client_id",
      async () => ask(urlencoded({ ...credentials(), client_id: await tokenId() }), form),
    ],
    ["a Basic header", () => ask("grant_type=client_credentials", form, { authorization: basic() })],
  ])("gives an access token for %s", async (_what, send) => {
    const answer = await send();
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    const { access_token: token } = answerSchema.parse(answer.json());
    expect(token).not.toContain(secret);
    expect(await listBots(token)).toBe(200);
  });

  it("works with a slash at the end, without a redirect", async () => {
    const answer = await server.app.inject({
      method: "POST",
      url: `${url}/`,
      headers: { "content-type": form },
      payload: urlencoded(),
    });
    expect(answer.statusCode).toBe(200);
  });

  it.each([
    ["no grant_type", { grant_type: undefined }, 400, "invalid_request"],
    ["another grant_type", { grant_type: "password" }, 400, "unsupported_grant_type"],
    ["no client_id", { client_id: undefined }, 400, "invalid_request"],
    ["no client_secret", { client_secret: "" }, 400, "invalid_request"],
    ["a wrong secret", { client_secret: "rp_bothelp_wrong" }, 401, "invalid_client"],
    ["an unknown client_id", { client_id: "nosuch" }, 401, "invalid_client"],
  ])("refuses %s in OAuth's shape", async (_what, change, status, error) => {
    const answer = await ask(JSON.stringify({ ...credentials(), ...change }), "application/json");
    expect([answer.statusCode, errorSchema.parse(answer.json()).error]).toEqual([status, error]);
  });

  it("refuses another workspace's domain, and a token of another kind", async () => {
    const other = await aTenant(server);
    for (const change of [{ client_id: other.workspace.domain }, { client_secret: tenant.token }]) {
      const answer = await ask(urlencoded({ ...credentials(), ...change }), form);
      expect([answer.statusCode, errorSchema.parse(answer.json()).error]).toEqual([401, "invalid_client"]);
    }
  });

  it.each([
    ["broken JSON", "{{", "application/json", 400],
    ["broken multipart", "--nothing", "multipart/form-data; boundary=xyz", 400],
    ["no UTF-8", Buffer.from([0x61, 0x3d, 0xff]), "application/x-www-form-urlencoded", 400],
    ["more than 1 MiB", "x".repeat(1024 * 1024 + 1), "application/json", 413],
    ["nothing", "", "application/json", 400],
  ])("refuses a body of %s", async (_what, payload, type, status) => {
    const answer = await ask(payload, type);
    expect([answer.statusCode, errorSchema.parse(answer.json()).error]).toEqual([status, "invalid_request"]);
  });

  it("is asked by POST alone", async () => {
    const answer = await server.app.inject({ method: "GET", url });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, "POST"]);
    errorSchema.parse(answer.json());
  });
});

describe("an access token", () => {
  const mint = async () => answerSchema.parse((await ask(urlencoded(), form)).json()).access_token;

  it("lives for an hour", async () => {
    const token = await mint();
    server.pass(3599_000);
    expect(await listBots(token)).toBe(200);
    server.pass(1_000);
    expect(await listBots(token)).toBe(401);
  });

  it("dies within 3 seconds with the token that it was made from, and no new one is given", async () => {
    const token = await mint();
    expect(await listBots(token)).toBe(200);
    expect((await tenant.call("DELETE", `/tokens/${await tokenId()}`)).statusCode).toBe(204);
    server.pass(3_000);
    expect(await listBots(token)).toBe(401);
    expect(await listBots(secret)).toBe(401);
    expect((await ask(urlencoded(), form)).statusCode).toBe(401);
  });

  it("cannot be made up", async () => {
    const [, id, end, signature] = (await mint()).split(".");
    for (const forged of [
      `bh.${id}.${Number(end) + 1}.${signature}`,
      `bh.${Number(id) + 1}.${end}.${signature}`,
      `bh.${id}.${end}.${signature?.slice(0, -2)}AA`,
      `bh.${id}.${end}.`,
      `bh.${id}`,
    ]) {
      expect([forged, await listBots(forged)]).toEqual([forged, 401]);
    }
  });

  it("is not needed: the long-lived token opens the door as well", async () => {
    expect(await listBots(secret)).toBe(200);
  });

  it("opens no other door", async () => {
    const answer = await tenant.call("GET", "/contacts", { token: await mint() });
    expect(answer.statusCode).toBe(401);
  });
});

it("gives a token's clients so many access tokens a second", async () => {
  const narrow = await testServer({ requestsPerSecond: 2 });
  try {
    const { workspace, mintToken } = await aTenant(narrow);
    const body = { ...credentials(), client_id: workspace.domain, client_secret: await mintToken({ kind: "bothelp" }) };
    const headers = { "content-type": form };
    const payload = urlencoded(body);
    const calls = Array.from({ length: 9 }, () => narrow.app.inject({ method: "POST", url, headers, payload }));
    const refused = (await Promise.all(calls)).filter(({ statusCode }) => statusCode === 429);
    // A second may have passed in between.
    expect(refused.length).toBeGreaterThanOrEqual(5);
    expect(refused[0]?.headers["retry-after"]).toBe("1");
    errorSchema.parse(refused[0]?.json());
  } finally {
    await narrow.close();
  }
});

const form = "application/x-www-form-urlencoded";
const basic = () => `Basic ${Buffer.from(`${tenant.workspace.domain}:${secret}`).toString("base64")}`;

async function tokenId(): Promise<string> {
  const { data } = (await tenant.call("GET", "/tokens")).json();
  return String(data.find(({ kind }: { kind: string }) => kind === "bothelp").id);
}
