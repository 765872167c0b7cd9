import { describe, expect, it } from "vitest";
import { createGroupWriter } from "./group-writer.ts";

describe("a group writer", () => {
  it("writes together what comes while a write is under way, and answers each its own", async () => {
    const groups: (readonly number[])[] = [];
    const write = createGroupWriter<number, number>(async (items) => {
      groups.push(items);
      await new Promise((resolve) => setImmediate(resolve));
      return items.map((item) => item * 10);
    });
    const first = [write(1), write(2)];
    await new Promise((resolve) => setImmediate(resolve));
    const second = [write(3), write(4), write(5)];
    expect(await Promise.all([...first, ...second])).toEqual([10, 20, 30, 40, 50]);
    expect(groups).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
  });

  it("tells a failure to all of the group, and goes on", async () => {
    let isBroken = true;
    const write = createGroupWriter<number, number>(async (items) => {
      if (isBroken) throw new Error("broken");
      return items;
    });
    const results = await Promise.allSettled([write(1), write(2)]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isBroken = false;
    expect(await write(3)).toBe(3);
  });
});
