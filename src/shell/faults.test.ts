import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aShop, echoFlow, isOnServer, type Shop, type TestShell, testShell, untilSent } from "../../test/shell.ts";
import type { Transact } from "../store/transact.ts";

/** What goes wrong with the next transactions of the waist, one entry each; then all is well. */
let faults: ("before" | "after" | Error)[] = [];

const cut = () => new Error("Connection terminated unexpectedly");

/** A database whose transactions fail as `faults` says: before they begin, or after they are committed. */
function toFragile(database: TestDatabase): TestDatabase {
  const transact: Transact = async (work) => {
    const fault = faults.shift();
    if (fault === "before") throw cut();
    if (fault instanceof Error) throw fault;
    const result = await database.transact(work);
    if (fault === "after") throw cut();
    return result;
  };
  return { ...database, transact };
}

let database: TestDatabase;
let shell: TestShell;
let shop: Shop;

beforeAll(async () => {
  database = toFragile(await testDatabase());
  shell = await testShell(database);
  shop = await aShop(shell, { flows: [echoFlow] });
});
afterEach(() => {
  faults = [];
});
afterAll(async () => {
  await shell.stop();
  await database.close();
});

const withCode = (code: string) => Object.assign(new Error("passing"), { code });

describe("a batch", () => {
  it.each([
    ["a deadlock", withCode("40P01")],
    ["a serialization failure", withCode("40001")],
    ["a database that shuts down", withCode("57P01")],
    ["a full disk", withCode("53100")],
    ["a lost connection", cut()],
  ])("is tried again after %s, and is in effect once", async (name, fault) => {
    faults = [fault, fault];
    const reply = await shell.shell.submit(shop.from(name, "a", name));
    await untilSent(shell);
    expect(reply.status).toBe("done");
    expect(shell.platform.delivered(name)).toEqual(["re: a"]);
  });

  it("whose commit lost its answer is in effect once, and its messages are sent by the process that stored them", async () => {
    faults = ["after"];
    const reply = await shell.shell.submit(shop.from("lost", "a", "lost"));
    await untilSent(shell, 5_000);
    expect(reply).toMatchObject({ contactId: expect.any(Number), eventId: expect.any(Number) });
    expect(shell.platform.delivered("lost")).toEqual(["re: a"]);
  });

  it("keeps the order of its contact when the answer to its commit is lost", async () => {
    faults = ["after", "before", "after"];
    const texts = ["1", "2", "3", "4"];
    await Promise.all(texts.map((text) => shell.shell.submit(shop.from("order", text, `order${text}`))));
    await untilSent(shell, 5_000);
    expect(shell.platform.delivered("order")).toEqual(texts.map((text) => `re: ${text}`));
  });
});

describe.runIf(isOnServer)("a real deadlock", () => {
  it("is resolved: both sides get through", async () => {
    await shell.shell.submit(shop.from("dead1", "a"));
    await shell.shell.submit(shop.from("dead2", "a"));
    const ids = await database.db
      .selectFrom("identities")
      .select(["contactId as id"])
      .where("externalId", "in", ["dead1", "dead2"])
      .orderBy("contactId")
      .execute();
    const [low, high] = ids.map(({ id }) => id);
    // Somebody who takes the rows the other way round.
    const other = database.db.transaction().execute(async (trx) => {
      const lock = (id: number | undefined) =>
        trx
          .selectFrom("contacts")
          .select("id")
          .where("id", "=", id ?? 0)
          .forUpdate()
          .execute();
      await lock(high);
      const batch = Promise.all(["dead1", "dead2"].map((person) => shell.shell.submit(shop.from(person, "b"))));
      await lock(low).catch(() => undefined);
      return { batch };
    });
    const { batch } = await other.catch(() => ({ batch: Promise.resolve([]) }));
    await batch;
    await untilSent(shell);
    expect(shell.platform.delivered("dead1")).toEqual(["re: a", "re: b"]);
    expect(shell.platform.delivered("dead2")).toEqual(["re: a", "re: b"]);
  });
});
