import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../test/server.ts";
import { makeLink } from "../channels/email/email-links.ts";
import { channelTypes } from "../channels/index.ts";
import { createChannel } from "../store/channel-store.ts";
import { sealSecrets } from "../store/secret-box.ts";

let server: TestServer;
let tenant: Tenant;
let contactId: number;
let channelId: number;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const settings = { host: "127.0.0.1", fromAddress: "bot@shop.example", linkBase: "https://bots.example/e" };
const recipient = "ann@example.org";
beforeEach(async () => {
  tenant = await aTenant(server);
  const { id } = await createChannel(server.database.db, tenant.bot, {
    kind: "email",
    name: "Mail",
    settings,
    sealedSecrets: sealSecrets({ linkSecret: "a-secret-of-ours" }, server.secretKey),
    status: "connected",
  });
  channelId = id;
  contactId = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, email: recipient } })).json().id;
});

function link(kind: "unsubscribe" | "press"): string {
  const parsed = channelTypes.email.settings.parse({ ...settings, linkSecret: "a-secret-of-ours" });
  const channel = { id: channelId, botId: tenant.bot.id, settings: parsed };
  const who = { recipient, contactId };
  const what =
    kind === "press" ? ({ kind, ...who, payload: "hello", title: "<Go>" } as const) : ({ kind, ...who } as const);
  return makeLink(channel, what).replace("https://bots.example", "");
}
const contact = async () => (await tenant.call("GET", `/contacts/${contactId}`)).json();
const post = (url: string, payload = "List-Unsubscribe=One-Click") =>
  server.app.inject({ method: "POST", url, payload, headers: { "content-type": "application/x-www-form-urlencoded" } });

describe("the link to unsubscribe", () => {
  it("does nothing when it is only looked at, without any login", async () => {
    const answer = await server.app.inject({ method: "GET", url: link("unsubscribe") });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(answer.body).toContain('<form method="post">');
    expect((await contact()).optedOutAt).toBeNull();
  });

  it("unsubscribes by one click, and again without harm; nothing is sent from then on", async () => {
    for (const _time of [1, 2]) expect((await post(link("unsubscribe"))).statusCode).toBe(200);
    expect((await contact()).optedOutAt).not.toBeNull();
    const body = { action: "send_email", args: { text: "Hi" } };
    const { results } = (await tenant.call("POST", `/contacts/${contactId}/actions`, { body })).json();
    expect(results).toMatchObject([{ ok: false, error: { code: "contact.opted_out" } }]);
  });

  it("unsubscribes whom the mail went to, also where the address is another contact's on the channel", async () => {
    const { contactId: other } = await server.submit({
      target: { channelId, externalId: recipient },
      happening: { kind: "message", message: { text: "hi", attachments: [] } },
      source: "channel",
    });
    expect((await post(link("unsubscribe"))).statusCode).toBe(200);
    expect((await contact()).optedOutAt).not.toBeNull();
    expect((await tenant.call("GET", `/contacts/${other}`)).json().optedOutAt).not.toBeNull();
  });

  it("that is changed or made up is unknown", async () => {
    const good = link("unsubscribe");
    for (const url of [`${good}x`, "/e/", "/e/1.e30.x", `/e/99999.${good.split(".").slice(1).join(".")}`]) {
      expect((await post(url)).statusCode).toBe(404);
    }
    expect((await contact()).optedOutAt).toBeNull();
  });
});

describe("the link of a button", () => {
  it("asks first, with the title as text, and then brings the press of that contact, once for each look", async () => {
    const { body } = await server.app.inject({ method: "GET", url: link("press") });
    expect(body).toContain("&lt;Go&gt;");
    const once = /name="once" value="([\w-]{22})"/.exec(body)?.[1] ?? "";
    for (const _time of [1, 2]) expect((await post(link("press"), `once=${once}`)).statusCode).toBe(200);
    const { data } = (await tenant.call("GET", `/contacts/${contactId}/events`)).json();
    expect(data.filter(({ kind }: { kind: string }) => kind === "button")).toHaveLength(1);
    expect((await contact()).channels).toMatchObject([{ externalId: recipient, status: "active" }]);
  });
});
