import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aShop, echoFlow, type Shop, type TestShell, testShell } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import type { Advance } from "../engine/advance.ts";
import type { Json } from "../model/field.ts";
import { advance } from "../steps/advance.ts";
import type { JobKind } from "./jobs.ts";

const ran: Json[] = [];
const kind = "test-job";
const job: JobKind = {
  kind,
  retryLimit: 2,
  run: async (data) => {
    ran.push(data);
    if (data === "fails once" && ran.filter((other) => other === data).length === 1) throw new Error("a passing fault");
  },
};

/** Every text that begins with `job` asks for one; what begins with `job poison` cannot be written. */
const asking: Advance = (world, event) => {
  const outcome = advance(world, event);
  const text = event.kind === "message" ? (event.message.text ?? "") : "";
  if (!text.startsWith("job ")) return outcome;
  const data = text.slice(4);
  const facts = data === "poison" ? [{ kind: "error", code: "test", message: "\0" } as const] : [];
  return { ...outcome, facts: [...outcome.facts, ...facts], jobs: [{ kind, data }] };
};

let database: TestDatabase;
let shell: TestShell;
let shop: Shop;
beforeAll(async () => {
  database = await testDatabase();
  shell = await testShell(database, { advance: asking, jobKinds: { [kind]: job } });
  shop = await aShop(shell, { flows: [echoFlow] });
});
afterAll(async () => {
  await shell.stop();
  await database.close();
});

const untilRan = (count: number, data: Json) =>
  until(`${JSON.stringify(data)} ran`, () => ran.filter((other) => other === data).length === count, {
    withinMs: 25_000,
  });

describe("a job", () => {
  it("runs once the event that asked for it is committed", async () => {
    await shell.shell.submit(shop.from("a", "job hello"));
    await untilRan(1, "hello");
  });

  it("of an event that could not be written does not exist, those of the others of its batch do", async () => {
    const replies = await Promise.allSettled(
      ["first", "poison", "second"].map((data) => shell.shell.submit(shop.from(data, `job ${data}`))),
    );
    expect(replies.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await Promise.all([untilRan(1, "first"), untilRan(1, "second")]);
    expect(ran).not.toContain("poison");
  });

  it("of an event that is delivered twice runs once", async () => {
    await shell.shell.submit(shop.from("b", "job twice", "twice"));
    await shell.shell.submit(shop.from("b", "job twice", "twice"));
    await shell.shell.submit(shop.from("b", "job after"));
    await untilRan(1, "after");
    await untilRan(1, "twice");
  });

  it("that fails is tried again", async () => {
    await shell.shell.submit(shop.from("c", "job fails once"));
    await untilRan(2, "fails once");
  });
});
