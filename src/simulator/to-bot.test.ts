import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../test/server.ts";
import type { ContactGoods, VariantSnapshots } from "../http/contract/simulation.ts";
import type { ActionCall } from "../model/action-call.ts";
import type { Contact } from "../model/contact.ts";
import type { Happening } from "../model/event.ts";
import type { FlowDocument } from "../model/flow.ts";
import type { MessageContent } from "../model/message.ts";
import { botFileSchema, importBot } from "../store/bot-file.ts";
import { parseFlowFile } from "../store/flow-file.ts";
import { findDuePositions } from "../store/timer-store.ts";
import { type FindVariants, noGoods } from "./desks.ts";
import { inventContact } from "./invent-contact.ts";
import { Simulation } from "./simulation.ts";
import { type ReadBot, toSimulatedBot, toVariables } from "./to-bot.ts";

/** What a person does; `press` names a title of the latest messages. */
type Doing =
  | { say: string }
  | { press: string }
  | { start: string | undefined }
  | { do: ActionCall[] }
  | { wait: number };

interface Play {
  handle(happening: Happening): Promise<readonly MessageContent[]>;
  wait(milliseconds: number): Promise<readonly MessageContent[]>;
}

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

/** What each of the two said to every line. */
async function playBoth(file: object, ref: string, script: readonly Doing[]) {
  const { bot } = await server.database.db.transaction().execute((trx) =>
    importBot(trx, tenant.workspace.id, botFileSchema.parse({ kind: "repartee-bot", name: "Bot", ...file }), {
      at: new Date(server.now()),
      findProblems: () => [],
    }),
  );
  const body = { bot: bot.ref, kind: "webchat", name: "Chat" };
  const channel = (await tenant.call("POST", "/channels", { body })).json().id as number;
  const read = (await tenant.call("GET", `/bots/${bot.ref}/snapshot`)).json() as ReadBot;
  const { draft } = (await tenant.call("GET", `/flows/${ref}`)).json() as { draft: FlowDocument };
  const plays = [playOnServer(channel), playInBrowser(read, { ref, document: draft }, channel)];
  const heard = [];
  for (const play of plays) heard.push(await playScript(play, script));
  return { server: heard[0] ?? [], browser: heard[1] ?? [] };
}

async function playScript(play: Play, script: readonly Doing[]): Promise<(readonly MessageContent[])[]> {
  const heard: (readonly MessageContent[])[] = [];
  for (const doing of script) {
    if ("wait" in doing) heard.push(await play.wait(doing.wait));
    else heard.push(await play.handle(toHappening(doing, heard.flat())));
  }
  return heard;
}

function toHappening(doing: Exclude<Doing, { wait: number }>, said: readonly MessageContent[]): Happening {
  if ("say" in doing) return { kind: "message", message: { text: doing.say, attachments: [] } };
  if ("do" in doing) return { kind: "actions", actions: doing.do };
  if ("start" in doing) return { kind: "start", payload: doing.start };
  const choices = said.flatMap(({ buttons, quickReplies }) => [
    ...quickReplies,
    ...buttons.filter((button) => button.type === "press"),
  ]);
  const { payload, title } = choices.findLast((choice) => choice.title === doing.press) ?? {};
  if (payload === undefined) throw new Error(`nothing to press is called "${doing.press}"`);
  return { kind: "button", payload, title };
}

function playOnServer(channelId: number): Play {
  const { db } = server.database;
  let seen = 0;
  let count = 0;
  let contactId: number | undefined;
  const fresh = async () => {
    const rows = await db
      .selectFrom("messages")
      .select(["id", "content"])
      .where("channelId", "=", channelId)
      .where("direction", "=", "out")
      .where("id", ">", seen)
      .orderBy("id")
      .execute();
    seen = rows.at(-1)?.id ?? seen;
    return rows.map(({ content }) => content);
  };
  return {
    async handle(happening) {
      count += 1;
      const reply = await server.submit({
        target: { channelId, externalId: "1" },
        happening,
        source: "channel",
        dedupeKey: `${channelId} ${count}`,
      });
      contactId ??= reply.contactId;
      return await fresh();
    },
    async wait(milliseconds) {
      server.pass(milliseconds);
      for (const { id } of await findDuePositions(db, server.now(), 100)) {
        await server.submit({
          target: { contactId: contactId ?? 0 },
          happening: { kind: "timer", positionId: id },
          source: "timer",
        });
      }
      return await fresh();
    },
  };
}

