import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { isOnServer, recordingLog } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import { createChannelLocks } from "./channel-locks.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** A process behind a pooler has no session. */
function aProcess({ isPooled }: { readonly isPooled: boolean }) {
  const { sessionString, ...rest } = database;
  const session = isPooled || sessionString === undefined ? {} : { sessionString };
  const locks = createChannelLocks({ ...rest, ...session, kind: "postgres" }, recordingLog([]));
  onTestFinished(() => locks.close());
  return locks;
}

const unheard = () => undefined;

describe.for([true, ...(isOnServer ? [false] : [])])("the lock of a channel, behind a pooler: %s", (isPooled) => {
  it("is one process's at a time, and free again when it lets go or ends", async () => {
    const [one, two] = [aProcess({ isPooled }), aProcess({ isPooled })];
    expect(await one.acquire(1, unheard)).toBe(true);
    expect(await one.acquire(2, unheard)).toBe(true);
    expect(await two.acquire(1, unheard)).toBe(false);
    expect(await one.acquire(1, unheard)).toBe(false);
    await one.release(1);
    expect(await two.acquire(1, unheard)).toBe(true);
    expect(await two.acquire(2, unheard)).toBe(false);
    await one.close();
    // A session's end takes a moment to reach the database.
    await until("what the ended one held is free", () => two.acquire(2, unheard));
  });
});

it("tells whoever kept a lease too long, and somebody else has the channel", async () => {
  const [one, two] = [aProcess({ isPooled: true }), aProcess({ isPooled: true })];
  const lost: number[] = [];
  await one.acquire(7, () => lost.push(7));
  await one.acquire(8, () => lost.push(8));
  // As after a pause of the machine for longer than a lease.
  await database.db
    .updateTable("leases")
    .set({ until: new Date(0) })
    .where("key", "=", "channel 7")
    .execute();
  expect(await two.acquire(7, unheard)).toBe(true);
  await until("the first hears of it at its next renewal", () => lost.includes(7));
  expect(lost).toEqual([7]);
  expect(await two.acquire(8, unheard)).toBe(false);
});
