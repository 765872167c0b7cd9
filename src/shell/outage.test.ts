import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { outboundToLoopback } from "../../test/outbound.ts";
import { runScript } from "../../test/scripts.ts";
import {
  aShop,
  echoFlow,
  recordingLog,
  type Shop,
  type TestClock,
  type TestShell,
  testClock,
  testShell,
} from "../../test/shell.ts";
import { startTelegramStandIn, type TelegramStandIn } from "../../test/stand-ins/telegram-bot-api.ts";
import { until } from "../../test/until.ts";
import { channelTypes } from "../channels/index.ts";
import { createBroadcast } from "../store/broadcast-draft-store.ts";
import { countRecipients } from "../store/broadcast-ledger-store.ts";
import { getBroadcast, moveBroadcast } from "../store/broadcast-store.ts";
import { createChannel } from "../store/channel-store.ts";
import { sealSecrets } from "../store/secret-box.ts";
import { createBulkRoom } from "./bulk-room.ts";
import { jobKinds } from "./jobs/index.ts";
import { runBroadcast } from "./jobs/run-broadcast.ts";
import type { Submission } from "./submission.ts";

const minute = 60_000;
const tickMs = 10_000;
const outageMs = 10 * minute;
/** Who write all along; the broadcast and the sequence go to them and to the others. */
const talkers = 6;
const people = 48;
const secretKey = randomBytes(32);

let database: TestDatabase;
let standIn: TelegramStandIn;
let clock: TestClock;
beforeAll(async () => {
  [database, standIn] = await Promise.all([testDatabase(), startTelegramStandIn()]);
  clock = testClock();
});
afterAll(async () => {
  await standIn.close();
  await database.close();
});

