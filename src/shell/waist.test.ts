import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noon } from "../../test/builders.ts";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import {
  anotherProcess,
  aShop,
  contactOf,
  echoFlow,
  isOnServer,
  type Shop,
  type TestShell,
  testShell,
  untilSent,
} from "../../test/shell.ts";
import type { Advance } from "../engine/advance.ts";
import { advance } from "../steps/advance.ts";
import { loadContacts } from "../store/world-store.ts";
import { Unavailable } from "./submission.ts";

let database: TestDatabase;
let shop: Shop;
let one: TestShell;

/** A text of this kind breaks the engine; one that holds U+FFFE breaks the transaction. */
const breaking: Advance = (world, event) => {
  const text = event.kind === "message" ? (event.message.text ?? "") : "";
  if (text.startsWith("break")) throw new Error("a bug in a step");
  const outcome = advance(world, event);
  if (!text.startsWith("poison")) return outcome;
  // A field value that no column can hold.
  return { ...outcome, facts: [...outcome.facts, { kind: "error", code: "test", message: "\0" }] };
};

beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database, { advance: breaking });
  shop = await aShop(one, {
    flows: [echoFlow],
    variables: [
      { key: "counter", name: "Counter", kind: "number", value: 0 },
      { key: "smile", name: "Smile", kind: "text", value: "😀" },
    ],
  });
});
// The last test stops the shell.
afterAll(() => database.close());

/** Of the bot's two variables the one that is counted up. */
const counterOf = async () => {
  const ofBot = database.db.selectFrom("variables").select("value").where("botId", "=", shop.botId);
  return (await ofBot.where("key", "=", "counter").executeTakeFirstOrThrow()).value;
};

const eventsOf = async (key: string) =>
  await database.db.selectFrom("events").select("id").where("dedupeKey", "=", `c${shop.channelId}:${key}`).execute();

describe("an event", () => {
  it("that is delivered twice in one batch is handled once, and both callers hear of the first", async () => {
    const { submit } = one.shell;
    const twice = [submit(shop.from("twice", "a", "t1")), submit(shop.from("twice", "a", "t1"))];
    const [first, second] = await Promise.all(twice);
    await untilSent(one);
    expect(first?.status).toBe("done");
    expect(second).toMatchObject({ status: "duplicate", eventId: first?.eventId, contactId: first?.contactId });
    expect(one.platform.delivered("twice")).toEqual(["re: a"]);
    expect(await eventsOf("t1")).toHaveLength(1);
  });

  it("that is delivered again later is handled once", async () => {
    const first = await one.shell.submit(shop.from("later", "a", "l1"));
    const second = await one.shell.submit(shop.from("later", "a", "l1"));
    await untilSent(one);
    expect(second).toMatchObject({ status: "duplicate", eventId: first.eventId, contactId: first.contactId });
    expect(one.platform.delivered("later")).toEqual(["re: a"]);
  });

  it("without a dedupe key is always new", async () => {
    await one.shell.submit(shop.from("new", "a"));
    await one.shell.submit(shop.from("new", "a"));
    await untilSent(one);
    expect(one.platform.delivered("new")).toEqual(["re: a", "re: a"]);
  });

  it("gives its results again to a repeated request", async () => {
    const { contactId } = await one.shell.submit(shop.from("again", "a"));
    const request = {
      target: { contactId: contactId ?? 0 },
      happening: { kind: "actions", actions: [{ action: "add_tag", args: { tag: "vip" } }] },
      source: "api",
      dedupeKey: "t1:again",
    } as const;
    const first = await one.shell.submit(request);
    const second = await one.shell.submit(request);
    expect(first).toMatchObject({ status: "done", results: [{ ok: true, result: { added: true } }] });
    expect(second).toMatchObject({ status: "duplicate", results: [{ ok: true, result: { added: true } }] });
  });

  it("that breaks the engine is kept as failed and stops nobody", async () => {
    const { submit } = one.shell;
    const [before, broken, after] = await Promise.all([
      submit(shop.from("b1", "fine", "b1")),
      submit(shop.from("b2", "break", "b2")),
      submit(shop.from("b3", "fine", "b3")),
    ]);
    await untilSent(one);
    expect([before?.status, after?.status]).toEqual(["done", "done"]);
    expect(broken).toMatchObject({ status: "refused", code: "internal" });
    const kept = await database.db
      .selectFrom("events")
      .select("failed")
      .where("id", "=", broken?.eventId ?? 0)
      .execute();
    expect(kept[0]?.failed).toContain("a bug in a step");
    expect(one.platform.delivered("b2")).toEqual([]);
  });

  it("that cannot be written is refused alone: the others of its batch are in effect once", async () => {
    const { submit } = one.shell;
    const people = Array.from({ length: 30 }, (_, index) => `poison${index}`);
    const replies = await Promise.allSettled(
      people.map((person, index) => submit(shop.from(person, index === 17 ? "poison" : "fine", `p${index}`))),
    );
    await untilSent(one);
    expect(replies.map(({ status }) => status)).toEqual(
      people.map((_, index) => (index === 17 ? "rejected" : "fulfilled")),
    );
    expect(people.map((person) => one.platform.delivered(person))).toEqual(
      people.map((_, index) => (index === 17 ? [] : ["re: fine"])),
    );
    expect(await eventsOf("p17")).toEqual([]);
  });
});

