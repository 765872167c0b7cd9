import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aFlowDocument } from "../../../test/flow-samples.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let mine: Tenant;
let other: Tenant;
/** One thing of each kind in `mine`, by its path. */
let things: Readonly<Record<string, string>>;
beforeAll(async () => {
  server = await testServer();
  [mine, other] = [await aTenant(server), await aTenant(server)];
  things = await fill(mine);
});
afterAll(() => server.close());

async function fill({ call, bot }: Tenant): Promise<Record<string, string>> {
  const make = async (path: string, body: object) => {
    const answer = await call("POST", path, { body });
    expect(answer.statusCode, answer.body).toBe(201);
    return answer.json();
  };
  const tag = await make("/tags", { name: "a" });
  const label = await make("/labels", { name: "a" });
  const field = await make("/fields", { key: "a", name: "a", kind: "text" });
  const secret = await make("/secrets", { bot: bot.id, key: "a", name: "a", value: "hidden-1" });
  const variable = await make("/variables", { bot: bot.id, key: "a", name: "a", kind: "text" });
  const flow = await make("/flows", { bot: bot.id, document: aFlowDocument() });
  const sequence = await make("/sequences", { bot: bot.id, name: "a" });
  const link = await make("/entry-links", { bot: bot.id, name: "a" });
  const variants = [{ price: 100, currency: "EUR" }];
  const product = await make("/products", { name: "a", variants });
  const plan = await make("/sales-plans", {
    name: "a",
    currency: "EUR",
    statuses: [{ name: "New", kind: "open" }],
  });
  const contact = await make("/contacts", { bot: bot.id, name: "a" });
  const deal = await make("/deals", { contact: contact.id, plan: plan.ref });
  const settings = { token: "123456:ABCDEFGHIJKLMNOP" };
  const channel = await make("/channels", { bot: bot.id, kind: "telegram", name: "a", settings, connect: false });
  return {
    tag: `/tags/${tag.id}`,
    label: `/labels/${label.id}`,
    field: `/fields/${field.id}`,
    secret: `/secrets/${secret.id}`,
    variable: `/variables/${variable.id}`,
    flow: `/flows/${flow.ref}`,
    sequence: `/sequences/${sequence.ref}`,
    link: `/entry-links/${link.ref}`,
    contact: `/contacts/${contact.id}`,
    plan: `/sales-plans/${plan.ref}`,
    deal: `/deals/${deal.id}`,
    product: `/products/${product.id}`,
    variant: `/variants/${product.variants[0].id}`,
    channel: `/channels/${channel.id}`,
    bot: `/bots/${bot.ref}`,
  };
}

const kinds = [
  "tag",
  "label",
  "field",
  "variable",
  "flow",
  "sequence",
  "link",
  "contact",
  "channel",
  "product",
  "variant",
  "plan",
  "deal",
  "bot",
] as const;
const ofOneBot = ["variable", "flow", "sequence", "link", "contact", "deal", "channel", "bot"] as const;

