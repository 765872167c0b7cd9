import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import type { TelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { until } from "../until.ts";
import type { ServerProcess } from "./server-process.ts";
import { databaseKinds, isMeant, startServerToKill } from "./server-to-kill.ts";

const recipients = 3_000;
const firstPerson = 5_000_000;
const kills = 4;
/** A kill leaves what was under way to be found out; a platform that was away is asked again later and later. */
const promiseMs = 180_000;

interface Told {
  readonly id: number;
  readonly status: string;
  readonly recipients: { readonly [K in "waiting" | "sending" | "sent" | "failed" | "skipped"]: number };
}

describe.each(databaseKinds)("a broadcast on the %s database", (kind) => {
  it.runIf(isMeant(kind))(
    "reaches everybody once through kills, pauses and an outage, and its ledger is exact all along",
    async () => {
      const { server, standIn, where } = await startServerToKill(kind);
      const call = await connect(server, standIn);
      await server.stop();
      await seed(where);
      await server.start();
      const made = (await call("POST", "/broadcasts", {
        ...{ bot: "demo", name: "News", audience: { all: true }, content: "News", start: true },
      })) as Told;
      // A second start is refused, whatever becomes of the first.
      await expect(call("POST", `/broadcasts/${made.id}/start`)).rejects.toThrow("409");
      const look = async () => (await call("GET", `/broadcasts/${made.id}`)) as Told;
      const sendsOf = () => standIn.calls.filter(({ method, ok }) => method === "sendMessage" && ok === true).length;

      for (let round = 0; round < kills; round += 1) {
        const before = sendsOf();
        await until("it goes on", () => sendsOf() > before + 100, { withinMs: promiseMs });
        if (round === 2) await pauseForAWhile(call, made.id, sendsOf);
        if (round === 3) standIn.failAlways({ status: 502, page: "<h1>Bad Gateway</h1>" }, 50);
        if (round === 4) standIn.failAlways({ status: 429, description: "Too Many Requests", retryAfter: 1 }, 50);
        if (round === 3 || round === 4) {
          await until("the platform is away", () => standIn.calls.at(-1)?.ok === false, { withinMs: 30_000 });
        }
        await server.kill();
        await server.start();
        standIn.heal();
        const { recipients: counts } = await look();
        expect(sumOf(counts)).toBe(recipients);
      }
      await until("it is over", async () => (await look()).status === "finished", { withinMs: promiseMs });
      expect((await look()).recipients).toEqual({ waiting: 0, sending: 0, sent: recipients, failed: 0, skipped: 0 });
      await until("everything has left", async () => new Set(peopleOf(standIn)).size === recipients, {
        withinMs: promiseMs,
      });
      await server.stop();
      await expectOnce(where, standIn, made.id);
    },
  );
});

const sumOf = (counts: Told["recipients"]) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Whom the stand-in took a message for, as often as it did. */
const peopleOf = (standIn: TelegramStandIn) =>
  standIn.calls.flatMap(({ method, payload, ok }) =>
    method === "sendMessage" && ok === true && payload.text === "News" ? [Number(payload.chat_id)] : [],
  );

type Call = (method: string, path: string, body?: object) => Promise<unknown>;

/** Connects the stand-in to the demo bot. */
async function connect(server: ServerProcess, standIn: TelegramStandIn): Promise<Call> {
  const token = await server.run("token", "create", "--workspace", "demo", "--kind", "api");
  const call: Call = async (method, apiPath, body) => {
    const response = await fetch(`${server.url}/api/v1${apiPath}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${apiPath}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
  await call("POST", "/channels", {
    ...{ bot: "demo", kind: "telegram", name: "News" },
    settings: {
      ...{ token: "123456:ABCDEFGHIJKLMNOP", apiRoot: standIn.url },
      ...{ perChatPerSecond: 100, chatBurst: 1000, bulkPerSecond: 200 },
    },
  });
  return call;
}

/** Nothing leaves while it is paused, but for the few seconds' worth that the channel's queue holds. */
async function pauseForAWhile(call: Call, id: number, sendsOf: () => number): Promise<void> {
  await call("POST", `/broadcasts/${id}/pause`);
  const atPause = sendsOf();
  let last = -1;
  let stillSince = Date.now();
  await until(
    "it stands still",
    () => {
      const now = sendsOf();
      if (now !== last) stillSince = Date.now();
      last = now;
      return Date.now() - stillSince > 2_000;
    },
    { withinMs: 30_000 },
  );
  // Five seconds' worth at 200 a second, and a slice that was under way.
  expect(sendsOf() - atPause).toBeLessThanOrEqual(1_500);
  await call("POST", `/broadcasts/${id}/resume`);
}

async function seed(where: Parameters<typeof openDatabase>[0]): Promise<void> {
  const { db, close } = await openDatabase(where);
  await sql`delete from contacts`.execute(db);
  await sql`
    with channel as (
      select c.id, c.bot_id, b.workspace_id from channels c join bots b on b.id = c.bot_id where c.kind = 'telegram'
    ), people as (
      insert into contacts (workspace_id, bot_id, cuid, first_name)
      select channel.workspace_id, channel.bot_id, 'crash' || g, 'Ann' from channel, generate_series(1, ${recipients}) g returning id
    )
    insert into identities (contact_id, channel_id, external_id)
    select people.id, channel.id, (${firstPerson} + row_number() over (order by people.id))::text from people, channel`.execute(
    db,
  );
  await close();
}

/** Each recipient has one event and one message, which has left; what the stand-in took twice is recorded as uncertain. */
async function expectOnce(
  where: Parameters<typeof openDatabase>[0],
  standIn: TelegramStandIn,
  id: number,
): Promise<void> {
  const { db, close } = await openDatabase(where);
  try {
    const rows = await db
      .selectFrom("broadcastRecipients as r")
      .innerJoin("identities as i", "i.contactId", "r.contactId")
      .leftJoin("messages as m", (join) => join.onRef("m.contactId", "=", "r.contactId").on("m.direction", "=", "out"))
      .select([
        "i.externalId",
        "r.status",
        "r.eventId",
        "m.eventId as messageOf",
        "m.status as left",
        "m.uncertainSends",
      ])
      .where("r.broadcastId", "=", id)
      .execute();
    expect(rows).toHaveLength(recipients);
    const wrong = rows.filter(
      ({ status, eventId, messageOf, left }) => status !== "sent" || eventId !== messageOf || left !== "sent",
    );
    expect(wrong).toEqual([]);
    const taken = Map.groupBy(peopleOf(standIn), (person) => person);
    const twice = rows.filter(({ externalId }) => (taken.get(Number(externalId))?.length ?? 0) !== 1);
    expect(twice.filter(({ uncertainSends }) => (uncertainSends ?? 0) === 0)).toEqual([]);
    // Nothing but what was on its way at a kill.
    expect(twice.length).toBeLessThanOrEqual(kills * 128);
    const { rows: events } = await sql<{
      count: number;
    }>`select count(*) as count from events where source = 'broadcast'`.execute(db);
    expect(events[0]?.count).toBe(recipients);
  } finally {
    await close();
  }
}
