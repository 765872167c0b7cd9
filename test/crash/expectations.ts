import { expect } from "vitest";
import { openDatabase } from "../../src/store/database.ts";
import type { TelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { type Acknowledged, echoesOf } from "./chatter.ts";

/** Waits until every acknowledged update was answered; fails when that takes too long. */
export async function waitForAnswers(
  standIn: TelegramStandIn,
  acknowledged: readonly Acknowledged[],
  ms: number,
): Promise<void> {
  const deadline = Date.now() + ms;
  const isAnswered = () => {
    const echoes = echoesOf(standIn);
    return acknowledged.every(({ person, count }) => echoes.get(person)?.some((echo) => echo.count === count));
  };
  while (!isAnswered()) {
    if (Date.now() > deadline) throw new Error(`not every acknowledged update was answered within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Each person's answers came in order: a repetition of an uncertain one aside, every count follows the one before. */
export function expectOrder(standIn: TelegramStandIn): void {
  for (const [person, echoes] of echoesOf(standIn)) {
    const firsts = echoes.map(({ count }) => count).filter((count, index, all) => all.indexOf(count) === index);
    expect(firsts, `order of ${person}`).toEqual(firsts.map((_, index) => index + 1));
  }
}

/** A time in which no server ran, in Unix milliseconds. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** Whatever was due went out within the time promised, counting the time in which a server ran. */
export function expectPromptness(
  standIn: TelegramStandIn,
  acknowledged: readonly Acknowledged[],
  outages: readonly Outage[],
  ms: number,
): void {
  const echoes = echoesOf(standIn);
  const late = acknowledged.flatMap(({ person, count, at }) => {
    const answered = echoes.get(person)?.find((echo) => echo.count === count)?.at ?? Number.POSITIVE_INFINITY;
    const away = outages.reduce(
      (sum, { from, to }) => sum + Math.max(0, Math.min(to, answered) - Math.max(from, at)),
      0,
    );
    return answered - at - away > ms ? [{ person, count, after: answered - at - away }] : [];
  });
  expect(late).toEqual([]);
}

/**
 * The database agrees: each acknowledged update is there once, answered by one message, which is sent; what the stand-in got more than once is recorded as
 * uncertain. Returns how many repetitions there were.
 */
export async function expectExactness(
  where: { readonly databaseUrl?: string | undefined; readonly directory?: string },
  standIn: TelegramStandIn,
  acknowledged: readonly Acknowledged[],
): Promise<number> {
  const database = await openDatabase(where);
  try {
    const rows = await database.db
      .selectFrom("messages")
      .innerJoin("identities", "identities.contactId", "messages.contactId")
      .select([
        "identities.externalId as person",
        "messages.direction",
        "messages.content",
        "messages.status",
        "messages.uncertainSends",
      ])
      .where("messages.flowRef", "is not", null)
      .execute();
    const answers = new Map<string, (typeof rows)[number][]>();
    for (const row of rows) {
      const key = `${row.person} ${row.content.text}`;
      answers.set(key, [...(answers.get(key) ?? []), row]);
    }
    const wrong = acknowledged.filter(({ person, count }) => {
      const found = answers.get(`${person} say ${count}`) ?? [];
      return found.length !== 1 || found[0]?.status !== "sent";
    });
    expect(wrong).toEqual([]);
    const tagged = await database.db.selectFrom("contactTags").select("contactId").execute();
    expect(tagged).toHaveLength(new Set(acknowledged.map(({ person }) => person)).size);
    let repetitions = 0;
    for (const [person, echoes] of echoesOf(standIn)) {
      const counts = echoes.map(({ count }) => count);
      for (const count of counts.filter((value, index) => counts.indexOf(value) !== index)) {
        repetitions += 1;
        expect(answers.get(`${person} say ${count}`)?.[0]?.uncertainSends, `${person} say ${count}`).toBeGreaterThan(0);
      }
    }
    return repetitions;
  } finally {
    await database.close();
  }
}