describe("another workspace", () => {
  it.each(kinds)("neither reads, nor changes, nor deletes a %s", async (kind) => {
    const path = things[kind] ?? "";
    expect((await mine.call("GET", path)).statusCode).toBe(200);
    expect((await other.call("GET", path)).statusCode).toBe(404);
    expect((await other.call("DELETE", path)).statusCode).toBe(404);
    const body = kind === "flow" ? undefined : kind === "deal" ? { title: "stolen" } : { name: "stolen" };
    if (body !== undefined) expect((await other.call("PATCH", path, { body })).statusCode).toBe(404);
    expect((await mine.call("GET", path)).statusCode).toBe(200);
  });

  it.each(["events", "messages", "notes", "positions"])("does not read a contact's %s", async (part) => {
    expect((await mine.call("GET", `${things.contact}/${part}`)).statusCode).toBe(200);
    expect((await other.call("GET", `${things.contact}/${part}`)).statusCode).toBe(404);
  });

  it("acts on no contact, sends nothing, publishes nothing, connects nothing", async () => {
    for (const path of [
      `${things.contact}/actions`,
      `${things.contact}/messages`,
      `${things.flow}/publish`,
      `${things.flow}/unpublish`,
      `${things.flow}/validate`,
      `${things.channel}/connect`,
      `${things.channel}/disconnect`,
    ]) {
      const body = path.endsWith("actions") ? { action: "add_tag", args: { tag: "x" } } : { text: "x" };
      const answer = await other.call("POST", path, path.includes("contact") ? { body } : {});
      expect([path, answer.statusCode]).toEqual([path, 404]);
    }
  });

  it("sees an empty list of everything", async () => {
    for (const path of [
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
      "/messages",
      "/products",
      "/orders",
      "/sales-plans",
      "/deals",
      "/events/failed",
      "/integration-log",
      "/audit-log",
    ]) {
      expect([path, (await other.call("GET", path)).json().data]).toEqual([path, []]);
    }
    expect((await other.call("GET", "/bots")).json().data).toHaveLength(1);
  });

  it("makes nothing in a bot that is not its own", async () => {
    for (const [path, body] of [
      ["/contacts", {}],
      ["/flows", { document: aFlowDocument() }],
      ["/sequences", { name: "x" }],
      ["/entry-links", { name: "x" }],
      ["/secrets", { key: "x", name: "x", value: "hidden-2" }],
      ["/variables", { key: "x", name: "x", kind: "text" }],
      ["/tokens", { name: "x" }],
    ] as const) {
      const answer = await other.call("POST", path, { body: { ...body, bot: mine.bot.id } });
      expect([path, answer.json().error?.code]).toEqual([path, "bot.not_found"]);
    }
  });
});

describe("a token that is bound to one bot", () => {
  it("sees that bot's things alone", async () => {
    const second = (await mine.call("POST", "/bots", { body: { name: "Second" } })).json();
    const bound = await mine.mintToken({ botId: second.id });
    const own = await mine.mintToken({ botId: mine.bot.id });
    for (const kind of ofOneBot) {
      expect([kind, (await mine.call("GET", things[kind] ?? "", { token: own })).statusCode]).toEqual([kind, 200]);
      expect([kind, (await mine.call("GET", things[kind] ?? "", { token: bound })).statusCode]).toEqual([kind, 404]);
    }
    for (const path of ["/contacts", "/flows", "/channels", "/variables", "/sequences", "/entry-links", "/messages"]) {
      expect([path, (await mine.call("GET", path, { token: bound })).json().data]).toEqual([path, []]);
    }
    expect((await mine.call("GET", "/bots", { token: bound })).json().data).toMatchObject([{ ref: second.ref }]);
  });

  it("reads what all bots share, and changes none of it", async () => {
    const bound = await mine.mintToken({ botId: mine.bot.id });
    expect((await mine.call("GET", "/tags", { token: bound })).json().data).toHaveLength(1);
    for (const [method, path] of [
      ["POST", "/tags"],
      ["DELETE", things.field ?? ""],
      ["DELETE", things.bot ?? ""],
    ] as const) {
      const answer = await mine.call(method, path, {
        token: bound,
        ...(method === "POST" ? { body: { name: "x" } } : {}),
      });
      expect([answer.statusCode, answer.json().error.code]).toEqual([403, "token.bot_bound"]);
    }
  });

  it("makes tokens for its own bot only", async () => {
    const second = (await mine.call("POST", "/bots", { body: { name: "Third" } })).json();
    const bound = await mine.mintToken({ botId: mine.bot.id });
    const made = await mine.call("POST", "/tokens", { token: bound, body: { name: "x", scopes: ["*"] } });
    expect(made.json()).toMatchObject({ botId: mine.bot.id });
    const foreign = await mine.call("POST", "/tokens", { token: bound, body: { name: "x", bot: second.id } });
    expect(foreign.json().error.code).toBe("bot.not_found");
  });
});
