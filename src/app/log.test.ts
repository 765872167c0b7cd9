import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";
import { createLog } from "./log.ts";

function logTo(options: { readonly isTTY: boolean }) {
  const lines: string[] = [];
  const log = createLog(readConfig({ LOG_LEVEL: "info" }), { ...options, write: (text) => lines.push(text) });
  return { log, lines };
}

describe("the log", () => {
  it("is JSON for machines and short lines for a person", () => {
    const machine = logTo({ isTTY: false });
    machine.log.info({ port: 3000 }, "listening");
    expect(JSON.parse(machine.lines[0] ?? "")).toMatchObject({ level: 30, port: 3000, msg: "listening" });
    const person = logTo({ isTTY: true });
    person.log.warn({ port: 3000 }, "listening");
    expect(person.lines[0]).toMatch(/^\d\d:\d\d:\d\d warn {2}listening port=3000\n$/);
  });

  it("shows the stack of an error to a person", () => {
    const { log, lines } = logTo({ isTTY: true });
    log.error({ err: new Error("a bug") }, "it broke");
    expect(lines[0]).toMatch(/error it broke\nError: a bug\n.*log\.test\.ts/s);
  });

  it.each([true, false])("hides secrets (terminal: %s)", (isTTY) => {
    const { log, lines } = logTo({ isTTY });
    log.info(
      { token: "hunter2", settings: { token: "hunter2", secret: "hunter2" }, headers: { authorization: "hunter2" } },
      "x",
    );
    expect(lines.join("")).not.toContain("hunter2");
  });

  it("leaves out what is below its level", () => {
    const { log, lines } = logTo({ isTTY: false });
    log.debug("chatter");
    expect(lines).toEqual([]);
  });
});
