import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aShop, echoFlow, type Shop, type TestShell, testShell, untilSent } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import type { MessageReceipt } from "../model/event.ts";

let database: TestDatabase;
let one: TestShell;
let shop: Shop;
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database);
  shop = await aShop(one, { flows: [echoFlow] });
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

let people = 0;

/** Somebody to whom so many messages were sent; their ids on the platform, in order. */
async function somebody(count: number): Promise<{ person: string; mids: string[] }> {
  people += 1;
  const person = `p${people}`;
  for (let index = 0; index < count; index += 1) {
    one.clock.pass(1_000);
    await one.shell.submit(shop.from(person, `m${index}`));
    await untilSent(one);
  }
  const mids = (await messagesTo(person)).map(({ externalId }) => externalId ?? "");
  return { person, mids };
}

const messagesTo = async (person: string) =>
  await database.db
    .selectFrom("messages")
    .select(["status", "error", "externalId", "sentAt", "receipts"])
    .where("channelId", "=", shop.channelId)
    .where("recipient", "=", person)
    .where("direction", "=", "out")
    .orderBy("id")
    .execute();
const statuses = async (person: string) => (await messagesTo(person)).map(({ status }) => status);
const tell = async (person: string, receipt: MessageReceipt, key?: string) =>
  await one.shell.submit(shop.from(person, { kind: "message_status", ...receipt }, key));

describe("a receipt", () => {
  it("marks the message that it names, and the history tells of it", async () => {
    const { person, mids } = await somebody(2);
    const { eventId = 0 } = await tell(person, { status: "delivered", mid: mids[1] ?? "" });
    expect(await statuses(person)).toEqual(["sent", "delivered"]);
    const { facts } = await database.db
      .selectFrom("events")
      .select("facts")
      .where("id", "=", eventId)
      .executeTakeFirstOrThrow();
    expect(facts).toEqual([{ kind: "message_delivered", channelId: shop.channelId, mid: mids[1] }]);
  });

  it("never undoes a later state, whatever the order and however often it comes", async () => {
    const { person, mids } = await somebody(1);
    const [mid = ""] = mids;
    const told = [];
    for (const status of ["read", "delivered", "failed", "read"] as const) {
      await tell(person, { status, mid, reason: "no" });
      told.push(await statuses(person));
    }
    expect(told).toEqual([["read"], ["read"], ["read"], ["read"]]);
  });

  it("of a failure says why, and that it arrived after all takes that back", async () => {
    const { person, mids } = await somebody(1);
    await tell(person, { status: "failed", mid: mids[0] ?? "", reason: "the phone is off" });
    expect(await messagesTo(person)).toMatchObject([{ status: "failed", error: "the phone is off" }]);
    await tell(person, { status: "delivered", mid: mids[0] ?? "" });
    expect(await messagesTo(person)).toMatchObject([{ status: "delivered", error: null }]);
  });

  it("may speak of a message and all before it, or of all until a moment", async () => {
    const { person, mids } = await somebody(4);
    const { sentAt } = (await messagesTo(person))[1] ?? {};
    await tell(person, { status: "delivered", mid: mids[2] ?? "", andEarlier: true });
    expect(await statuses(person)).toEqual(["delivered", "delivered", "delivered", "sent"]);
    await tell(person, { status: "read", until: sentAt?.getTime() ?? 0 });
    expect(await statuses(person)).toEqual(["read", "read", "delivered", "sent"]);
  });

  it("says nothing of other people's messages, though the platform numbers them alike, and nothing of unknown ones", async () => {
    const { person, mids } = await somebody(1);
    const other = await somebody(1);
    await tell(other.person, { status: "read", mid: mids[0] ?? "", andEarlier: true });
    await tell(person, { status: "read", mid: "of nobody" });
    expect([await statuses(person), await statuses(other.person)]).toEqual([["sent"], ["sent"]]);
  });

  it("marks several messages of several people in one batch", async () => {
    const some = await Promise.all([somebody(2), somebody(2)].map(async (made) => await made));
    await Promise.all(some.flatMap(({ person, mids }) => mids.map((mid) => tell(person, { status: "read", mid }))));
    for (const { person } of some) expect(await statuses(person)).toEqual(["read", "read"]);
  });

  it("that overtakes the answer to the send counts once that is recorded", async () => {
    people += 1;
    const person = `p${people}`;
    const answer = Promise.withResolvers<void>();
    one.platform.reply = async (send) => {
      if (send.recipient === person) await answer.promise;
      return { status: "sent", externalId: `of ${send.text}` };
    };
    await one.shell.submit(shop.from(person, "early"));
    await until("the send", () => one.platform.sends.some(({ recipient }) => recipient === person));
    await tell(person, { status: "delivered", mid: "of a part before" });
    await tell(person, { status: "delivered", mid: "of re: early" });
    await tell(person, { status: "read", mid: "of re: early" });
    expect(await statuses(person)).toEqual(["queued"]);
    answer.resolve();
    await untilSent(one);
    expect(await messagesTo(person)).toMatchObject([{ status: "read", externalId: "of re: early", receipts: null }]);
    one.platform.reply = () => undefined;
  });
});

it("what was said with a start is kept, and answers nothing", async () => {
  people += 1;
  const person = `p${people}`;
  const message = { externalId: "5", text: "I come from the poster", attachments: [] };
  await one.shell.submit(shop.from(person, { kind: "start", payload: "poster", message }));
  await untilSent(one);
  const said = await database.db
    .selectFrom("messages")
    .select(["direction", "content", "externalId"])
    .where("channelId", "=", shop.channelId)
    .where("direction", "=", "in")
    .where("externalId", "=", "5")
    .execute();
  expect(said).toMatchObject([{ content: { text: "I come from the poster" } }]);
  expect(one.platform.delivered(person)).toEqual(["re: "]);
});
