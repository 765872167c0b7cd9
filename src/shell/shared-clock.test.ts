import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startSharedClock } from "./shared-clock.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** A database and a machine, each with its clock; an answer takes its time there and back. */
function aWorld({ ahead = 0, there = 2, back = 2 } = {}) {
  const world = { elapsed: 0, databaseAt: 1_000_000, ahead, there, back, isAway: false, warnings: [] as object[] };
  const readTime = async () => {
    if (world.isAway) throw new Error("away");
    world.elapsed += world.there;
    const time = world.databaseAt + world.elapsed;
    world.elapsed += world.back;
    return time;
  };
  return {
    world,
    databaseTime: () => world.databaseAt + world.elapsed,
    start: () =>
      startSharedClock({
        readTime,
        log: { warn: (data: object) => void world.warnings.push(data) },
        monotonic: () => 77 + world.elapsed,
        wall: () => world.databaseAt + world.elapsed + world.ahead,
      }),
  };
}

describe("the shared clock", () => {
  it("is the database's, whatever the machine's says, and tells of a machine that is off", async () => {
    const { world, databaseTime, start } = aWorld({ ahead: 5_000 });
    const clock = await start();
    expect(clock.now()).toBe(databaseTime());
    world.elapsed += 1_234;
    expect(clock.now()).toBe(databaseTime());
    expect(world.warnings).toEqual([{ aheadMs: 5_000 }]);
    clock.stop();
  });

  it("does not move when the machine's clock is set", async () => {
    const { world, databaseTime, start } = aWorld();
    const clock = await start();
    world.ahead = -60_000;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(clock.now()).toBe(databaseTime());
    expect(world.warnings).toEqual([]);
    clock.stop();
  });

  it("follows the database's within ten seconds", async () => {
    const { world, databaseTime, start } = aWorld();
    const clock = await start();
    world.databaseAt += 30_000;
    expect(clock.now()).toBe(databaseTime() - 30_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(Math.abs(clock.now() - databaseTime())).toBeLessThanOrEqual(2);
    clock.stop();
  });

  it("is not misled by an answer that took long on one way", async () => {
    const { world, databaseTime, start } = aWorld();
    const clock = await start();
    world.back = 4_000;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(clock.now()).toBe(databaseTime());
    clock.stop();
  });

  it("runs on while the database is away", async () => {
    const { world, databaseTime, start } = aWorld();
    const clock = await start();
    world.isAway = true;
    world.elapsed += 20_000;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(clock.now()).toBe(databaseTime());
    expect(world.warnings).toHaveLength(1);
    clock.stop();
  });
});
