import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outboundToLoopback } from "../../../test/outbound.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { recordingLog } from "../../../test/shell.ts";
import {
  type AmocrmStandIn,
  amocrmClient,
  longLivedToken,
  startAmocrmStandIn,
} from "../../../test/stand-ins/amocrm.ts";
import { callIntegration } from "../../shell/jobs/call-integration.ts";

let server: TestServer;
let standIn: AmocrmStandIn;
beforeAll(async () => {
  server = await testServer();
  standIn = await startAmocrmStandIn({ now: () => server.now() });
});
afterAll(async () => {
  await standIn.close();
  await server.close();
});

const make = async (tenant: Tenant, settings: Record<string, string> = amocrmClient): Promise<number> => {
  const body = { kind: "amocrm", name: "CRM", settings: { account: standIn.url, ...settings } };
  return (await tenant.call("POST", "/integrations", { body })).json().id;
};
const comeBack = async (query: Record<string, string>) =>
  await server.app.inject({ url: `/oauth/callback?${new URLSearchParams(query)}` });
const health = async (tenant: Tenant, id: number) => (await tenant.call("GET", `/integrations/${id}/health`)).json();

describe("signing in at amoCRM", () => {
  it("goes through the browser, and leaves tokens that nobody can read", async () => {
    const tenant = await aTenant(server);
    const id = await make(tenant);
    expect(await health(tenant, id)).toEqual({ ok: false, message: expect.stringContaining("nobody has signed in") });
    const { url, redirectUri } = (await tenant.call("POST", `/integrations/${id}/authorize`)).json();
    expect(redirectUri).toBe("https://bots.example/oauth/callback");
    const answer = standIn.signIn(url);
    const refused = await comeBack({ ...answer, state: `${answer.state}x` });
    expect(refused.statusCode).toBe(400);
    const elsewhere = await comeBack({ ...answer, referer: "evil.example" });
    expect([elsewhere.statusCode, elsewhere.body]).toEqual([
      502,
      expect.stringContaining("you chose the account evil.example"),
    ]);
    expect(standIn.calls).toEqual([]);
    expect((await comeBack(answer)).statusCode).toBe(200);
    expect(standIn.calls[0]?.body).toEqual({
      client_id: amocrmClient.clientId,
      client_secret: amocrmClient.clientSecret,
      grant_type: "authorization_code",
      code: answer.code,
      redirect_uri: redirectUri,
    });
    expect(await health(tenant, id)).toEqual({ ok: true, message: 'amoCRM answers: the account is "School"' });
    const shown = (await tenant.call("GET", `/integrations/${id}`)).json();
    expect(shown.settings).toMatchObject({ accessToken: "••••••••", refreshToken: "••••••••", redirectUri });
    // A code is good for one time.
    const again = await comeBack(answer);
    expect([again.statusCode, again.body]).toEqual([502, expect.stringContaining("Authorization code has expired")]);
    expect(await health(tenant, id)).toMatchObject({ ok: true });
  });

  it("needs integration ID and secret key; a long-lived token does without", async () => {
    const tenant = await aTenant(server);
    const id = await make(tenant, { accessToken: longLivedToken });
    const refused = await tenant.call("POST", `/integrations/${id}/authorize`);
    expect(refused.json().error).toMatchObject({
      code: "integration.refused",
      message: expect.stringContaining("integration ID and secret key"),
    });
    expect(await health(tenant, id)).toMatchObject({ ok: true });
    const none = await tenant.call("POST", "/integrations", {
      body: { kind: "amocrm", name: "CRM", settings: { account: standIn.url } },
    });
    expect([none.statusCode, none.json().error.code]).toEqual([422, "integration.invalid_settings"]);
  });
});

describe("what forms offer", () => {
  it("comes from amoCRM: pipelines with statuses, users, custom fields", async () => {
    const tenant = await aTenant(server);
    const id = await make(tenant, { accessToken: longLivedToken });
    const lookUp = async (name: string) => (await tenant.call("GET", `/integrations/${id}/lookups/${name}`)).json();
    const pipelines = await lookUp("pipelines");
    expect(pipelines.data.map(({ name }: { name: string }) => name)).toEqual(["Sales", "Courses"]);
    expect(pipelines.data[0]).toMatchObject({
      id: 3101,
      isMain: true,
      statuses: [{ id: 31011 }, { id: 31012 }, { id: 142 }, { id: 143 }],
    });
    expect((await lookUp("users")).data).toContainEqual({ id: 7001, name: "Olga", email: "olga@school.example" });
    expect((await lookUp("deal_fields")).data).toContainEqual({
      id: 603,
      name: "Level",
      code: null,
      type: "select",
      options: ["new", "yes"],
    });
    expect((await lookUp("contact_fields")).data).toContainEqual(expect.objectContaining({ code: "PHONE" }));
    standIn.fail({ path: "/api/v4/leads/pipelines", status: 204 });
    expect(await lookUp("pipelines")).toEqual({ data: [] });
    standIn.fail({ path: "/api/v4/users", status: 403, detail: "Only for administrators" });
    expect((await lookUp("users")).error).toMatchObject({
      code: "integration.refused",
      message: expect.stringContaining("Only for administrators"),
    });
    expect((await tenant.call("GET", "/integration-kinds")).json().data).toContainEqual(
      expect.objectContaining({
        kind: "amocrm",
        oauth: true,
        lookups: ["pipelines", "users", "deal_fields", "contact_fields"],
      }),
    );
  });
});

describe("a deal by the API", () => {
  /** Runs what was enqueued since, as a worker would. */
  async function work(from: number): Promise<void> {
    for (const { data } of server.enqueued.slice(from)) {
      await callIntegration.run(data, {
        db: server.database.db,
        submit: server.submit,
        enqueue: async () => {
          throw new Error("there is to be no other try");
        },
        outbound: outboundToLoopback,
        runScript: undefined as never,
        lookUpProfile: async () => undefined,
        bulkRoom: undefined as never,
        announceBroadcast: undefined as never,
        secretKey: server.secretKey,
        log: recordingLog([]),
        now: () => server.now(),
      });
    }
  }

  it("is refused by amoCRM, put right there, and sent again from the log", async () => {
    const tenant = await aTenant(server);
    await make(tenant, { accessToken: longLivedToken });
    const contact = await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.ref, name: "Ann" } });
    const before = server.enqueued.length;
    const body = { action: "send_deal_to_amocrm", args: { name: "Course", price: "990" } };
    const done = await tenant.call("POST", `/contacts/${contact.json().id}/actions`, { body });
    expect([done.statusCode, done.json()]).toEqual([200, expect.objectContaining({ results: [{ ok: true }] })]);
    standIn.fail({
      method: "POST",
      path: "/api/v4/leads/complex",
      status: 400,
      detail: "The limit of deals is reached",
    });
    await work(before);
    const [entry] = (await tenant.call("GET", "/integration-log?integration=amocrm&ok=false")).json().data;
    expect(entry).toMatchObject({ canRetry: true, summary: "amoCRM refuses it (400): The limit of deals is reached" });
    const middle = server.enqueued.length;
    expect((await tenant.call("POST", `/integration-log/${entry.id}/retry`)).statusCode).toBe(202);
    await work(middle);
    const [last] = (await tenant.call("GET", "/integration-log?integration=amocrm")).json().data;
    expect(last).toMatchObject({ ok: true, summary: expect.stringMatching(/^the deal \d+ was made$/) });
    expect([...standIn.deals.values()]).toMatchObject([{ name: "Course", price: 990 }]);
  });
});
