import { describe, expect, it } from "vitest";
import { aBot, aContact, fieldsOf, noon } from "../../../test/builders.ts";
import { aFlowDocument } from "../../../test/flow-samples.ts";
import { enter, reply, signal, waitOf } from "../../../test/step-harness.ts";
import { validateFlow } from "../../engine/validate-flow.ts";
import type { Json } from "../../model/field.ts";
import { script } from "./script.step.ts";

const config = { code: "return 'vip'", outputs: ["vip"] };
const came = (report: object) => ({ kind: "job_result" as const, result: report as Json });
const good = (report: object) => came({ ok: true, fields: {}, vars: {}, log: [], milliseconds: 1, ...report });

describe("a script step", () => {
  it("parks the contact with all that the script finds, and asks a job to run it", () => {
    const contact = aContact({ profile: { firstName: "Ann" }, tags: ["new"], fields: { city: "Riga" } });
    const world = { contact, variables: { shop: "open", rate: 1 } };
    const visit = { world, values: { rate: 2 }, message: { text: "hello", attachments: [] } };
    const { result } = enter(script, config, visit);
    expect(result).toMatchObject({ job: { kind: "run-script", group: "1" } });
    expect(waitOf(result)).toMatchObject({ for: "job", until: noon + 300_000 });
    expect(waitOf(result).state).toMatchObject({
      code: "return 'vip'",
      milliseconds: 50,
      megabytes: 16,
      input: {
        contact: { first_name: "Ann", tags: ["new"] },
        fields: { city: "Riga" },
        vars: { shop: "open", rate: 2 },
        message: { text: "hello", attachments: [] },
        now: noon,
        seed: expect.any(Number),
      },
    });
    expect(enter(script, config, visit).result).toEqual(result);
  });

  it("keeps what the script changed, checked as ever, and goes where it says", () => {
    const bot = aBot({ fields: fieldsOf({ city: "text", count: "number", gone: "text" }) });
    const contact = aContact({ fields: { gone: "x" } });
    const report = good({
      output: "vip",
      fields: { city: "Riga", count: "12,5", gone: null },
      vars: { a: 1, b: null },
    });
    const visited = signal(script, config, report, { world: { bot, contact }, values: { b: 2 } });
    expect(visited.result).toEqual({ go: "vip" });
    expect(visited.contact.fields).toEqual({ city: "Riga", count: 12.5 });
    expect(visited.values).toEqual({ a: 1 });
    expect(visited.errors).toEqual([]);
    expect(signal(script, config, good({})).result).toEqual({ go: "next" });
    expect(signal(script, config, good({ output: "failed" })).result).toEqual({ go: ["failed", "error"] });
  });

  it("records what cannot be kept, and keeps the rest", () => {
    const bot = aBot({ fields: fieldsOf({ count: "number" }) });
    const fields = { count: "many", nosuch: 1 };
    const vars = { "Bad name": 1, good: 2 };
    const visited = signal(script, config, good({ fields, vars }), { world: { bot } });
    expect(visited.result).toEqual({ go: "next" });
    expect(visited.values).toEqual({ good: 2 });
    expect(visited.errors).toEqual(["field.invalid_value", "field.not_found", "script.bad_variable"]);
  });

  it("that failed keeps nothing, goes on through failed, and says why", () => {
    const no = came({ ok: false, code: "script.timeout", message: "too long", log: ["before"], milliseconds: 50 });
    const failed = signal(script, config, no);
    expect([failed.result, failed.errors]).toEqual([{ go: ["failed", "error"] }, ["script.timeout"]]);
    expect(failed.facts[0]).toEqual({ kind: "traced", lines: ["before"], flow: "f1", step: "s1" });
    const lost = signal(script, config, good({ output: "nowhere", vars: { a: 1 } }));
    expect([lost.result, lost.errors, lost.values]).toEqual([
      { go: ["failed", "error"] },
      ["script.unknown_output"],
      {},
    ]);
    expect(signal(script, config, came({ what: 1 })).errors).toEqual(["script.failed"]);
    expect(signal(script, config, { kind: "timeout" }).errors).toEqual(["script.timeout"]);
  });

  it("is not moved by what people write meanwhile", () => {
    expect(signal(script, config, reply("hello?")).result).toEqual({ pass: true });
  });

  it("is no template, however it looks", () => {
    const code = "const braces = {a: {b: 1}}; // {{ no | template: {% }} %}";
    const flow = aFlowDocument({ start: "s", steps: [{ ref: "s", kind: "script", config: { code } }], edges: [] });
    expect(validateFlow(flow, { steps: { script }, actions: {} })).toEqual([]);
  });

  it("has problems that can be seen before anybody comes: what is no JavaScript, outputs that clash", () => {
    const problems = (change: object) => script.problems?.(script.config.parse({ ...config, ...change }));
    expect(problems({})).toEqual([]);
    expect(problems({ code: "let a = 1;\nlet b = ;" })).toMatchObject([{ message: expect.stringContaining("line 2") }]);
    expect(problems({ code: "with (vars) { a = 1 }" })).toHaveLength(1);
    expect(problems({ code: "}); (function () {" })).toHaveLength(1);
    expect(problems({ outputs: ["next", "a", "a"] })).toHaveLength(2);
    expect(script.outputs(script.config.parse(config)).map(({ name }) => name)).toEqual(["next", "vip", "failed"]);
    for (const change of [{ code: "" }, { milliseconds: 5_000 }, { megabytes: 512 }, { outputs: ["Ж"] }]) {
      expect(script.config.safeParse({ ...config, ...change }).success).toBe(false);
    }
  });
});
