import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { aReceiver, type Receiver } from "../../../test/receiver.ts";
import { aShop, contactOf, type Shop, type TestShell, testShell } from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import type { JobOfPosition } from "../../model/outcome.ts";
import { listIntegrationCalls } from "../../store/integration-log-store.ts";
import { takeMark } from "../../store/lease-store.ts";
import type { JobKind } from "../jobs.ts";
import { externalRequestJob } from "./external-request.ts";
import { jobKinds } from "./index.ts";

let database: TestDatabase;
let one: TestShell;
let receiver: Receiver;
beforeAll(async () => {
  database = await testDatabase();
  receiver = await aReceiver();
  one = await testShell(database, { jobKinds });
});
afterAll(async () => {
  // First: the shell waits for calls under way, and some hang.
  await receiver.close();
  await one.stop();
  await database.close();
});

interface Makers {
  readonly database: TestDatabase;
  readonly shell: TestShell;
}

/** A flow that makes the request and tags the contact by the output it leaves through. */
async function aFlow(config: Record<string, unknown>, makers: Makers = { database, shell: one }): Promise<Shop> {
  const outputs = ["success", "failure", "timeout"];
  return await aShop(makers.shell, {
    fields: [{ key: "places", name: "Places", kind: "number" }],
    flows: [
      {
        ref: "ask",
        name: "Ask",
        triggers: [{ kind: "default_reply" as const }],
        start: "request",
        steps: [
          { ref: "request", kind: "request", config: { retries: 0, ...config } },
          ...outputs.map((output) => ({
            ref: output,
            kind: "action",
            config: {
              actions: [
                { action: "add_tag", args: { tag: output } },
                { action: "add_note", args: { text: "{{ vars.note }}|{{ vars.status }}|{{ vars.type }}" } },
              ],
            },
          })),
        ],
        edges: outputs.map((output) => ({ from: "request", output, to: output })),
      },
    ],
  });
}

async function run(shop: Shop, makers: Makers = { database, shell: one }) {
  const id = contactOf(await makers.shell.shell.submit(shop.from("ann", "go")));
  const { db } = makers.database;
  const tagsOf = async () => {
    const tags = db.selectFrom("contactTags").innerJoin("tags", "tags.id", "contactTags.tagId").select("tags.name");
    return (await tags.where("contactTags.contactId", "=", id).execute()).map(({ name }) => name);
  };
  await until("the request came to an end", async () => (await tagsOf()).length > 0, { withinMs: 30_000 });
  const note = await db.selectFrom("notes").select("text").where("contactId", "=", id).executeTakeFirst();
  const [log] = await listIntegrationCalls(db, shop, { contactId: id }, { limit: 1 });
  return { id, tags: await tagsOf(), note: note?.text, log };
}

