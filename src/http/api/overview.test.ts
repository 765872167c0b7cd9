import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import type { Happening } from "../../model/event.ts";
import { finishBroadcast } from "../../store/broadcast-store.ts";
import { countOverview, recountOverview } from "../../store/overview-mark-store.ts";
import type {
  ActivityBody,
  ActivityKey,
  BroadcastResultsBody,
  FlowCountsBody,
  FunnelBody,
} from "../contract/overview.ts";

let server: TestServer;
let tenant: Tenant;
let channel: number;
let second: number;
let count = 0;

const message = (ref: string, button?: string) => ({
  ref,
  kind: "message",
  config: { messages: [{ text: ref, ...(button === undefined ? {} : { buttons: [{ id: button, title: button }] }) }] },
});

beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  const document = {
    name: "Ask",
    start: "a_1",
    triggers: [{ kind: "start" }],
    steps: [message("a_1", "yes"), message("b", "on"), message("c", "back")],
    edges: [
      { from: "a_1", output: "button:yes", to: "b" },
      { from: "b", output: "button:on", to: "c" },
      { from: "c", output: "button:back", to: "a_1" },
    ],
  };
  await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, ref: "asking", document } });
  await tenant.call("POST", "/flows/asking/publish");
  const connect = async (name: string) =>
    (await tenant.call("POST", "/channels", { body: { bot: tenant.bot.id, kind: "webchat", name } })).json().id;
  [channel, second] = [await connect("Chat"), await connect("Other chat")];
});
afterAll(() => server.close());

async function happen(person: string, happening: Happening, { on = channel, at = server.now() } = {}) {
  count += 1;
  const target = { channelId: on, externalId: person };
  const reply = await server.submit({ target, happening, source: "channel", dedupeKey: `n${count}`, at });
  return "contactId" in reply ? Number(reply.contactId) : 0;
}
const press = (step: string, button: string): Happening => ({ kind: "button", payload: `asking:${step}:${button}` });
async function read<Body>(path: string): Promise<Body> {
  const answer = await tenant.call("GET", path);
  expect([path, answer.statusCode, answer.body]).toEqual([path, 200, expect.any(String)]);
  return answer.json();
}
const activity = (query = "") => read<ActivityBody>(`/overview/activity${query}`);
const sum = ({ days }: ActivityBody, key: ActivityKey) => days.reduce((total, day) => total + day[key], 0);
const flows = async (query = "") => (await read<FlowCountsBody>(`/overview/flows${query}`)).flows;
const funnel = async (query: string) =>
  (await read<FunnelBody>(`/flows/asking/funnel?${query}`)).steps.map(({ people }) => people);
/** Everything that has happened so far is counted. */
async function countAll() {
  server.pass(1000);
  while (await countOverview(server.database.db, new Date(server.now())));
}