function playInBrowser(read: ReadBot, draft: { ref: string; document: FlowDocument }, channelId: number): Play {
  const channel = { id: channelId, kind: "webchat" };
  const at = server.now();
  const simulation = new Simulation({
    bot: toSimulatedBot(read, draft, channel),
    contact: inventContact({ botId: read.id, channelId, channelKind: "webchat", at }),
    variables: toVariables(read),
    channelId,
    isNew: true,
    at,
    seed: 1,
    answerJob: async () => undefined,
    goods: noGoods,
    findVariants,
  });
  const said = async (turns: ReturnType<Simulation["handle"]>) =>
    (await turns).flatMap(({ messages }) => messages.map(({ content }) => content));
  return {
    handle: async (happening) => await said(simulation.handle(happening)),
    wait: async (milliseconds) => await said(simulation.jump(milliseconds)),
  };
}

/** As the builder asks. */
const findVariants: FindVariants = async (keys) => {
  const { data } = (await tenant.call("POST", "/variants/snapshots", { body: { keys } })).json() as VariantSnapshots;
  return new Map(keys.map((key, index) => [key, data[index] ?? null]));
};

const withoutAbsent = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

const say = (ref: string, text: string) => ({ ref, kind: "message", config: { messages: [{ text }] } });
const edge = (from: string, output: string, to: string) => ({ from, output, to });
const act = (ref: string, ...actions: object[]) => ({ ref, kind: "action", config: { actions } });

/** Somebody fills a cart and pays; other flows hear of the cart and of paid orders. */
const shopFile = {
  ref: "shop",
  fields: [
    { key: "sum", name: "Sum", kind: "text" },
    { key: "items", name: "Items", kind: "json" },
  ],
  flows: [
    {
      ref: "buy",
      name: "Buy",
      start: "put",
      triggers: [
        { kind: "keyword", words: ["buy"] },
        { kind: "keyword", words: ["pay"], step: "pay" },
        { kind: "keyword", words: ["orders"], step: "list" },
      ],
      steps: [
        act("put", { action: "add_to_cart", args: { variant: "TEE" } }),
        act("cart", { action: "list_cart_items", args: {}, save: [{ path: "$.items", field: "items" }] }),
        say("filled", "Cart: {% for i in fields.items %}{{ i.quantity }} {{ i.name }}, 25.00 EUR{% endfor %}"),
        act("pay", {
          action: "check_out_cart",
          args: { status: "ordered" },
          save: [{ path: "$.totalText", field: "sum" }],
        }),
        say("ordered", "Ordered for {{ fields.sum }}"),
        act("list", { action: "list_orders", args: {}, save: [{ path: "$.orders", field: "items" }] }),
        say("listed", "{% for o in fields.items %}{{ o.status }} {{ o.totalText }} {{ o.items.size }};{% endfor %}"),
      ],
      edges: [
        edge("put", "next", "cart"),
        edge("cart", "next", "filled"),
        edge("pay", "next", "ordered"),
        edge("list", "next", "listed"),
      ],
    },
    {
      ref: "left",
      name: "Left",
      start: "look",
      triggers: [{ kind: "cart_changed" }],
      steps: [
        act("look", { action: "list_cart_items", args: {}, save: [{ path: "$.totalText", field: "sum" }] }),
        say("tell", "Left: {{ fields.sum }}"),
      ],
      edges: [edge("look", "next", "tell")],
    },
    {
      ref: "paid",
      name: "Paid",
      start: "thanks",
      triggers: [{ kind: "order_status", status: "paid" }],
      steps: [say("thanks", "Paid!")],
      edges: [],
    },
  ],
};

