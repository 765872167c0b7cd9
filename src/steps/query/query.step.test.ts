import { describe, expect, it } from "vitest";
import { aBot, aContact, fieldsOf, noon } from "../../../test/builders.ts";
import { enter, reply, signal, waitOf } from "../../../test/step-harness.ts";
import type { Json } from "../../model/field.ts";
import { query } from "./query.step.ts";

const contact = aContact({ profile: { phone: "+79001234567" } });
const find = { query: "find_contacts_by_phone", args: { phone: "{{ contact.phone }}", others: "yes" } };
const came = (result: Json) => ({ kind: "job_result" as const, result });

describe("a query", () => {
  it("parks the contact, and asks a job with its arguments rendered", () => {
    const { result } = enter(query, { ...find, timeoutSeconds: 20 }, { world: { contact } });
    expect(waitOf(result)).toMatchObject({ for: "job", until: noon + 20_000 });
    expect(result).toMatchObject({
      job: {
        kind: "run-query",
        data: {
          query: "find_contacts_by_phone",
          args: { phone: "+79001234567", others: "yes" },
          timeoutSeconds: 20,
        },
      },
    });
  });

  it("fails at once where an argument is missing or empty, without a job", () => {
    for (const args of [{}, { phone: "{{ fields.nothing }}" }, { phone: "1", scope: "world" }]) {
      const { result, errors } = enter(query, { ...find, args }, { world: { contact: aContact() } });
      expect([result, errors]).toEqual([{ go: ["failed", "error"] }, ["query.invalid"]]);
    }
  });

  it("keeps what the paths find: one value as it is, several as a list, none clears", () => {
    const bot = aBot({ fields: fieldsOf({ email: "text", count: "number", names: "list", gone: "text" }) });
    const save = [
      { path: "$.contacts[0].email", field: "email" },
      { path: "$.count", field: "count" },
      { path: "$.contacts[*].name", field: "names" },
      { path: "$.nothing", field: "gone" },
      { path: "$.contacts[0].id", variable: "other" },
    ];
    const result = {
      count: 2,
      contacts: [
        { id: 7, email: "a@b.c", name: "Ann" },
        { id: 8, name: "Bob" },
      ],
    };
    const before = aContact({ fields: { gone: "from last time" } });
    const visited = signal(query, { ...find, save }, came({ ok: true, result }), { world: { bot, contact: before } });
    expect(visited.result).toEqual({ go: "next" });
    expect(visited.contact.fields).toEqual({ email: "a@b.c", count: 2, names: ["Ann", "Bob"] });
    expect(visited.values).toEqual({ other: 7 });
    expect(visited.errors).toEqual([]);
  });

  it("records what cannot be kept, and goes on", () => {
    const bot = aBot({ fields: fieldsOf({ count: "number" }) });
    const save = [
      { path: "$.text", field: "count" },
      { path: "$.text", field: "nosuch" },
    ];
    const visited = signal(query, { ...find, save }, came({ ok: true, result: { text: "x" } }), { world: { bot } });
    expect([visited.result, visited.errors]).toEqual([{ go: "next" }, ["field.invalid_value", "field.not_found"]]);
  });

  it("goes on through failed where the answer is no, and where none comes in time", () => {
    const no = signal(query, find, came({ ok: false, error: { code: "message.not_found", message: "no" } }));
    expect([no.result, no.errors]).toEqual([{ go: ["failed", "error"] }, ["message.not_found"]]);
    const late = signal(query, find, { kind: "timeout" });
    expect([late.result, late.errors]).toEqual([{ go: ["failed", "error"] }, ["query.timeout"]]);
  });

  it("is not moved by what people write meanwhile", () => {
    expect(signal(query, find, reply("hello?")).result).toEqual({ pass: true });
  });

  it("has problems that can be seen before anybody comes: arguments and paths", () => {
    const problems = (config: object) => query.problems?.(query.config.parse({ ...find, ...config }));
    expect(problems({})).toEqual([]);
    expect(problems({ args: { phone: "1", limit: 0 } })).toHaveLength(1);
    expect(problems({ args: { phone: "1", limit: "{{ vars.n }}" } })).toEqual([]);
    expect(problems({ args: {} })).toHaveLength(1);
    expect(problems({ save: [{ path: "contacts", variable: "x" }] })).toHaveLength(1);
    expect(query.config.safeParse({ ...find, save: [{ path: "$" }] }).success).toBe(false);
    expect(query.warnings?.(query.config.parse({ ...find, save: [{ path: "$", field: "f" }] }), aBot())).toMatchObject([
      { message: 'there is no field "f" to keep the result in' },
    ]);
  });
});
