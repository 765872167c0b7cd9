import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { startTelegramStandIn, type TelegramStandIn } from "../../../test/stand-ins/telegram-bot-api.ts";

let server: TestServer;
let platform: TelegramStandIn;
beforeAll(async () => {
  server = await testServer();
  platform = await startTelegramStandIn();
});
afterAll(async () => {
  await platform.close();
  await server.close();
});

let tenant: Tenant;
beforeEach(async () => {
  tenant = await aTenant(server);
  platform.calls.length = 0;
});

const token = "123456:ABCDEFGHIJKLMNOP";
const make = (settings: object = {}, options: object = {}) =>
  tenant.call("POST", "/channels", {
    body: {
      bot: tenant.bot.id,
      kind: "telegram",
      name: "Bot",
      settings: { token, apiRoot: platform.url, ...settings },
    },
    ...options,
  });

describe("a channel", () => {
  it("is connected when it is made, and shows no secret from then on", async () => {
    const answer = await make();
    expect(answer.statusCode, answer.body).toBe(201);
    const channel = answer.json();
    expect(channel).toMatchObject({
      status: "connected",
      settings: { username: "standin_bot", token: "••••••••", secretToken: "••••••••" },
      webhookUrl: `https://bots.example/webhooks/${channel.id}`,
      chatUrl: "https://t.me/standin_bot",
    });
    expect(platform.calls.map(({ method }) => method)).toEqual(["getMe", "setWebhook"]);
    expect(platform.calls[1]?.payload).toMatchObject({ url: channel.webhookUrl });
    const row = await server.database.db.selectFrom("channels").selectAll().executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(token);
    expect((await tenant.call("GET", `/channels/${channel.id}/health`)).json()).toMatchObject({ ok: true });
  });

  it("is made once by one key, also where connecting failed the first time", async () => {
    platform.fail({ method: "getMe", status: 401, description: "Unauthorized" });
    const first = await make({}, { key: "c1" });
    expect([first.statusCode, first.json().error.code]).toEqual([502, "channel.connect_failed"]);
    const id = first.json().error.details.channelId;
    expect((await tenant.call("GET", `/channels/${id}`)).json()).toMatchObject({
      status: "broken",
      statusMessage: expect.stringContaining("token"),
    });
    expect((await make({}, { key: "c1" })).json()).toMatchObject({ id, status: "connected", statusMessage: null });
    expect((await tenant.call("GET", "/channels")).json().data).toHaveLength(1);
  });

  it("is refused with settings that do not fit its kind, and as a kind that is none", async () => {
    const bad = await make({ token: "nonsense" });
    expect([bad.statusCode, bad.json().error]).toMatchObject([
      422,
      { code: "channel.invalid_settings", details: [{ path: "token" }] },
    ]);
    const body = { bot: tenant.bot.id, kind: "pigeon", name: "x" };
    expect((await tenant.call("POST", "/channels", { body })).json().error.code).toBe("channel.unknown_kind");
  });

  it("keeps a secret that comes back masked, and is connected anew with changed settings", async () => {
    const { id } = (await make()).json();
    platform.calls.length = 0;
    const answer = await tenant.call("PATCH", `/channels/${id}`, {
      body: { name: "Renamed", settings: { token: "••••••••", chatBurst: 5 } },
    });
    expect(answer.json()).toMatchObject({ name: "Renamed", status: "connected", settings: { chatBurst: 5 } });
    expect(platform.calls.map(({ method }) => method)).toEqual(["getMe", "setWebhook"]);
  });

  it("is disconnected at the platform and here, connected again, and deleted", async () => {
    const { id } = (await make()).json();
    expect((await tenant.call("POST", `/channels/${id}/disconnect`)).json()).toMatchObject({ status: "disconnected" });
    expect(platform.calls.at(-1)?.method).toBe("deleteWebhook");
    expect((await tenant.call("GET", `/channels/${id}/health`)).json()).toMatchObject({ ok: false });
    expect((await tenant.call("POST", `/channels/${id}/connect`)).json()).toMatchObject({ status: "connected" });
    expect((await tenant.call("DELETE", `/channels/${id}`)).statusCode).toBe(204);
    expect((await tenant.call("GET", `/channels/${id}`)).json().error.code).toBe("channel.not_found");
  });

  it("says where the bot is talked to there, once the platform has told", async () => {
    const body = { bot: tenant.bot.id, kind: "webchat", name: "Site" };
    const { id } = (await tenant.call("POST", "/channels", { body })).json();
    const waiting = { ...body, kind: "telegram", settings: { token }, connect: false };
    await tenant.call("POST", "/channels", { body: waiting });
    const { data } = (await tenant.call("GET", "/channels")).json();
    const urls = data.map(({ kind, chatUrl }: { kind: string; chatUrl: string | null }) => [kind, chatUrl]);
    expect(Object.fromEntries(urls)).toEqual({
      telegram: null,
      webchat: `https://bots.example/chat/${tenant.bot.ref}`,
    });
    const chatUrl = `https://bots.example/chat/${tenant.bot.ref}`;
    expect((await tenant.call("GET", `/channels/${id}`)).json()).toMatchObject({ chatUrl });
  });

  it("of every kind is described with the JSON Schema of its settings", async () => {
    const { data } = (await tenant.call("GET", "/channel-kinds")).json();
    expect(data).toContainEqual(
      expect.objectContaining({
        kind: "telegram",
        secrets: ["token", "secretToken"],
        settings: expect.objectContaining({
          properties: expect.objectContaining({
            token: expect.anything(),
            mode: expect.objectContaining({ format: "receiving", enum: ["webhook", "polling"] }),
          }),
        }),
      }),
    );
  });
});
