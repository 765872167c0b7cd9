import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestServer, testServer } from "../../test/server.ts";
import { aUchatTenant, type UchatTenant } from "../../test/uchat-door.ts";
import { type KnownRoute, listRoutes } from "./allowed-methods.ts";

/** Stands in the name of everything that is mine; whoever else reads it has seen what they must not. */
const mark = "zqsecret";

let server: TestServer;
let mine: UchatTenant;
let other: UchatTenant;
/** Ids of my things in every form in which a door names one. */
let ids: readonly string[];
beforeAll(async () => {
  server = await testServer();
  [mine, other] = [await aUchatTenant(server), await aUchatTenant(server)];
  ids = await fill(mine);
});
afterAll(() => server.close());

async function fill(tenant: UchatTenant): Promise<string[]> {
  const { bot, contactId } = tenant;
  const make = async (path: string, body: object) => {
    const answer = await tenant.call("POST", path, { body });
    expect([path, answer.statusCode < 300, answer.body]).toEqual([path, true, expect.any(String)]);
    return answer.json() as { id?: number; ref?: string; cuid?: string; variants?: { id: number }[] };
  };
  const things = [
    await make("/tags", { name: `${mark} tag` }),
    await make("/labels", { name: `${mark} label` }),
    await make("/fields", { key: mark, name: mark, kind: "text" }),
    await make("/secrets", { bot: bot.id, key: mark, name: mark, value: `${mark} secret` }),
    await make("/variables", { bot: bot.id, key: mark, name: mark, kind: "text", value: mark }),
    await make("/sequences", { bot: bot.id, name: mark }),
    await make("/entry-links", { bot: bot.id, name: mark }),
    await make("/contacts", {
      bot: bot.id,
      name: mark,
      email: `${mark}@example.com`,
      phone: "+79001234567",
      clientExternalId: mark,
    }),
    await make("/closing-notes", { bot: bot.id, name: mark }),
    await make("/members", { email: `${mark}@example.com`, name: mark }),
    await make("/webhooks", { name: mark, url: "https://receiver.invalid/", events: ["tag_added"] }),
    await make("/inbound-webhooks", { bot: bot.id, name: mark }),
    await make("/broadcasts", { bot: bot.id, name: mark, audience: { all: true }, content: mark }),
    await make("/integrations", { kind: "getcourse", name: mark, settings: { account: mark, key: mark } }),
    await make("/tokens", { name: mark, scopes: ["*"] }),
  ];
  await tenant.call("PATCH", `/contacts/${contactId}`, { body: { name: mark } });
  await make(`/contacts/${contactId}/actions`, {
    actions: [
      { action: "add_note", args: { text: mark } },
      { action: "log_event", args: { event: mark, text: mark } },
      { action: "send_message", args: { content: mark } },
      { action: "set_field", args: { field: mark, value: mark } },
      { action: "move_conversation", args: { status: "done", closingNote: mark } },
    ],
  });
  await tenant.hear(mark);
  const numbers = [contactId, bot.id, tenant.channelId, ...things.flatMap(({ id }) => id ?? [])];
  const rows = await server.database.db
    .selectFrom("messages")
    .select("id")
    .where("contactId", "=", contactId)
    .execute();
  const { cuid } = (await tenant.call("GET", `/contacts/${contactId}`)).json();
  return [
    ...new Set([
      ...numbers.map(String),
      ...rows.map(({ id }) => String(id)),
      ...things.flatMap(({ ref }) => ref ?? []),
      ...[cuid, `cuid:${cuid}`, bot.ref, tenant.flowRef, tenant.userNs, tenant.tagNs, tenant.fieldNs, tenant.flowNs],
      ...[1, 2, 3, 4].flatMap((kind) => `5eed000${kind}${contactId.toString(16).padStart(16, "0")}`),
      "900001",
    ]),
  ];
}

/** All that there is of mine, as its owner sees it. */
async function look(): Promise<unknown> {
  const paths = [
    "/tags",
    "/labels",
    "/fields",
    "/secrets",
    "/variables",
    "/flows",
    "/sequences",
    "/entry-links",
    "/contacts",
    "/channels",
    "/members",
    "/webhooks",
    "/inbound-webhooks",
    "/audit-log",
  ];
  const parts = ["", "/messages", "/notes", "/positions", "/events", "/closing-notes"];
  const all = [
    ...paths,
    "/closing-notes",
    "/conversations",
    ...parts.map((part) => `/contacts/${mine.contactId}${part}`),
  ];
  return await Promise.all(all.map(async (path) => [path, (await mine.call("GET", path)).json()]));
}

/** Every name under which a door takes an id, with one of mine. */
function everyName(id: string): Record<string, string> {
  const names =
    "id contact contactId secondary user_ns secondary_user_ns user_id tag_ns var_ns sub_flow_ns node_ns note_ns event_ns label_id order_id agent_id mids bot botId flow cuid email phone idBotHelp botReferral funnelReferral segmentIds";
  return Object.fromEntries(names.split(" ").map((name) => [name, id]));
}

const kinds = {
  "/api/v1": "api",
  "/compat/uchat": "uchat",
  "/compat/chatbot": "chatbot",
  "/compat/bothelp": "bothelp",
} as const;
const doorOf = (url: string) => Object.entries(kinds).find(([prefix]) => url.startsWith(prefix));

/** Asks a route for each of my things with a token of the other workspace. Returns how often. */
async function ask({ url, methods }: KnownRoute): Promise<number> {
  // One for each route: some of them delete tokens.
  const token = await other.mintToken({ kind: doorOf(url)?.[1] ?? "api" });
  let asked = 0;
  for (const method of methods.filter((name) => name !== "HEAD")) {
    for (const id of ids) {
      const path = url.replace(/:[A-Za-z_]+/g, encodeURIComponent(id)).replace("*", "x");
      const query = new URLSearchParams(everyName(id));
      const answer = await server.app.inject({
        method: method as NonNullable<InjectOptions["method"]>,
        // The native API refuses names that it does not know; the others pass over them.
        url: url.startsWith("/api/v1") ? path : `${path}?${query}`,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(method === "GET" || method === "DELETE" ? {} : { payload: everyName(id) }),
      });
      asked += 1;
      const { statusCode, body } = answer;
      expect([method, url, id, statusCode < 500, body.includes(mark)]).toEqual([method, url, id, true, false]);
    }
  }
  return asked;
}

it("no route of any door shows or changes another workspace's things, whatever id is asked for", async () => {
  const before = await look();
  // The stream of live news does not end; `api/inbox.test.ts` listens to it as a stranger.
  const routes = listRoutes(server.app).filter(({ url }) => doorOf(url) !== undefined && !url.endsWith("/live"));
  let asked = 0;
  for (const route of routes) asked += await ask(route);
  expect(routes.length).toBeGreaterThan(200);
  expect(asked).toBeGreaterThan(3000);
  expect(await look()).toEqual(before);
}, 240_000);