describe("the simulator of the builder", () => {
  it("says in the demo flow, word for word, what the server says", async () => {
    const { document } = parseFlowFile(
      readFileSync(new URL("../../demo/bot/flows/demo.yaml", import.meta.url), "utf8"),
    );
    const file = {
      ref: "demo",
      tags: ["came by link", "lead"],
      labels: ["call back"],
      fields: [
        { key: "goal", name: "Goal", kind: "text" },
        { key: "course", name: "Course", kind: "text" },
      ],
      sequences: [{ ref: "tips", name: "Tips" }],
      entryLinks: [
        { ref: "chess", name: "Chess", payload: "chess", flow: "demo", data: { variables: { course: "Chess" } } },
      ],
      flows: [{ ref: "demo", ...document }],
    };
    const heard = await playBoth(file, "demo", [
      { start: "chess" },
      { press: "A help desk" },
      { say: "not an address" },
      { say: "ada@example.com" },
      { wait: 3_000 },
      { press: "Call me back" },
      { say: "restart" },
      { wait: 2 * 86_400_000 },
      { say: "what?" },
      { say: "restart" },
      { say: "no" },
      { say: "nor that" },
      { wait: 10_000 },
    ]);
    expect(heard.server.filter((said) => said.length > 0).length).toBeGreaterThan(8);
    expect(withoutAbsent(heard.browser)).toEqual(withoutAbsent(heard.server));
  });

  it("starts the bot's other flows as they are published, and its own as it is drawn", async () => {
    const message = (text: string) => ({ ref: "a", kind: "message", config: { messages: [{ text }] } });
    const goTo = { ref: "b", kind: "go_to", config: { flow: "other" } };
    const file = {
      ref: "two",
      flows: [
        {
          ref: "mine",
          name: "Mine",
          start: "a",
          triggers: [{ kind: "start" }],
          steps: [message("first {{ bot.name }}"), goTo],
          edges: [{ from: "a", output: "next", to: "b" }],
        },
        { ref: "other", name: "Other", start: "a", steps: [message("then the other")] },
      ],
    };
    const heard = await playBoth(file, "mine", [{ start: undefined }]);
    expect(heard.server.flat().map(({ text }) => text)).toEqual(["first Bot", "then the other"]);
    expect(withoutAbsent(heard.browser)).toEqual(withoutAbsent(heard.server));
  });

  it("goes on from where a real contact stands", async () => {
    const file = {
      ref: "real",
      fields: [{ key: "colour", name: "Colour", kind: "text" }],
      flows: [
        {
          ref: "ask",
          name: "Ask",
          start: "a",
          triggers: [{ kind: "start" }],
          steps: [
            {
              ref: "a",
              kind: "question",
              config: { text: "Colour?", answer: { type: "text" }, saveTo: { field: "colour" } },
            },
            { ref: "b", kind: "message", config: { messages: [{ text: "{{ fields.colour }} it is" }] } },
          ],
          edges: [{ from: "a", output: "answered", to: "b" }],
        },
      ],
    };
    await playBoth(file, "ask", [{ start: undefined }]);
    const { data } = (await tenant.call("GET", "/contacts?bot=real")).json();
    const contact = (await tenant.call("GET", `/contacts/${data[0].id}/snapshot`)).json();
    const read = (await tenant.call("GET", "/bots/real/snapshot")).json() as ReadBot;
    const channelId = contact.identities[0].channelId as number;
    const simulation = new Simulation({
      bot: toSimulatedBot(read, undefined, { id: channelId, kind: "webchat" }),
      contact,
      channelId,
      at: server.now(),
      seed: 1,
      answerJob: async () => undefined,
    });
    const [turn] = await simulation.handle({ kind: "message", message: { text: "Blue", attachments: [] } });
    expect(turn?.messages.map(({ content }) => content.text)).toEqual(["Blue it is"]);
    expect(turn?.passages).toEqual([{ flow: "ask", step: "a", output: "answered" }]);
    expect((await tenant.call("GET", `/contacts/${data[0].id}`)).json().fields).toEqual({});
  });

  it("buys in a shop flow as on the server: cart, orders, their triggers and lists, and nothing is bought there", async () => {
    const body = {
      name: "T-shirt",
      variants: [
        { sku: "TEE", name: "red", price: 2500, currency: "EUR", stock: 90 },
        { sku: "OLD", price: 900, currency: "EUR", active: false },
      ],
    };
    const { variants } = (await tenant.call("POST", "/products", { body })).json();
    const [tee, old] = variants.map(({ id }: { id: number }) => id);
    // Its sku is the other's id, in digits: a sku goes before an id.
    await tenant.call("POST", "/products", {
      body: { name: "Mug", variants: [{ sku: String(old), price: 700, currency: "EUR" }] },
    });
    // In stock is enough for both: the server has sold before the simulator asks.
    const heard = await playBoth(shopFile, "buy", [
      { say: "pay" },
      { say: "buy" },
      { say: "buy" },
      { say: "buy" },
      { do: [{ action: "add_to_cart", args: { variant: String(old) } }] },
      { say: "pay" },
      { say: "orders" },
      { do: [{ action: "create_order", args: { items: [{ variant: "TEE", quantity: 2 }] } }] },
      { do: [{ action: "create_order", args: { items: [{ variant: tee }], status: "paid" } }] },
      { say: "orders" },
    ]);
    const said = heard.server.map((messages) => messages.map(({ text }) => text));
    expect(said[1]).toEqual(expect.arrayContaining(["Cart: 1 T-shirt, red, 25.00 EUR", "Left: 25.00"]));
    expect(said[4]).toEqual(["Left: 82.00"]);
    expect(said[5]).toContain("Ordered for 82.00");
    expect(said.flat().filter((text) => text === "Paid!")).not.toEqual([]);
    expect(withoutAbsent(heard.browser)).toEqual(withoutAbsent(heard.server));

    // The contact that bought on the server plays on with what it has there.
    const [row] = (await tenant.call("GET", "/contacts?bot=shop")).json().data;
    const contact = (await tenant.call("GET", `/contacts/${row.id}/snapshot`)).json() as Contact;
    const goods = (await tenant.call("GET", `/contacts/${row.id}/goods`)).json() as ContactGoods;
    const read = (await tenant.call("GET", "/bots/shop/snapshot")).json() as ReadBot;
    const channelId = contact.identities[0]?.channelId ?? 0;
    const before = (await tenant.call("GET", "/orders")).json();
    const simulation = new Simulation({
      bot: toSimulatedBot(read, undefined, { id: channelId, kind: "webchat" }),
      contact,
      channelId,
      at: server.now(),
      seed: 1,
      answerJob: async () => undefined,
      goods: { ...goods, variants: [] },
      findVariants,
    });
    const first = goods.orders[0]?.id ?? 0;
    expect(goods.orders.map(({ id }) => id)).toEqual([...goods.orders.map(({ id }) => id)].sort((a, b) => a - b));
    const [turn] = await simulation.handle({
      kind: "actions",
      actions: [{ action: "update_order", args: { order: first, status: "paid" } }],
    });
    expect(turn?.messages.map(({ content }) => content.text)).toEqual(["Paid!"]);
    expect(simulation.goods.orders[0]).toMatchObject({ id: first, status: "paid" });
    expect((await tenant.call("GET", "/orders")).json()).toEqual(before);
  });

  it("shows no other workspace's bot and contact", async () => {
    const other = await aTenant(server);
    const { data } = (await tenant.call("GET", "/contacts")).json();
    expect((await other.call("GET", `/contacts/${data[0].id}/snapshot`)).statusCode).toBe(404);
    expect((await other.call("GET", `/contacts/${data[0].id}/goods`)).statusCode).toBe(404);
    expect((await other.call("GET", "/bots/real/snapshot")).statusCode).toBe(404);
    const sought = await other.call("POST", "/variants/snapshots", { body: { keys: ["TEE", 1, ""] } });
    expect(sought.json()).toEqual({ data: [null, null, null] });
    const token = await tenant.mintToken({ scopes: ["flows:read"] });
    expect((await tenant.call("GET", "/bots/real/snapshot", { token })).statusCode).toBe(403);
  });
});