describe("an external request", () => {
  it("is made after the commit, and keeps body, status and headers", async () => {
    receiver.answer("/places", (call, response) => {
      response.setHeader("X-Kind", "course");
      response.end(JSON.stringify({ asked: JSON.parse(call.body), places: 7, note: "two left" }));
    });
    const shop = await aFlow({
      method: "POST",
      url: `${receiver.url}/places`,
      body: { type: "json", text: '{"said": "{{ message.text }}"}' },
      save: [
        { path: "$.places", field: "places" },
        { path: "$.note", variable: "note" },
        { from: "status", path: "$", variable: "status" },
        { from: "header", path: "X-Kind", variable: "type" },
      ],
    });
    const { id, tags, note, log } = await run(shop);
    expect([tags, note]).toEqual([["success"], "two left|200|course"]);
    const field = await database.db
      .selectFrom("contactFields")
      .select("value")
      .where("contactId", "=", id)
      .executeTakeFirst();
    expect(field?.value).toBe(7);
    expect(log).toMatchObject({ integration: "request", ok: true, summary: "answered 200", attempt: 1 });
    expect(receiver.at("/places").at(-1)?.body).toBe('{"said":"go"}');
  });

  it.each<[string, string, (path: string) => void, Record<string, unknown>]>([
    ["says no", "failure", (path) => receiver.answer(path, (_call, response) => response.writeHead(404).end("{}")), {}],
    ["breaks off", "failure", (path) => receiver.answer(path, (_call, response) => response.destroy()), {}],
    [
      "resets in mid-body",
      "failure",
      (path) =>
        receiver.answer(path, (_call, response) => {
          response.writeHead(200, { "content-length": "1000" });
          response.write("half");
          setImmediate(() => response.destroy());
        }),
      {},
    ],
    [
      "is too large",
      "failure",
      (path) => receiver.answer(path, (_call, response) => response.end("x".repeat(300_000))),
      {},
    ],
    [
      "redirects for ever",
      "failure",
      (path) => receiver.answer(path, (_call, response) => response.writeHead(302, { location: path }).end()),
      {},
    ],
    ["never comes", "timeout", (path) => receiver.answer(path, () => undefined), { timeoutSeconds: 1 }],
  ])("whose answer %s leaves through %s", async (name, output, prepare, config) => {
    const path = `/bad/${name.replaceAll(" ", "-")}`;
    prepare(path);
    const { tags, log } = await run(await aFlow({ url: `${receiver.url}${path}`, ...config }));
    expect(tags).toEqual([output]);
    expect(log).toMatchObject({ ok: false, summary: expect.stringMatching(/\S/) });
  });

  it("to where nobody may go is refused, and a body that is no JSON is said", async () => {
    expect((await run(await aFlow({ url: "http://169.254.169.254/" }))).log?.summary).toContain("not public");
    receiver.answer("/page", (_call, response) => response.end("<html>"));
    const shop = await aFlow({ url: `${receiver.url}/page`, save: [{ path: "$.a", variable: "note" }] });
    const { tags, id } = await run(shop);
    expect(tags).toEqual(["success"]);
    const events = await database.db.selectFrom("events").select("facts").where("contactId", "=", id).execute();
    expect(JSON.stringify(events)).toContain("request.no_json");
  });

  it("is tried again where that may help, and not where it could do something twice", async () => {
    const busyOnce = () => {
      let isFirst = true;
      return (_call: unknown, response: import("node:http").ServerResponse) => {
        if (isFirst) response.writeHead(503).end();
        else response.end("{}");
        isFirst = false;
      };
    };
    receiver.answer("/busy", busyOnce());
    expect((await run(await aFlow({ url: `${receiver.url}/busy`, retries: 2 }))).log).toMatchObject({
      ok: true,
      attempt: 2,
    });
    receiver.answer("/busy", busyOnce());
    const post = { method: "POST", url: `${receiver.url}/busy`, retries: 2 };
    expect((await run(await aFlow(post))).log).toMatchObject({ ok: false, attempt: 1 });
    receiver.answer("/busy", busyOnce());
    expect((await run(await aFlow({ ...post, repeatable: true }))).log).toMatchObject({ ok: true, attempt: 2 });
  });

  it("that was cut off by a killed server is not made twice where it could do something twice", async () => {
    receiver.answer("/once", (_call, response) => response.end("{}"));
    const other = await testDatabase();
    const died = new Set<string>();
    const dying: JobKind = {
      ...externalRequestJob,
      async run(data, context) {
        const { positionId } = data as unknown as JobOfPosition;
        if (died.has(positionId)) return await externalRequestJob.run(data, context);
        died.add(positionId);
        // What a process leaves behind that dies after the request has left.
        await takeMark(context.db, `request ${positionId}`);
        throw new Error("killed");
      },
    };
    const two = await testShell(other, { jobKinds: { ...jobKinds, "external-request": dying } });
    const makers = { database: other, shell: two };
    const once = { method: "POST", url: `${receiver.url}/once` };
    expect((await run(await aFlow(once, makers), makers)).tags).toEqual(["failure"]);
    expect(receiver.at("/once")).toHaveLength(0);
    expect((await run(await aFlow({ ...once, repeatable: true }, makers), makers)).tags).toEqual(["success"]);
    await two.stop();
    await other.close();
  });

  it("that hangs does not hold up those to other servers", async () => {
    const other = await aReceiver();
    receiver.answer("/hang", () => undefined);
    other.answer("/quick", (_call, response) => response.end("{}"));
    const hanging = await aFlow({ url: `${receiver.url}/hang`, timeoutSeconds: 30 });
    const quick = await aFlow({ url: `${other.url}/quick` });
    await Promise.all(Array.from({ length: 200 }, (_none, n) => one.shell.submit(hanging.from(`h${n}`, "go"))));
    await until("they hang", () => receiver.at("/hang").length >= 50, { withinMs: 20_000 });
    expect((await run(quick)).tags).toEqual(["success"]);
    expect(receiver.at("/hang")).toHaveLength(50);
    await other.close();
  });

  it("can be answered with what the bot is to say and to keep", async () => {
    const answer = { responses: [{ type: "text", message: "There are {{ places }} left" }], attributes: { places: 3 } };
    receiver.answer("/play", (_call, response) => response.end(JSON.stringify(answer)));
    const { id } = await run(await aFlow({ url: `${receiver.url}/play`, play: true }));
    const messages = await database.db
      .selectFrom("messages")
      .select(["content", "direction"])
      .where("contactId", "=", id)
      .execute();
    expect(messages.filter(({ direction }) => direction === "out")).toMatchObject([
      { content: { text: "There are {{ places }} left" } },
    ]);
  });

  it("can be answered in UChat's form: messages with buttons, fields, and what cannot be done said", async () => {
    const answer = {
      version: "v1",
      content: {
        messages: [
          { type: "text", text: "{{ Seats }}", buttons: [{ type: "node", caption: "Again", target: "request" }] },
          { type: "image", url: "https://x.example/plan.png", text: "" },
          { type: "image" },
        ],
        actions: [
          { action: "set_field_value", field_name: "Places", value: 12 },
          { action: "add_tag", tag_name: "never made" },
        ],
        quick_replies: [{ type: "url", caption: "Site", url: "https://x.example/" }],
      },
    };
    receiver.answer("/dynamic", (_call, response) => response.end(JSON.stringify(answer)));
    const { id, tags } = await run(await aFlow({ url: `${receiver.url}/dynamic`, play: true }));
    expect(tags).toEqual(["success"]);
    const sent = await database.db
      .selectFrom("messages")
      .select("content")
      .where("contactId", "=", id)
      .where("direction", "=", "out")
      .orderBy("id")
      .execute();
    expect(sent.map(({ content }) => content)).toMatchObject([
      {
        text: "{{ Seats }}",
        buttons: [{ type: "press", title: "Again", payload: expect.stringMatching(/:request$/) }],
      },
      {
        attachments: [{ kind: "image", url: "https://x.example/plan.png" }],
        buttons: [{ type: "url", title: "Site", url: "https://x.example/" }],
      },
    ]);
    const [field] = await database.db.selectFrom("contactFields").select("value").where("contactId", "=", id).execute();
    expect(field?.value).toBe(12);
    const events = await database.db.selectFrom("events").select("facts").where("contactId", "=", id).execute();
    const problems = events.flatMap(({ facts }) =>
      facts.flatMap((fact) => (fact.kind === "error" ? fact.message : [])),
    );
    expect(problems).toEqual(['there is no tag "never made"; make it first', "a message of the type image needs url"]);
  });
});