describe("the overview", () => {
  it("counts contacts and messages by day and channel: at once, and the same once they are counted, however often", async () => {
    const first = await happen("1", { kind: "start" });
    await happen("1", { kind: "message", message: { text: "Hello", attachments: [] } });
    await happen("2", { kind: "start" }, { on: second });
    await happen("2", { kind: "blocked" }, { on: second });
    await happen("2", { kind: "unblocked" }, { on: second });
    const act = (action: string, args: object) =>
      tenant.call("POST", `/contacts/${first}/actions`, { body: { actions: [{ action, args }] } });
    await act("opt_out", {});
    await act("opt_in", {});
    await act("ban", {});
    await act("unban", {});
    await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, name: "Made by a program" } });
    const expected = {
      date: "2026-01-15",
      created: 3,
      unblocked: 1,
      optedIn: 1,
      unbanned: 1,
      blocked: 1,
      optedOut: 1,
      banned: 1,
      deleted: 0,
      messagesIn: 1,
      messagesByBot: 2,
      messagesByAgents: 0,
    };
    const fresh = await activity("?from=2026-01-14&to=2026-01-15");
    expect(fresh.days[1]).toEqual(expected);
    expect(fresh.days[0]).toEqual({
      ...Object.fromEntries(Object.keys(expected).map((key) => [key, 0])),
      date: "2026-01-14",
    });
    await countAll();
    await countAll();
    await recountOverview(server.database.db, new Date(server.now() - 86_400_000));
    const counted = await activity("?from=2026-01-14&to=2026-01-15");
    expect(counted).toEqual({ ...fresh, countedUntil: counted.countedUntil });
    expect(counted.countedUntil).not.toBeNull();
    const byChannel = new Map(counted.channels.map((one) => [one.channel, one]));
    // What the team did belongs to the contact's first channel; who is on none, to none.
    expect(byChannel.get(channel)).toMatchObject({ created: 1, banned: 1, optedOut: 1, blocked: 0, messagesIn: 1 });
    expect(byChannel.get(second)).toMatchObject({ created: 1, banned: 0, blocked: 1, unblocked: 1 });
    expect(byChannel.get(null)).toMatchObject({ created: 1, messagesIn: 0 });
    expect(sum(await activity(`?channel=${second}`), "created")).toBe(1);
  });

  it("keeps what was counted when a contact is deleted, also what was not counted yet", async () => {
    const contactId = await happen("goes", { kind: "start" });
    const before = await activity();
    expect((await tenant.call("DELETE", `/contacts/${contactId}`)).statusCode).toBe(204);
    const after = await activity();
    expect(sum(after, "created")).toBe(sum(before, "created"));
    expect(sum(after, "messagesByBot")).toBe(sum(before, "messagesByBot"));
    expect(sum(after, "deleted")).toBe(1);
    expect(after.channels.find((one) => one.channel === channel)).toMatchObject({ deleted: 1 });
    await countAll();
    await recountOverview(server.database.db, new Date(server.now() - 86_400_000));
    expect((await activity()).days).toEqual(after.days);
  });

  it("has days of the workspace's time zone", async () => {
    await tenant.call("PATCH", "/workspace", { body: { timeZone: "Asia/Kolkata" } });
    server.pass(12 * 3_600_000);
    // 18:29 and 18:31 in UTC are 23:59 and 00:01 in Kolkata.
    await happen("zone", { kind: "start" }, { at: Date.UTC(2026, 0, 15, 18, 29) });
    await happen(
      "zone",
      { kind: "message", message: { text: "Late", attachments: [] } },
      { at: Date.UTC(2026, 0, 15, 18, 31) },
    );
    await countAll();
    const { days, timeZone, to } = await activity("?from=2026-01-15");
    expect([timeZone, to, days.map(({ date, messagesIn }) => [date, messagesIn])]).toEqual([
      "Asia/Kolkata",
      "2026-01-16",
      [
        ["2026-01-15", 1],
        ["2026-01-16", 1],
      ],
    ]);
    await tenant.call("PATCH", "/workspace", { body: { timeZone: "UTC" } });
  });

  it("refuses what is no period, and says where", async () => {
    const refusals = await Promise.all(
      ["from=2026-02-01&to=2026-01-01", "from=2020-01-01&to=2026-01-01", "from=yesterday", "until=2026-01-01"].map(
        async (query) => {
          const answer = await tenant.call("GET", `/overview/activity?${query}`);
          return [answer.statusCode, answer.json().error.details?.[0]?.path];
        },
      ),
    );
    expect(refusals).toEqual([
      [422, "querystring.from"],
      [422, "querystring.from"],
      [422, "querystring.from"],
      [422, "querystring"],
    ]);
  });
});

describe("flows and funnels", () => {
  it("count people who came from one step to a later one, on one walk: at once, and the same once counted", async () => {
    server.pass(3 * 86_400_000);
    await countAll();
    for (const person of ["f1", "f2", "f3", "f4"]) await happen(person, { kind: "start" });
    for (const person of ["f1", "f2", "f3"]) await happen(person, press("a_1", "yes"));
    for (const person of ["f1", "f2"]) await happen(person, press("b", "on"));
    // Back to the first step on the same walk: nobody came from c to b.
    await happen("f1", press("c", "back"));
    // Anew: counts as a walk, not as another person.
    await happen("f2", { kind: "start" });
    const day = "from=2026-01-19";
    const look = async () => [
      await flows(`?${day}`),
      await funnel(`${day}&steps=a_1,b,c`),
      await funnel(`${day}&steps=c,b`),
      await funnel(`${day}&steps=c,a_1`),
    ];
    const expected = [[{ ref: "asking", name: "Ask", started: 5, answered: 3 }], [4, 3, 2], [2, 0], [2, 1]];
    expect(await look()).toEqual(expected);
    await countAll();
    expect(await look()).toEqual(expected);
    await recountOverview(server.database.db, new Date(server.now() - 86_400_000));
    expect(await look()).toEqual(expected);
    expect(await flows(`?${day}&channel=${second}`)).toEqual([]);
    expect(await funnel(`${day}&channel=${second}&steps=a_1,b`)).toEqual([0, 0]);
  });

  it("lead a walk on that was counted before, under the day on which it began", async () => {
    server.pass(2 * 86_400_000);
    await countAll();
    await happen("f4", press("a_1", "yes"));
    expect(await funnel("from=2026-01-19&to=2026-01-19&steps=a_1,b,c")).toEqual([4, 4, 2]);
    await countAll();
    expect(await funnel("from=2026-01-19&to=2026-01-19&steps=a_1,b,c")).toEqual([4, 4, 2]);
    expect((await flows("?from=2026-01-19&to=2026-01-19"))[0]).toMatchObject({ started: 5, answered: 4 });
    expect(await flows("?from=2026-01-20")).toEqual([]);
  });

  it("take in what was told late, when it is looked at again", async () => {
    const late = server.now() - 3_600_000 * 2;
    await countAll();
    await happen("late", { kind: "start" }, { at: late });
    const day = `from=${new Date(late).toISOString().slice(0, 10)}`;
    expect(await flows(`?${day}`)).toEqual([]);
    await recountOverview(server.database.db, new Date(server.now() - 2 * 86_400_000));
    expect(await flows(`?${day}`)).toMatchObject([{ started: 1 }]);
    expect(sum(await activity(`?${day}`), "created")).toBe(1);
  });

  it("refuse steps that are no funnel", async () => {
    const codes = await Promise.all(
      ["a_1", "a_1,a_1", "a_1,b,c,d,e,f,g,h,i", "", "a b,c"].map(
        async (steps) =>
          (await tenant.call("GET", `/flows/asking/funnel?steps=${encodeURIComponent(steps)}`)).statusCode,
      ),
    );
    expect(codes).toEqual([422, 422, 422, 422, 422]);
  });

  it("go with a contact that is merged, and not with one that is deleted", async () => {
    const day = "from=2026-01-19&to=2026-01-19";
    const [one, other] = [await happen("f3", press("b", "on")), await happen("m", { kind: "start" })];
    await countAll();
    expect(await funnel(`${day}&steps=a_1,b,c`)).toEqual([4, 4, 3]);
    const merged = await tenant.call("POST", `/contacts/${other}/merge`, { body: { secondary: one } });
    expect(merged.statusCode).toBeLessThan(300);
    expect(await funnel(`${day}&steps=a_1,b,c`)).toEqual([4, 4, 3]);
    await tenant.call("DELETE", `/contacts/${other}`);
    expect(await funnel(`${day}&steps=a_1,b,c`)).toEqual([3, 3, 2]);
  });
});

