import { pino } from "pino";
import { expect, it } from "vitest";
import { createRefusalLog } from "./refusal-log.ts";

function aLog() {
  const lines: { limit: string; who: string; count: number }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  let time = 0;
  const refusals = createRefusalLog({ log, now: () => time });
  const pass = (ms: number) => {
    time += ms;
  };
  return { lines, refusals, pass };
}

it("tells the first refusal of a minute and address, and with the next how many there were", () => {
  const { lines, refusals, pass } = aLog();
  for (let n = 0; n < 50; n += 1) refusals.note("tries to sign in", "10.0.0.1");
  refusals.note("tries to sign in", "10.0.0.2");
  refusals.note("requests of an address", "10.0.0.1");
  pass(60_000);
  refusals.note("tries to sign in", "10.0.0.1");
  expect(lines.map(({ limit, who, count }) => [limit, who, count])).toEqual([
    ["tries to sign in", "10.0.0.1", 1],
    ["tries to sign in", "10.0.0.2", 1],
    ["requests of an address", "10.0.0.1", 1],
    ["tries to sign in", "10.0.0.1", 50],
  ]);
});

it("is not made long by an attacker who has ever another address", () => {
  const { lines, refusals, pass } = aLog();
  for (let n = 0; n < 5_000; n += 1) refusals.note("requests of an address", `2001:db8:0:${n.toString(16)}::/64`);
  expect(lines.length).toBeLessThanOrEqual(1_001);
  expect(lines.at(-1)?.who).toBe("others");
  pass(60_000);
  refusals.note("requests of an address", "10.0.0.1");
  expect(lines.at(-1)?.who).toBe("10.0.0.1");
});
