import { pino } from "pino";
import { expect, it, onTestFinished, vi } from "vitest";
import { createSeldomWarning } from "./seldom-warning.ts";

it("warns at once, of the same again only after a while and with how often it was, and of anything else at once", () => {
  let now = 1_000;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  const lines: { readonly err: { readonly message: string }; readonly repeated?: number }[] = [];
  const log = pino({ level: "warn" }, { write: (line) => void lines.push(JSON.parse(line)) });
  const warn = createSeldomWarning(log, "trying again", 30_000);
  for (let time = 0; time < 100; time += 1) warn(new Error("refused"));
  expect(lines).toHaveLength(1);
  now += 30_001;
  warn(new Error("refused"));
  warn(new Error("read only"));
  // As pg-boss tells of its own: no Error, but with words.
  warn({ message: "queue is slow" });
  expect(lines.map(({ err, repeated }) => [err.message, repeated])).toEqual([
    ["refused", undefined],
    ["refused", 99],
    ["read only", undefined],
    ["queue is slow", undefined],
  ]);
});