describe("broadcasts of a period", () => {
  it("show what they came to, finished or not", async () => {
    const { db } = server.database;
    const contacts = await db.selectFrom("contacts").select("id").where("botId", "=", tenant.bot.id).execute();
    const body = {
      bot: tenant.bot.id,
      name: "News",
      audience: { contacts: contacts.map(({ id }) => id) },
      content: "Hi",
    };
    const { id } = (await tenant.call("POST", "/broadcasts", { body })).json();
    await db
      .updateTable("broadcasts")
      .set({ status: "running", startedAt: new Date(server.now()) })
      .where("id", "=", id)
      .execute();
    const rows = contacts.map(({ id: contactId }, index) => ({
      broadcastId: id as number,
      contactId,
      status: index === 0 ? ("failed" as const) : ("sent" as const),
    }));
    await db.insertInto("broadcastRecipients").values(rows).execute();
    const results = async () => (await read<BroadcastResultsBody>("/overview/broadcasts")).broadcasts;
    const numbers = { name: "News", sent: contacts.length - 1, failed: 1, skipped: 0, waiting: 0 };
    expect(await results()).toMatchObject([{ ...numbers, status: "running" }]);
    expect(await finishBroadcast(db, id, new Date(server.now()))).toBe(true);
    await db.deleteFrom("broadcastRecipients").where("broadcastId", "=", id).execute();
    expect(await results()).toMatchObject([{ ...numbers, status: "finished" }]);
    expect((await tenant.call("GET", "/overview/broadcasts?to=2026-01-01")).json().broadcasts).toEqual([]);
  });

  it("are none that sent nothing", async () => {
    const change = {
      ...{ bot: tenant.bot.id, name: "Add a tag", audience: { all: true }, start: true },
      actions: [{ action: "add_tag", args: { tag: "vip" } }],
    };
    expect((await tenant.call("POST", "/broadcasts", { body: change })).json()).toMatchObject({ sends: false });
    const { broadcasts } = await read<BroadcastResultsBody>("/overview/broadcasts");
    expect(broadcasts.map(({ name }) => name)).toEqual(["News"]);
  });
});

it("is not another workspace's, nor another bot's", async () => {
  const other = await aTenant(server);
  const empty: ActivityBody = (await other.call("GET", "/overview/activity?from=2026-01-01")).json();
  expect([sum(empty, "created"), empty.channels]).toEqual([0, []]);
  expect((await other.call("GET", "/overview/flows?from=2026-01-01")).json().flows).toEqual([]);
  expect((await other.call("GET", `/overview/activity?channel=${channel}&from=2026-01-01`)).json().channels).toEqual(
    [],
  );
  expect((await other.call("GET", "/flows/asking/funnel?steps=a_1,b")).statusCode).toBe(404);
  expect((await other.call("GET", "/overview/broadcasts")).json().broadcasts).toEqual([]);
  expect((await other.call("GET", `/overview/activity?bot=${tenant.bot.ref}`)).statusCode).toBe(404);
  const bot = (await tenant.call("POST", "/bots", { body: { name: "Second bot" } })).json();
  const token = await tenant.mintToken({ botId: bot.id });
  expect((await tenant.call("GET", "/overview/activity?from=2026-01-01", { token })).json().channels).toEqual([]);
  expect((await tenant.call("GET", "/overview/flows?from=2026-01-01", { token })).json().flows).toEqual([]);
});
