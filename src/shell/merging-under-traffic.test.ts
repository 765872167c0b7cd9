import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aSecondChannel, mergeCalls, tablesWith } from "../../test/merging.ts";
import {
  anotherProcess,
  aShop,
  contactOf,
  echoFlow,
  isOnServer,
  type Shop,
  type TestShell,
  testShell,
  untilSent,
} from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import { listChat } from "../store/message-store.ts";
import type { SubmitReply } from "./submission.ts";

let database: TestDatabase;
let one: TestShell;
let shop: Shop;
let secondChannel: number;
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database);
  shop = await aShop(one, { flows: [echoFlow] });
  secondChannel = await aSecondChannel(database, shop);
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

const { tell, merge, load, access, twoPeople } = mergeCalls(() => ({ one, shop, secondChannel }));

describe("a merge in the midst of things", () => {
  it("loses no event and no message of either, and keeps the order of what waits to leave", async () => {
    const { primary, secondary, ann, anna } = await twoPeople();
    await untilSent(one);
    const gate = Promise.withResolvers<void>();
    one.platform.reply = async () => {
      await gate.promise;
      return { status: "sent", externalId: "x" };
    };
    const replies: Promise<SubmitReply>[] = [];
    for (let count = 0; count < 20; count += 1) {
      replies.push(tell(anna, `s${count}`, secondChannel), tell(ann, `p${count}`));
      if (count === 10) replies.push(merge(primary, secondary));
    }
    const heard = await Promise.all(replies);
    expect(heard.map(({ status }) => status)).toEqual(heard.map(() => "done"));
    gate.resolve();
    one.platform.reply = () => undefined;
    await untilSent(one);
    const expected = (letter: string) => Array.from({ length: 20 }, (_, count) => `re: ${letter}${count}`);
    expect(one.platform.delivered(anna).slice(1)).toEqual(expected("s"));
    expect(one.platform.delivered(ann).slice(1)).toEqual(expected("p"));
    expect(await tablesWith(database.db, secondary)).toEqual([]);
    expect(await listChat(database.db, access(), { contactId: primary, limit: 100 })).toHaveLength(84);
  });

  it("wakes the secondary's waits for the primary", async () => {
    const waiting = {
      name: "Wait",
      triggers: [{ kind: "keyword" as const, words: ["wait"], match: "exact" as const }],
      start: "wait",
      steps: [
        { ref: "wait", kind: "delay", config: { mode: "duration", amount: 1, unit: "hours" } },
        { ref: "say", kind: "message", config: { messages: [{ text: "it is time" }] } },
      ],
      edges: [{ from: "wait", output: "next", to: "say" }],
    };
    const file = { flows: [echoFlow, { ref: "waiting", ...waiting }] };
    const other = await aShop(one, file);
    const primary = contactOf(await one.shell.submit(other.from("p", "hello")));
    one.clock.pass(1000);
    const secondary = contactOf(await one.shell.submit(other.from("s", "wait")));
    await merge(primary, secondary);
    one.clock.pass(3_700_000);
    await until("the wait is over", () => one.platform.delivered("s").includes("it is time"));
    expect((await load(primary))?.positions).toEqual([]);
  });
});

describe.runIf(isOnServer)("two processes on one database", () => {
  it.each([true, false])(
    "merge while the other handles what both people say (the secondary deleted: %s)",
    async (deleted) => {
      const other = await anotherProcess(one, database);
      const pairs = await Promise.all(Array.from({ length: 10 }, () => twoPeople()));
      const speakers = pairs.flatMap(({ ann, anna }) => [
        { channelId: shop.channelId, externalId: ann },
        { channelId: secondChannel, externalId: anna },
      ]);
      const replies = Array.from({ length: 10 }, (_, count) => [
        ...speakers.map((target) => other.shell.submit({ ...shop.from("", `${target.externalId} ${count}`), target })),
        ...(count === 5 ? pairs.map(({ primary, secondary }) => merge(primary, secondary, deleted)) : []),
      ]).flat();
      const heard = await Promise.all(replies);
      expect(new Set(heard.map(({ status }) => status))).toEqual(new Set(["done"]));
      await untilSent(one);
      for (const { externalId } of speakers) {
        const expected = Array.from({ length: 10 }, (_, count) => `re: ${externalId} ${count}`);
        expect(one.platform.delivered(externalId).slice(1)).toEqual(expected);
      }
      for (const { primary, secondary } of pairs) {
        expect((await load(primary))?.identities).toHaveLength(2);
        expect(await tablesWith(database.db, secondary)).toEqual(deleted ? [] : ["notes"]);
        expect(await listChat(database.db, access(), { contactId: primary, limit: 100 })).toHaveLength(44);
      }
      await other.stop();
    },
  );
});
