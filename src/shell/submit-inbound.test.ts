import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aShop, contactOf, echoFlow, type Shop, type TestShell, testShell } from "../../test/shell.ts";
import { submitInbound } from "./submit-inbound.ts";

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
/** When a message stands that the platform dates so. */
async function timeOf(at: number): Promise<number | undefined> {
  people += 1;
  const message = { text: "hello", attachments: [] };
  const happening = { kind: "message", message } as const;
  const context = { db: database.db, submit: one.shell.submit };
  const [reply] = await submitInbound(context, shop.channelId, [
    { externalId: `dated${people}`, from: `dated${people}`, happening, at },
  ]);
  if (reply === undefined) throw new Error("the event was left out");
  const row = await database.db
    .selectFrom("messages")
    .select("createdAt")
    .where("contactId", "=", contactOf(reply))
    .where("direction", "=", "in")
    .executeTakeFirst();
  return row?.createdAt.getTime();
}

it("asks for a person by what PostgreSQL takes, whatever the platform calls them", async () => {
  const context = { db: database.db, submit: one.shell.submit };
  const unsubscribed = { externalId: "u1", from: "a\0b", happening: { kind: "blocked" }, onlyKnown: true } as const;
  expect(await submitInbound(context, shop.channelId, [unsubscribed])).toEqual([]);
});

describe("what a platform says of the time", () => {
  it("holds where it is a time that has been", async () => {
    const at = one.clock.now() - 90_000;
    expect(await timeOf(at)).toBe(at);
  });

  it.each([
    ["beyond what a date can be", 9_223_372_036_854_776_000],
    ["before all dates", -9_223_372_036_854_776_000],
    ["not a number", Number.NaN],
    ["in seconds instead of milliseconds", 1_790_000_000],
  ])("is left aside where it is %s: the message is taken as written now", async (_case, at) => {
    expect(await timeOf(at)).toBe(one.clock.now());
  });

  it("is not believed of what is still to come: nothing is written later than it is read", async () => {
    expect(await timeOf(one.clock.now() + 86_400_000)).toBe(one.clock.now());
  });
});
