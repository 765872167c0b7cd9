import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aReceiver, type Receiver } from "../../../test/receiver.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { logIntegrationCall } from "../../store/integration-log-store.ts";
import { makeState } from "../oauth-callback.ts";

let server: TestServer;
let tenant: Tenant;
let receiver: Receiver;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  receiver = await aReceiver();
});
afterAll(async () => {
  await receiver.close();
  await server.close();
});

const key = "k3y-of-the-school";
const make = async (settings: object = { account: receiver.url, key }) =>
  await tenant.call("POST", "/integrations", { body: { kind: "getcourse", name: "School", settings } });

describe("/integrations", () => {
  it("sets one up, shows it without its secrets, changes and deletes it", async () => {
    const made = await make();
    expect([made.statusCode, made.json()]).toEqual([
      201,
      expect.objectContaining({
        kind: "getcourse",
        name: "School",
        settings: { account: receiver.url, key: "••••••••", cuidField: "bothelp_id" },
        active: true,
        error: null,
      }),
    ]);
    const { id } = made.json();
    const row = await server.database.db
      .selectFrom("integrations")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(key);
    const changed = await tenant.call("PATCH", `/integrations/${id}`, {
      body: { name: "Other", settings: { cuidField: "", key: "••••••••" } },
    });
    expect(changed.json()).toMatchObject({ name: "Other", settings: { cuidField: "", key: "••••••••" } });
    receiver.answer("/pl/api/users", (call, response) => {
      const isOurs = new URLSearchParams(call.body).get("key") === key;
      response.end(JSON.stringify({ success: false, error_message: isOurs ? "email is empty" : "wrong key" }));
    });
    expect((await tenant.call("GET", `/integrations/${id}/health`)).json()).toMatchObject({ ok: true });
    await tenant.call("PATCH", `/integrations/${id}`, { body: { settings: { key: "another" } } });
    expect((await tenant.call("GET", `/integrations/${id}/health`)).json()).toMatchObject({ ok: false });
    expect((await tenant.call("GET", "/integrations")).json().data).toHaveLength(1);
    expect((await tenant.call("DELETE", `/integrations/${id}`)).statusCode).toBe(204);
    expect((await tenant.call("GET", `/integrations/${id}`)).json()).toMatchObject({
      error: { code: "integration.not_found" },
    });
  });

  it("says what is wrong with what it is given", async () => {
    const bad = await make({ account: "two words" });
    expect([bad.statusCode, bad.json().error.code]).toEqual([422, "integration.invalid_settings"]);
    expect(bad.json().error.details.map(({ path }: { path: string }) => path)).toEqual(["account", "key"]);
    const unknown = await tenant.call("POST", "/integrations", { body: { kind: "elsewhere", name: "X" } });
    expect(unknown.json().error).toMatchObject({
      code: "integration.unknown_kind",
      message: expect.stringContaining("getcourse"),
    });
    const { id } = (await make()).json();
    expect((await tenant.call("GET", `/integrations/${id}/lookups/pipelines`)).json().error.code).toBe(
      "integration.no_lookup",
    );
    expect((await tenant.call("POST", `/integrations/${id}/authorize`)).json().error.code).toBe("integration.no_oauth");
  });

  it("is not changed by a token of one bot", async () => {
    const token = await tenant.mintToken({ botId: tenant.bot.id });
    const refused = await tenant.call("POST", "/integrations", { token, body: { kind: "getcourse", name: "X" } });
    expect(refused.json().error.code).toBe("token.bot_bound");
  });
});

describe("a call that failed for good", () => {
  it("is sent again from the log, once, and not by a stranger", async () => {
    const job = { kind: "call-integration", data: { attempt: 1 } };
    await logIntegrationCall(server.database.db, {
      workspaceId: tenant.workspace.id,
      integration: "getcourse",
      direction: "out",
      ok: false,
      summary: "no",
      request: null,
      response: null,
      durationMs: 1,
      job,
      at: new Date(server.now()),
    });
    const [entry] = (await tenant.call("GET", "/integration-log?ok=false")).json().data;
    expect(entry).toMatchObject({ canRetry: true, retriedAt: null, attempt: 1 });
    const stranger = await aTenant(server);
    expect((await stranger.call("POST", `/integration-log/${entry.id}/retry`)).json().error.code).toBe(
      "integration_call.not_found",
    );
    const answer = await tenant.call("POST", `/integration-log/${entry.id}/retry`);
    expect(answer.statusCode).toBe(202);
    expect(server.enqueued.at(-1)).toEqual(job);
    expect((await tenant.call("POST", `/integration-log/${entry.id}/retry`)).statusCode).toBe(409);
    expect((await tenant.call("GET", "/integration-log?ok=false")).json().data[0]).toMatchObject({ canRetry: false });
  });

  it("are found by when they were, up to a moment that is not in it", async () => {
    const own = await aTenant(server);
    for (const day of [1, 2, 3]) {
      const at = new Date(Date.UTC(2026, 0, day));
      const call = { integration: "getcourse", direction: "out", ok: true, summary: `day ${day}` } as const;
      const more = { request: {}, response: {}, durationMs: 1, at, workspaceId: own.workspace.id };
      await logIntegrationCall(server.database.db, { ...call, ...more });
    }
    const found = await own.call("GET", "/integration-log?from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z");
    expect(found.json().data.map(({ summary }: { summary: string }) => summary)).toEqual(["day 2"]);
  });
});

describe("coming back from a sign-in", () => {
  const comeBack = async (query: Record<string, string>) =>
    await server.app.inject({ url: `/oauth/callback?${new URLSearchParams(query)}` });

  it("needs a state of ours that is not too old", async () => {
    const { id } = (await make()).json();
    const state = makeState({ secretKey: server.secretKey, now: () => server.now(), publicUrl: "" }, id);
    for (const wrong of ["", "1.2.3", state.slice(0, -2), `9${state}`]) {
      expect((await comeBack({ state: wrong, code: "c" })).statusCode, wrong).toBe(400);
    }
    expect((await comeBack({ state, error: "access_denied", error_description: "<b>no</b>" })).body).toContain(
      "&#60;b&#62;no",
    );
    server.pass(16 * 60_000);
    expect((await comeBack({ state, code: "c" })).body).toContain("took too long");
  });
});
