import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aSecondChannel, contactTables, mergeCalls, tablesWith } from "../../test/merging.ts";
import { aShop, contactOf, echoFlow, type Shop, type TestShell, testShell, untilSent } from "../../test/shell.ts";
import type { Advance } from "../engine/advance.ts";
import type { Contact } from "../model/contact.ts";
import { advance } from "../steps/advance.ts";
import { findContactForLink, listContacts, requireContact } from "../store/contact-store.ts";
import { findFailedEvent, listEvents } from "../store/event-store.ts";
import { logIntegrationCall } from "../store/integration-log-store.ts";
import { movers } from "../store/merge-store.ts";
import { listChat } from "../store/message-store.ts";
import { listNotes } from "../store/note-store.ts";
import { createSalesPlan } from "../store/sales-plan-store.ts";
import { retryEvent } from "./retry-event.ts";

/** Asks, and waits for the answer. */
const asking = (ref: string, keyword: string) => ({
  ref,
  name: ref,
  triggers: [{ kind: "keyword" as const, words: [keyword], match: "exact" as const, interrupts: true }],
  start: "ask",
  steps: [
    { ref: "ask", kind: "question", config: { text: `${ref}?`, answer: { type: "text" } } },
    { ref: "thanks", kind: "message", config: { messages: [{ text: `thanks for ${ref}` }] } },
  ],
  edges: [{ from: "ask", output: "answered", to: "thanks" }],
});

/** While set, the text "break" breaks the engine. */
let isBroken = true;
const breaking: Advance = (world, event) => {
  if (isBroken && event.kind === "message" && event.message.text === "break") throw new Error("a bug in a step");
  return advance(world, event);
};

let database: TestDatabase;
let one: TestShell;
let shop: Shop;
/** The bot's other channel. */
let secondChannel: number;
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database, { advance: breaking });
  shop = await aShop(one, {
    tags: ["a", "b", "c"],
    labels: ["hot"],
    fields: ["plan", "city"].map((key) => ({ key, name: key, kind: "text" as const })),
    sequences: [{ ref: "course", name: "Course" }],
    flows: [echoFlow, asking("size", "size"), asking("color", "color")],
  });
  secondChannel = await aSecondChannel(database, shop);
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

const { tell, act, merge, load, access, newNames, twoPeople } = mergeCalls(() => ({ one, shop, secondChannel }));

/** A cart, an order and a deal, as the shop and the sales plans leave them. */
async function buySomething(contactId: number): Promise<void> {
  const { db } = database;
  const at = new Date(one.clock.now());
  const bought = { contactId, currency: "EUR", lines: "[]", createdAt: at, updatedAt: at } as const;
  await db
    .insertInto("carts")
    .values({ ...bought, id: 1 })
    .execute();
  const { workspaceId, botId } = shop;
  await db
    .insertInto("orders")
    .values({ ...bought, workspaceId, botId, status: "paid", total: 0 })
    .execute();
  const plan = { name: "Course", currency: "EUR", averageCheck: null, label: "", distribution: "manual" } as const;
  const statuses = [{ name: "New", kind: "open" as const }];
  await createSalesPlan(db, workspaceId, { ...plan, statuses, managers: [] });
  await act(contactId, ["add_to_sales_plan", { plan: "Course" }]);
}

const toSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe("merging two contacts", () => {
  it("covers every table that belongs to a contact", async () => {
    expect(Object.keys(movers).map(toSnake).sort()).toEqual(await contactTables(database.db));
  });

  it("moves what the primary lacks, keeps what it has, and leaves nothing behind", async () => {
    const { primary, secondary, ann, anna } = await twoPeople();
    await act(
      primary,
      ["add_tag", { tag: "a" }],
      ["set_field", { field: "plan", value: "gold" }],
      ["set_profile", { key: "email", value: "ann@example.com" }],
    );
    await act(
      secondary,
      ["add_tag", { tag: "b" }],
      ["add_label", { label: "hot" }],
      ["set_field", { field: "plan", value: "iron" }],
      ["set_field", { field: "city", value: "Riga" }],
      ["set_profile", { key: "email", value: "anna@example.com" }],
      ["set_profile", { key: "phone", value: "+79001234567" }],
      ["subscribe_sequence", { sequence: "course" }],
      ["add_note", { text: "likes tea" }],
    );
    await tell(anna, "size", secondChannel);
    const log = {
      integration: "crm",
      direction: "out",
      ok: true,
      summary: "x",
      request: null,
      response: null,
    } as const;
    await logIntegrationCall(database.db, {
      ...log,
      workspaceId: shop.workspaceId,
      contactId: secondary,
      durationMs: 1,
      at: new Date(),
    });
    await buySomething(secondary);
    const filled = await tablesWith(database.db, secondary);
    expect(filled).toEqual(
      expect.arrayContaining(["carts", "contact_labels", "deals", "integration_log", "orders", "positions"]),
    );
    const before = await load(secondary);
    one.clock.pass(1000);
    expect(await merge(primary, secondary)).toMatchObject({ status: "done", contactId: primary });
    const merged = await load(primary);
    expect(merged).toMatchObject({
      tags: ["seen", "a", "b"],
      labels: ["hot"],
      fields: { plan: "gold", city: "Riga" },
      profile: { email: "ann@example.com", phone: "+79001234567" },
      sequences: ["course"],
      positions: [{ flow: "size", id: before?.positions[0]?.id }],
      lastInboundAt: before?.lastInboundAt,
    });
    expect(merged?.identities.map(({ externalId }) => externalId)).toEqual([ann, anna]);
    expect(merged?.identities.every(({ lastInboundAt }) => lastInboundAt !== undefined)).toBe(true);
    expect(await load(secondary)).toBeUndefined();
    expect(await tablesWith(database.db, secondary)).toEqual([]);
    expect(await tablesWith(database.db, primary)).toEqual(expect.arrayContaining([...filled, "contact_aliases"]));
    expect(await listNotes(database.db, primary, { limit: 9 })).toMatchObject([{ text: "likes tea" }]);
    const chat = await listChat(database.db, access(), { contactId: primary, limit: 50 });
    expect(chat.map(({ content }) => content.text).toReversed()).toEqual([
      "hello",
      "re: hello",
      "hi",
      "re: hi",
      "size",
      "size?",
    ]);
    const [last, ...earlier] = await listEvents(database.db, access(), { contactId: primary }, { limit: 50 });
    expect(last).toMatchObject({
      kind: "merge",
      source: "api",
      payload: { secondaryId: secondary, deleteSecondary: true },
      facts: [
        {
          kind: "contact_merged",
          secondary: { id: secondary, cuid: before?.cuid },
          deleted: true,
          lost: { profile: { email: "anna@example.com" }, fields: { plan: "iron" } },
        },
      ],
    });
    expect(earlier).toHaveLength(6);
  });

  it("lets the person go on where the secondary stood, on either channel", async () => {
    const { primary, secondary, ann, anna } = await twoPeople();
    await tell(anna, "size", secondChannel);
    await merge(primary, secondary);
    expect(contactOf(await tell(anna, "XL", secondChannel))).toBe(primary);
    expect(contactOf(await tell(ann, "again"))).toBe(primary);
    await untilSent(one);
    expect(one.platform.delivered(anna)).toEqual(["re: hi", "size?", "thanks for size"]);
    expect(one.platform.delivered(ann)).toEqual(["re: hello", "re: again"]);
  });

  it("ends the secondary's walk through a flow in which the primary stands too", async () => {
    const { primary, secondary, ann, anna } = await twoPeople();
    await tell(ann, "size");
    for (const flow of ["size", "color"]) await tell(anna, flow, secondChannel);
    const own = (await load(primary))?.positions[0]?.id;
    await merge(primary, secondary);
    const positions = (await load(primary))?.positions ?? [];
    expect(positions.map(({ flow }) => flow)).toEqual(["size", "color"]);
    expect(positions[0]?.id).toBe(own);
    const [event] = await listEvents(database.db, access(), { contactId: primary }, { limit: 1 });
    expect(event?.facts).toMatchObject([
      { kind: "contact_merged" },
      { kind: "position_ended", flow: "size", step: "ask", reason: "merged" },
    ]);
  });

  it("answers each of two identities on one channel where it wrote", async () => {
    const { ann, anna } = newNames();
    const primary = contactOf(await tell(ann, "one"));
    const secondary = contactOf(await tell(anna, "two"));
    await merge(primary, secondary);
    one.clock.pass(1000);
    await tell(anna, "three");
    await act(primary, ["send_message", { content: "where you wrote last" }]);
    one.clock.pass(1000);
    await tell(ann, "four");
    await act(primary, ["send_message", { content: "and here" }]);
    await untilSent(one);
    expect(one.platform.delivered(ann)).toEqual(["re: one", "re: four", "and here"]);
    expect(one.platform.delivered(anna)).toEqual(["re: two", "re: three", "where you wrote last"]);
  });

  it("tries an event that failed again from the identity that it came from", async () => {
    const persons = Object.values(newNames());
    const [primary = 0, secondary = 0] = await Promise.all(
      persons.map(async (person) => contactOf(await tell(person, "hi"))),
    );
    await merge(primary, secondary);
    for (const person of persons) {
      const reply = await one.shell.submit(shop.from(person, "break"));
      expect(reply).toMatchObject({ status: "refused", code: "internal" });
    }
    const failed = await listEvents(database.db, access(), { contactId: primary, failed: true }, { limit: 9 });
    isBroken = false;
    for (const { id } of failed.toReversed()) {
      const event = await findFailedEvent(database.db, access(), id);
      if (event !== undefined) await retryEvent(database.db, one.shell.submit, event);
    }
    await untilSent(one);
    expect(persons.map((person) => one.platform.delivered(person))).toEqual([
      ["re: hi", "re: break"],
      ["re: hi", "re: break"],
    ]);
  });

  it("keeps the secondary where it is asked to: with its name alone, and a note of where it went", async () => {
    const { primary, secondary, anna } = await twoPeople();
    await act(
      secondary,
      ["set_profile", { key: "name", value: "Anna" }],
      ["set_profile", { key: "email", value: "kept@example.com" }],
    );
    const { cuid } = (await load(primary)) as Contact;
    await merge(primary, secondary, false);
    const kept = await load(secondary);
    expect(kept?.profile).toEqual({ name: "Anna" });
    expect(kept).toMatchObject({ tags: [], identities: [], positions: [] });
    expect(await tablesWith(database.db, secondary)).toEqual(["notes"]);
    expect(await listNotes(database.db, secondary, { limit: 9 })).toMatchObject([
      { text: `Merged into contact ${primary} (${cuid}).`, author: "api" },
    ]);
    const found = await listContacts(database.db, access(), { email: "kept@example.com" }, { limit: 9 });
    expect(found.map(({ id }) => id)).toEqual([primary]);
    expect(contactOf(await tell(anna, "me again", secondChannel))).toBe(primary);
  });

  it("finds the primary by the cuid of one that was merged away, also after a second merge", async () => {
    const first = await twoPeople();
    const second = await twoPeople();
    const { cuid } = (await load(first.secondary)) as Contact;
    await merge(first.primary, first.secondary);
    await merge(second.primary, first.primary);
    expect((await requireContact(database.db, access(), `cuid:${cuid}`)).id).toBe(second.primary);
    const found = await listContacts(database.db, access(), { cuid }, { limit: 9 });
    expect(found.map(({ id }) => id)).toEqual([second.primary]);
    expect((await findContactForLink(database.db, access(), { cuid }))?.id).toBe(second.primary);
  });

  it("does nothing where it is refused: itself, another bot, nobody", async () => {
    const { primary, secondary } = await twoPeople();
    const other = await aShop(one, { flows: [echoFlow] });
    const foreign = contactOf(await one.shell.submit(other.from("x", "hello")));
    const before = await load(primary);
    const refusals = [primary, foreign, 987_654_321].map((id) => merge(primary, id));
    expect((await Promise.all(refusals)).map((reply) => "code" in reply && reply.code)).toEqual([
      "contact.merge_itself",
      "contact.merge_other_bot",
      "contact.not_found",
    ]);
    expect(await merge(987_654_321, secondary)).toMatchObject({ status: "refused", code: "contact.not_found" });
    expect(await load(primary)).toEqual(before);
    expect(await load(foreign)).toBeDefined();
  });

  it("keeps an opt-out of either", async () => {
    const { primary, secondary } = await twoPeople();
    await act(secondary, ["opt_out", {}]);
    await merge(primary, secondary);
    expect((await load(primary))?.optedOutAt).toBeDefined();
  });
});
