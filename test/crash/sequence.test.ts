import { describe, expect, it } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import type { TelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { until } from "../until.ts";
import { setUpEcho } from "./chatter.ts";
import type { ServerProcess } from "./server-process.ts";
import { databaseKinds, isMeant, startServerToKill } from "./server-to-kill.ts";

const people = 150;
const kills = 4;
const said = ["one", "two", "three"];

describe.each(databaseKinds)("a sequence's tick on the %s database", (kind) => {
  it.runIf(isMeant(kind))(
    "sends nothing twice, loses nothing and keeps the order, killed in the middle of it",
    async () => {
      const { server, standIn, where } = await startServerToKill(kind);
      await setUpEcho(server, standIn);
      const call = await callApi(server);
      const { ref } = await call("POST", "/sequences", { bot: "demo", name: "Course" });
      await subscribeAll(standIn, call, ref);
      // All are inside by now; the first step falls due for all of them at once, and each of the others right behind it.
      const delay = { mode: "after", amount: 0, unit: "minutes" };
      const steps = said.map((text) => ({ ref: text, delay, content: { kind: "message", content: text } }));
      await call("PATCH", `/sequences/${ref}`, { revision: 1, steps });
      for (let round = 0; round < kills; round += 1) {
        const before = heard(standIn).length;
        await until("something more is said", () => heard(standIn).length > before || isOver(standIn), {
          withinMs: 30_000,
        });
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
        await server.kill();
        await server.start();
      }
      await until("everybody heard all", () => isOver(standIn), { withinMs: 60_000 });
      // Heard is not yet known as sent: what a killed process had under way waits until its lease is over, and goes out again.
      await until(
        "nothing waits",
        async () => (await call("GET", "/messages?status=queued&limit=1")).data.length === 0,
        {
          withinMs: 60_000,
        },
      );
      await server.stop();
      for (const [person, texts] of byPerson(standIn)) {
        const firsts = texts.filter((text, index) => texts.indexOf(text) === index);
        expect(firsts, `order of ${person}`).toEqual(said);
      }
      await expectExactness(where, standIn);
    },
  );
});

type Call = (
  method: string,
  address: string,
  body?: object,
) => Promise<{ readonly ref: string; readonly id: number; readonly data: readonly unknown[] }>;

async function callApi(server: ServerProcess): Promise<Call> {
  const token = await server.run("token", "create", "--workspace", "demo", "--kind", "api");
  return async (method, address, body) => {
    const response = await fetch(`${server.url}/api/v1${address}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { ref: string; id: number; data: readonly unknown[] };
  };
}

/** Everybody says a word that a flow subscribes them for. */
async function subscribeAll(standIn: TelegramStandIn, call: Call, sequence: string): Promise<void> {
  const { ref } = await call("POST", "/flows", {
    bot: "demo",
    document: {
      name: "Join",
      triggers: [{ kind: "keyword", match: "exact", words: ["join"], interrupts: true }],
      start: "join",
      steps: [
        { ref: "join", kind: "action", config: { actions: [{ action: "subscribe_sequence", args: { sequence } }] } },
      ],
    },
  });
  await call("POST", `/flows/${ref}/publish`, {});
  const joins = Array.from({ length: people }, async (_, index) => {
    const id = 1000 + index;
    const answer = await standIn.push({
      update_id: index + 1,
      message: {
        ...{ message_id: 1, date: 0, text: "join" },
        from: { id, is_bot: false, first_name: `P${id}` },
        chat: { id, type: "private" },
      },
    });
    expect(answer?.status).toBe(200);
  });
  await Promise.all(joins);
}

function heard(standIn: TelegramStandIn): { readonly person: number; readonly text: string }[] {
  return standIn.calls.flatMap(({ method, payload }) => {
    const text = String(payload.text);
    return method === "sendMessage" && said.includes(text) ? [{ person: Number(payload.chat_id), text }] : [];
  });
}

function byPerson(standIn: TelegramStandIn): ReadonlyMap<number, readonly string[]> {
  const all = Map.groupBy(heard(standIn), ({ person }) => person);
  return new Map(Array.from(all, ([person, list]) => [person, list.map(({ text }) => text)]));
}

function isOver(standIn: TelegramStandIn): boolean {
  const all = byPerson(standIn);
  return all.size === people && Array.from(all.values()).every((texts) => new Set(texts).size === said.length);
}

/** The database agrees: each step made one message a person; what the platform got twice was uncertain when the process died. */
async function expectExactness(
  where: { readonly databaseUrl?: string | undefined; readonly directory?: string },
  standIn: TelegramStandIn,
): Promise<void> {
  const database = await openDatabase(where);
  try {
    const rows = await database.db
      .selectFrom("messages")
      .innerJoin("identities", "identities.contactId", "messages.contactId")
      .select(["identities.externalId as person", "messages.content", "messages.status", "messages.uncertainSends"])
      .where("messages.flowRef", "like", "sequence:%")
      .execute();
    expect(rows).toHaveLength(people * said.length);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(["sent"]));
    const uncertain = new Map(rows.map((row) => [`${row.person} ${row.content.text}`, row.uncertainSends]));
    for (const [person, texts] of byPerson(standIn)) {
      for (const text of texts.filter((one, index) => texts.indexOf(one) !== index)) {
        expect(uncertain.get(`${person} ${text}`), `${person} ${text}`).toBeGreaterThan(0);
      }
    }
    expect(await database.db.selectFrom("subscriptions").selectAll().execute()).toEqual([]);
    expect(await database.db.selectFrom("sequenceEnds").selectAll().execute()).toHaveLength(people);
  } finally {
    await database.close();
  }
}