/** A process whose connection to the database can be cut for good: whatever it does from then on, nobody learns of it. */
async function aProcess(): Promise<TestShell & { kill(): Promise<void> }> {
  let isKilled = false;
  const mortal = <T extends Kysely<never> | TestDatabase["db"]>(db: T): T =>
    new Proxy(db, {
      get(target, name) {
        if (isKilled) throw new Error("killed");
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const transact: TestDatabase["transact"] = async (work) => {
    if (isKilled) throw new Error("killed");
    return await database.transact(work);
  };
  const { "broadcasts-due": _due, "run-broadcast": _run, ...kinds } = jobKinds;
  const own = { ...database, db: mortal(database.db), hot: mortal(database.hot), transact };
  const shell = await testShell(own, { clock, secretKey, jobKinds: kinds, channelTypes });
  return {
    ...shell,
    async kill() {
      isKilled = true;
      await shell.stop();
      // On a server the dead are found by their silence, which the test does not wait for.
      await database.db
        .updateTable("processes")
        .set({ heartbeatAt: new Date(0) })
        .execute();
    },
  };
}

const chatOf = (person: number) => String(7_000 + person);
const later = { mode: "after", amount: 3, unit: "minutes" } as const;
const course = {
  ref: "course",
  name: "Course",
  steps: ["lesson 1", "lesson 2"].map((text, index) => ({
    ref: `l${index}`,
    delay: later,
    content: { kind: "message", content: text } as const,
  })),
};

async function aTelegramShop(): Promise<Shop & { readonly telegram: number }> {
  const shop = await aShop({ database, clock }, { flows: [echoFlow], sequences: [course] });
  // The broadcast's room would be this one's too, and it has no limit.
  await database.db.updateTable("channels").set({ status: "disconnected" }).where("id", "=", shop.channelId).execute();
  const { id } = await createChannel(
    database.db,
    { id: shop.botId, workspaceId: shop.workspaceId },
    {
      ...{ kind: "telegram", name: "Telegram", status: "connected" },
      settings: { apiRoot: standIn.url, bulkPerSecond: 2, username: "bot" },
      sealedSecrets: sealSecrets({ token: "123456:ABCDEFGHIJKLMNOP", secretToken: "s" }, secretKey),
    },
  );
  return { ...shop, telegram: id };
}

/** What the platform took, in its order. */
const taken = () =>
  standIn.calls
    .filter(({ method, ok }) => method === "sendMessage" && ok === true)
    .map(({ payload }) => ({ chat: String(payload.chat_id), text: String(payload.text) }));

it("ten minutes of a platform's outage, and a kill in the middle: nothing twice, nothing lost, each contact's order kept, answers first", async () => {
  const shop = await aTelegramShop();
  let alive = await aProcess();
  const said = new Map<string, string[]>();

  /** As the platform does it: an update that was not taken is delivered again. */
  async function write(person: number, text: string): Promise<number> {
    const chat = chatOf(person);
    said.set(chat, [...(said.get(chat) ?? []), text]);
    const submission: Submission = {
      target: { channelId: shop.telegram, externalId: chat },
      happening: { kind: "message", message: { text, attachments: [] } },
      ...{ source: "channel", dedupeKey: `c${shop.telegram}:${chat}:${text}` },
    };
    const reply = await alive.shell.submit(submission).catch(() => alive.shell.submit(submission));
    return reply.contactId ?? 0;
  }

  const ids: number[] = [];
  for (let person = 0; person < people; person += 1) ids.push(await write(person, "hello"));
  await untilAllTaken();
  const subscribe = [{ action: "subscribe_sequence", args: { sequence: "course" } }];
  for (const contactId of ids) {
    await alive.shell.submit({
      target: { contactId },
      happening: { kind: "actions", actions: subscribe },
      source: "api",
    });
  }
  const broadcast = await startBroadcast(shop);

  /** One turn of the broadcast's job, in whichever process is alive. */
  async function handIn(): Promise<void> {
    const status = (await getBroadcast(database.db, broadcast))?.status;
    if (status === "finished") return;
    await runBroadcast
      .run(
        { id: broadcast },
        {
          ...{ db: database.db, submit: alive.shell.submit, enqueue: async () => {}, outbound: outboundToLoopback },
          ...{ runScript, lookUpProfile: async () => undefined, announceBroadcast: () => {}, secretKey },
          // The job goes on by itself where there is room, and comes back when there is none.
          bulkRoom: onceFull(createBulkRoom({ db: database.db, channels: alive.shell.channels })),
          ...{ log: recordingLog([]), now: clock.now },
        },
      )
      .catch((thrown: unknown) => expect(thrown).toBe(full));
  }

  const began = clock.now();
  const before = taken().length;
  const faults = [
    { status: 502, page: "<h1>Bad Gateway</h1>" },
    { reset: true },
    { status: 429, description: "Too Many Requests: retry after 3", retryAfter: 3 },
  ];
  for (let tick = 0; clock.now() < began + outageMs; tick += 1) {
    standIn.failAlways(faults[tick % faults.length] ?? {}, 0);
    await handIn();
    if (tick % 5 === 0) await write((tick / 5) % talkers, `tick ${tick}`);
    // A word a tick lets the outbox look at the time that has passed.
    await write(people, `still there ${tick}`);
    await setTimeout(5);
    if (tick === 30) {
      await alive.kill();
      alive = await aProcess();
    }
    clock.pass(tickMs);
  }
  expect(taken().slice(before)).toEqual([]);
  const { waiting, sending, sent } = (await countRecipients(database.db, [broadcast])).get(broadcast) ?? {};
  // What waits for the platform is a few seconds' worth: the rest of the broadcast was held back.
  expect(waiting).toBeGreaterThan(people / 3);
  expect((waiting ?? 0) + (sending ?? 0) + (sent ?? 0)).toBe(people);

  standIn.heal();
  // Somebody who comes just now has their answer before what the broadcast has left.
  await write(people + 1, "just now");
  await until("the newcomer is answered", () => taken().some(({ text }) => text === "re: just now"), {
    withinMs: 10_000,
  });
  expect(taken().filter(({ text }) => text === "News").length).toBeLessThan(people / 2);
  let newest = 0;
  await until(
    "everything has left",
    async () => {
      clock.pass(tickMs);
      await handIn();
      newest += 1;
      // Each time somebody else: what one chat may have a second is not the matter here.
      await write(people + 1 + newest, `and ${newest}`);
      return isOver();
    },
    { withinMs: 120_000 },
  );
  await untilAllTaken();

  expect((await countRecipients(database.db, [broadcast])).get(broadcast)).toEqual({
    ...{ waiting: 0, sending: 0, sent: people, failed: 0, skipped: 0 },
  });
  const heard = Map.groupBy(taken(), ({ chat }) => chat);
  const stored = Map.groupBy(await storedMessages(), ({ recipient }) => recipient);
  expect([...heard.keys()].sort()).toEqual([...stored.keys()].sort());
  for (const [chat, messages] of stored) {
    const texts = heard.get(chat)?.map(({ text }) => text) ?? [];
    // What was made for somebody came once, in the order in which it was made.
    expect(texts, chat).toEqual(messages.map(({ content }) => content.text));
    expect(texts.filter((text) => text.startsWith("re: "))).toEqual(said.get(chat)?.map((text) => `re: ${text}`));
    if (ids.length > Number(chat) - 7_000) {
      expect(texts.filter((text) => !text.startsWith("re: ")).sort(), chat).toEqual(["News", "lesson 1", "lesson 2"]);
    }
  }
  await alive.stop();

  async function storedMessages() {
    return await database.db
      .selectFrom("messages")
      .select(["recipient", "content", "status"])
      .where("channelId", "=", shop.telegram)
      .where("direction", "=", "out")
      .orderBy("id")
      .execute();
  }
  async function untilAllTaken(): Promise<void> {
    await until("nothing waits", async () => (await storedMessages()).every(({ status }) => status === "sent"));
  }
  async function isOver(): Promise<boolean> {
    const rows = await storedMessages();
    const lessons = rows.filter(({ content }) => content.text === "lesson 2").length;
    const isDone = (await getBroadcast(database.db, broadcast))?.status === "finished";
    return (
      isDone &&
      lessons === people &&
      rows.every(({ status, content: { text = "" } }) => status === "sent" || text.startsWith("re: and"))
    );
  }
}, 240_000);

const full = new Error("full");

/** The channels' room, until it is full: then the job, which would look again for seconds, is let go. */
function onceFull(room: ReturnType<typeof createBulkRoom>): ReturnType<typeof createBulkRoom> {
  return async (botId) => {
    const { free, most } = await room(botId);
    if (free < most / 4) throw full;
    return { free, most };
  };
}

async function startBroadcast({ workspaceId, botId }: Shop): Promise<number> {
  const at = new Date(clock.now());
  const { id } = await createBroadcast(database.db, {
    ...{ workspaceId, botId, name: "News", perMinute: null, startAt: null, at },
    audience: { condition: { match: "all", rules: [] } },
    actions: [{ action: "send_message", args: { content: "News" } }],
  });
  await database.db.transaction().execute((trx) => moveBroadcast(trx, { workspaceId }, id, "start", at));
  return id;
}
