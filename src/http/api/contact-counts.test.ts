import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { countedThings } from "../contract/contact-counts.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const count = async (of: string, token?: string) =>
  (await tenant.call("GET", `/contact-counts/${of}`, token === undefined ? {} : { token })).json().data;

describe("/contact-counts", () => {
  it("counts who has a tag, a label and a field, and who is in a sequence", async () => {
    const tag = (await tenant.call("POST", "/tags", { body: { name: "vip" } })).json();
    await tenant.call("POST", "/tags", { body: { name: "nobody" } });
    const label = (await tenant.call("POST", "/labels", { body: { name: "warm" } })).json();
    const field = (await tenant.call("POST", "/fields", { body: { key: "city", name: "City", kind: "text" } })).json();
    const sequence = (await tenant.call("POST", "/sequences", { body: { bot: tenant.bot.id, name: "S" } })).json();
    const has = { bot: tenant.bot.id, tags: ["vip"], labels: ["warm"], fields: { city: "Perm" } };
    const contact = (await tenant.call("POST", "/contacts", { body: has })).json();
    await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, tags: ["vip"] } });
    const subscribe = { actions: [{ action: "subscribe_sequence", args: { sequence: sequence.ref } }] };
    await tenant.call("POST", `/contacts/${contact.id}/actions`, { body: subscribe });
    expect(await count("tags")).toEqual([{ key: String(tag.id), contacts: 2 }]);
    expect(await count("labels")).toEqual([{ key: String(label.id), contacts: 1 }]);
    expect(await count("fields")).toEqual([{ key: String(field.id), contacts: 1 }]);
    expect(await count("sequences")).toEqual([{ key: sequence.ref, contacts: 1 }]);
  });

  it("counts who came by an entry link, whatever stands in it", async () => {
    const channel = (
      await tenant.call("POST", "/channels", { body: { bot: tenant.bot.id, kind: "webchat", name: "Chat" } })
    ).json();
    const links = [
      { name: "plain" },
      { name: "key", key: "spring" },
      { name: "data", data: { email: "a@example.com" } },
      { name: "stored", stored: { variables: { from: "fair" } } },
    ];
    for (const [index, body] of links.entries()) {
      const link = (await tenant.call("POST", "/entry-links", { body: { bot: tenant.bot.id, ...body } })).json();
      await server.submit({
        target: { channelId: channel.id, externalId: `visitor-${index}` },
        happening: { kind: "start", payload: link.payload },
        source: "channel",
      });
      expect(await count("entry-links"), body.name).toContainEqual({ key: link.ref, contacts: 1 });
    }
  });

  it("counts one bot's contacts for a token of that bot, and none of another workspace's", async () => {
    const other = await aTenant(server);
    const bot = (await tenant.call("POST", "/bots", { body: { name: "Second" } })).json();
    await tenant.call("POST", "/contacts", { body: { bot: bot.id, tags: ["vip"] } });
    const token = await tenant.mintToken({ botId: bot.id, scopes: ["contacts:read"] });
    expect(await count("tags", token)).toEqual([expect.objectContaining({ contacts: 1 })]);
    for (const of of countedThings) {
      expect((await other.call("GET", `/contact-counts/${of}`)).json(), of).toEqual({ data: [] });
    }
  });
});
