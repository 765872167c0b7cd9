import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aShop, contactOf, echoFlow, type Shop, type TestShell, testShell, untilSent } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import { submitInbound } from "./submit-inbound.ts";

let database: TestDatabase;
let one: TestShell;
let shop: Shop;
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database);
  shop = await aShop(one, { flows: [echoFlow] }, { outsidePauseMinutes: 30 });
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

let people = 0;
async function somebody(): Promise<{ person: string; contactId: number }> {
  people += 1;
  const person = `p${people}`;
  const contactId = contactOf(await one.shell.submit(shop.from(person, "hello")));
  await untilSent(one);
  return { person, contactId };
}

let mids = 0;
async function outside(person: string, text: string, mid?: string) {
  mids += 1;
  const message = { externalId: mid ?? `outside${mids}`, text, attachments: [] };
  const happening = { kind: "outside_message", message } as const;
  const event = { externalId: `echo:${message.externalId}`, from: person, happening, onlyKnown: true } as const;
  const context = { db: database.db, submit: one.shell.submit };
  return await submitInbound(context, shop.channelId, [{ ...event, at: one.clock.now() }]);
}

const chatOf = async (contactId: number) =>
  await database.db
    .selectFrom("messages")
    .select(["direction", "author", "status", "reason", "content"])
    .where("contactId", "=", contactId)
    .orderBy("id")
    .execute();

describe("what the company writes in the messenger's own inbox", () => {
  it("stands in the conversation as an agent's, is not sent, and answers nothing", async () => {
    const { person, contactId } = await somebody();
    const sends = one.platform.sends.length;
    await outside(person, "Come by tomorrow");
    expect((await chatOf(contactId)).at(-1)).toMatchObject({
      direction: "out",
      author: "agent",
      status: "sent",
      reason: null,
      content: { text: "Come by tomorrow" },
    });
    await untilSent(one);
    expect(one.platform.sends).toHaveLength(sends);
  });

  it("lets the bot keep still for as long as the channel says, and no longer", async () => {
    const { person } = await somebody();
    await outside(person, "I am on it");
    await one.shell.submit(shop.from(person, "thanks"));
    await untilSent(one);
    expect(one.platform.delivered(person)).toEqual(["re: hello"]);
    one.clock.pass(30 * 60_000);
    await one.shell.submit(shop.from(person, "and now?"));
    await untilSent(one);
    expect(one.platform.delivered(person)).toEqual(["re: hello", "re: and now?"]);
  });

  it("is there once, however often it is told", async () => {
    const { person, contactId } = await somebody();
    for (const _time of [1, 2]) await outside(person, "once", "same");
    expect((await chatOf(contactId)).filter(({ author }) => author === "agent")).toHaveLength(1);
  });

  it("is none of ours: an echo of what we sent is known by its id, and by its words", async () => {
    const { person, contactId } = await somebody();
    const sent = await database.db
      .selectFrom("messages")
      .select("externalId")
      .where("contactId", "=", contactId)
      .where("direction", "=", "out")
      .executeTakeFirstOrThrow();
    expect(await outside(person, "something else", sent.externalId ?? "")).toEqual([]);
    expect(await outside(person, "re: hello", "another part's")).toEqual([]);
    expect(await chatOf(contactId)).toHaveLength(2);
    one.clock.pass(120_000);
    expect(await outside(person, "re: hello")).toHaveLength(1);
  });

  it("is known as ours also while our own send is under way", async () => {
    const { person, contactId } = await somebody();
    let answer = () => {};
    one.platform.reply = () =>
      new Promise((resolve) => (answer = () => resolve({ status: "sent", externalId: "late" })));
    one.clock.pass(120_000);
    await one.shell.submit(shop.from(person, "slow"));
    await until("the send is under way", () => one.platform.sends.at(-1)?.text === "re: slow");
    expect(await outside(person, "re: slow", "late")).toEqual([]);
    one.platform.reply = () => undefined;
    answer();
    await untilSent(one);
    expect((await chatOf(contactId)).filter(({ author }) => author === "agent")).toEqual([]);
  });

  it("to somebody who never wrote makes no contact", async () => {
    expect(await outside("nobody", "Hello?")).toEqual([]);
  });
});