describe("a text", () => {
  it("that a template cuts through the middle of a character is stored and sent all the same", async () => {
    const actions = [{ action: "send_message", args: { content: "{{ vars.smile | split: '' | first }}!" } }];
    const happening = { kind: "actions", actions } as const;
    await one.shell.submit({ ...shop.from("cut", { kind: "start" }) });
    const reply = await one.shell.submit({ ...shop.from("cut", happening), source: "api" });
    await untilSent(one);
    expect(reply.status).toBe("done");
    expect(one.platform.delivered("cut").at(-1)).toBe("\ufffd!");
  });
});

describe("events of one contact", () => {
  it("that come 2 ms apart from different callers are answered in order, ten times over", async () => {
    for (let round = 0; round < 10; round += 1) {
      const person = `order${round}`;
      const replies: Promise<unknown>[] = [];
      for (let index = 0; index < 20; index += 1) {
        replies.push(one.shell.submit(shop.from(person, String(index), `${person}-${index}`)));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await Promise.all(replies);
      await untilSent(one);
      expect(one.platform.delivered(person)).toEqual(Array.from({ length: 20 }, (_, index) => `re: ${index}`));
    }
  });

  it("are handled in the order in which they came, more than fit into a batch", async () => {
    const texts = Array.from({ length: 1_000 }, (_, index) => String(index));
    await Promise.all(texts.map((text) => one.shell.submit(shop.from("many", text, `many-${text}`))));
    await untilSent(one);
    expect(one.platform.delivered("many")).toEqual(texts.map((text) => `re: ${text}`));
  });

  it("reach one contact however many come at once for somebody new", async () => {
    const texts = Array.from({ length: 50 }, (_, index) => String(index));
    const replies = await Promise.all(texts.map((text) => one.shell.submit(shop.from("newcomer", text))));
    expect(new Set(replies.map(({ contactId }) => contactId)).size).toBe(1);
    const created = await database.db
      .selectFrom("events")
      .select("id")
      .where("contactId", "=", contactOf(replies[0] ?? { status: "done" }))
      .where(sql<boolean>`facts::jsonb @> '[{"kind":"contact_created"}]'`)
      .execute();
    expect(created).toHaveLength(1);
  });
});

describe("the answer", () => {
  it("says what is missing", async () => {
    const { submit } = one.shell;
    const happening = { kind: "start" } as const;
    const nobody = await submit({ target: { contactId: 999_999 }, happening, source: "api" });
    const nowhere = await submit({ target: { channelId: 999_999, externalId: "x" }, happening, source: "channel" });
    expect(nobody).toMatchObject({ status: "refused", code: "contact.not_found" });
    expect(nowhere).toMatchObject({ status: "refused", code: "channel.not_found" });
  });

  it("to a refused list of actions is no, and none of them is in effect", async () => {
    const contactId = contactOf(await one.shell.submit(shop.from("refused", "a")));
    const actions = [
      { action: "add_tag", args: { tag: "half" } },
      { action: "no_such_action", args: {} },
    ];
    const reply = await one.shell.submit({
      target: { contactId },
      happening: { kind: "actions", actions },
      source: "api",
    });
    expect(reply).toMatchObject({ status: "refused", code: "action.unknown" });
    const [loaded] = await loadContacts(database.db, [contactId]);
    expect(loaded?.contact.tags).toEqual(["seen"]);
  });

  it("comes after the commit: what it says is in the database by then", async () => {
    const contactId = contactOf(await one.shell.submit(shop.from("commit", "a")));
    const [loaded] = await loadContacts(database.db, [contactId]);
    expect(loaded?.contact).toMatchObject({ tags: ["seen"], lastInboundAt: noon });
  });
});

describe("a variable of the bot", () => {
  it("that many contacts count up at the same time loses no count", async () => {
    const actions = [{ action: "set_variable", args: { variable: "counter", value: "{{ vars.counter | plus: 1 }}" } }];
    const people = Array.from({ length: 60 }, (_, index) => `counter${index}`);
    await Promise.all(
      people.map((person) => one.shell.submit({ ...shop.from(person, { kind: "actions", actions }), source: "api" })),
    );
    expect(await counterOf()).toBe(60);
  });
});

describe.runIf(isOnServer)("two processes on one database", () => {
  let two: TestShell;
  beforeAll(async () => {
    two = await anotherProcess(one, database);
  });
  afterAll(async () => {
    await two.stop();
  });

  it("handle an event that both get at the same time once", async () => {
    for (let round = 0; round < 30; round += 1) {
      const submission = () => shop.from(`both${round}`, "a", `both${round}`);
      const replies = await Promise.all([one.shell.submit(submission()), two.shell.submit(submission())]);
      expect(replies.map(({ status }) => status).sort()).toEqual(["done", "duplicate"]);
      expect(replies[0].contactId).toBe(replies[1].contactId);
    }
    await untilSent(one);
    const texts = Array.from({ length: 30 }, (_, round) => one.platform.delivered(`both${round}`));
    expect(texts).toEqual(texts.map(() => ["re: a"]));
  });

  it("keep the order of 200 contacts' messages and send nothing twice, however the events fall", async () => {
    const people = Array.from({ length: 200 }, (_, index) => `inter${index}`);
    await Promise.all(
      people.map(async (person, index) => {
        for (let turn = 0; turn < 8; turn += 1) {
          // Each event may reach either process, and is told to both now and then, as a platform that heard nothing does.
          const [first, second] = (index * 7 + turn * 3) % 2 === 0 ? [one, two] : [two, one];
          const submission = shop.from(person, String(turn), `${person}-${turn}`);
          await Promise.all([
            first.shell.submit(submission),
            ...((index + turn) % 3 === 0 ? [second.shell.submit(submission)] : []),
          ]);
        }
      }),
    );
    await untilSent(one);
    const expected = Array.from({ length: 8 }, (_, turn) => `re: ${turn}`);
    expect(people.filter((person) => one.platform.delivered(person).join() !== expected.join())).toEqual([]);
  });

  it("count up a shared variable without losing a count", async () => {
    const set = (value: unknown) => [{ action: "set_variable", args: { variable: "counter", value } }];
    await one.shell.submit({ ...shop.from("zero", { kind: "actions", actions: set(0) }), source: "api" });
    const actions = set("{{ vars.counter | plus: 1 }}");
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const shell = index % 2 === 0 ? one.shell : two.shell;
        await shell.submit({ ...shop.from(`count2-${index}`, { kind: "actions", actions }), source: "api" });
      }),
    );
    expect(await counterOf()).toBe(100);
  });
});

describe("a stopping shell", () => {
  it("finishes what it has taken, and refuses what comes then", async () => {
    const taken = Array.from({ length: 20 }, (_, index) => one.shell.submit(shop.from(`stop${index}`, "a")));
    await one.stop();
    expect((await Promise.all(taken)).map(({ status }) => status)).toEqual(taken.map(() => "done"));
    await expect(one.shell.submit(shop.from("late", "a"))).rejects.toBeInstanceOf(Unavailable);
  });
});
