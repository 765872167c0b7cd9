import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aUchatTenant } from "../../../test/uchat-door.ts";

let server: TestServer;
let tenant: Tenant;
let contactId: number;
beforeAll(async () => {
  server = await testServer();
  const heard = await aUchatTenant(server);
  await heard.hear("hello");
  tenant = heard;
  contactId = (await tenant.call("GET", "/contacts")).json().data[0].id;
});
afterAll(() => server.close());

const make = (body: object, of = tenant) =>
  of.call("POST", "/broadcasts", { body: { bot: tenant.bot.ref, name: "News", audience: { all: true }, ...body } });
const variants = [
  { share: 30, content: "One" },
  { name: "Other", share: 30, flow: "welcome" },
];
const errorOf = (answer: { json(): { error: { message: string; details?: { path: string }[] } } }) => {
  const { message, details = [] } = answer.json().error;
  return [message, ...details.map(({ path }) => path)].join(" ");
};

describe("a broadcast's plan", () => {
  it("is kept as it was given, changed as a whole, and goes along into a copy", async () => {
    const plan = {
      local: { at: "2027-03-01T10:00", passed: "skip" },
      quiet: { from: "22:00", to: "08:00", giveUpHours: 12 },
      agents: "assigned",
      restHours: 24,
    };
    const made = (await make({ content: "Hi", plan })).json();
    expect(made).toMatchObject({ plan, startAt: null, split: null, winner: null });
    const copy = (await tenant.call("POST", `/broadcasts/${made.id}/duplicate`)).json();
    expect(copy).toMatchObject({ plan, startAt: null });
    const changed = await tenant.call("PATCH", `/broadcasts/${made.id}`, {
      body: { revision: 1, plan: { restHours: 1 } },
    });
    expect(changed.json().plan).toEqual({ restHours: 1 });
    const started = (await tenant.call("POST", `/broadcasts/${copy.id}/start`)).json();
    expect(started).toMatchObject({ status: "scheduled", startAt: null });
    // When the first clocks anywhere show it.
    expect(server.enqueued.at(-1)).toMatchObject({ startAt: Date.parse("2027-02-28T20:00:00Z") });
  });

  it.each([
    [{ content: "Hi", plan: { local: { at: "tomorrow" } } }, "plan.local.at"],
    [{ content: "Hi", plan: { local: { at: "2027-02-31T99:00" } } }, "plan.local.at"],
    [{ content: "Hi", plan: { quiet: { from: "25:00", to: "08:00" } } }, "plan.quiet.from"],
    [{ content: "Hi", plan: { restHours: 0 } }, "plan.restHours"],
    [{ content: "Hi", startAt: "soon" }, "startAt"],
    [{ content: "Hi", startAt: "2027-01-01T00:00:00Z", plan: { local: { at: "2027-03-01T10:00" } } }, "startAt"],
    [{ content: "Hi", split: { variants } }, "name one of content, flow, actions and split"],
    [{ split: { variants: variants.slice(1) } }, "split.variants"],
    [
      {
        split: {
          variants: [
            { share: 60, content: "a" },
            { share: 60, content: "b" },
          ],
        },
      },
      "split.variants",
    ],
    [{ split: { variants: [{ share: 10 }, { share: 10, content: "b" }] } }, "split.variants.0"],
  ])("is refused beside its field: %j", async (body, where) => {
    const answer = await make(body);
    expect([answer.statusCode, errorOf(answer)]).toEqual([422, expect.stringContaining(where)]);
  });
});

describe("a broadcast of several versions", () => {
  it("names them, and becomes one again where one thing is named", async () => {
    const made = (await make({ split: { variants } })).json();
    expect(made).toMatchObject({
      split: {
        winnerBy: "hand",
        afterMinutes: 240,
        variants: [
          { name: "A", share: 30, actions: [{ action: "send_message", args: { content: "One" } }] },
          { name: "Other", share: 30, actions: [{ action: "start_flow", args: { flow: "welcome" } }] },
        ],
      },
    });
    const change = (body: object, revision: number) =>
      tenant.call("PATCH", `/broadcasts/${made.id}`, { body: { revision, ...body } });
    expect((await change({ name: "Still two" }, 1)).json().split.variants).toHaveLength(2);
    expect((await change({ content: "Same" }, 2)).json()).toMatchObject({
      split: null,
      actions: [{ args: { content: "Same" } }],
    });
    expect((await change({ split: { variants } }, 3)).json().split.variants).toHaveLength(2);
  });

  it("has a winner chosen once, after its start, by whom it belongs to", async () => {
    const { id } = (await make({ split: { variants } })).json();
    const choose = (variant: number, of = tenant) => of.call("POST", `/broadcasts/${id}/winner`, { body: { variant } });
    expect((await choose(1)).json().error.code).toBe("broadcast.bad_state");
    await tenant.call("POST", `/broadcasts/${id}/start`);
    expect((await choose(3)).json().error.code).toBe("broadcast.bad_state");
    expect((await choose(1, await aTenant(server))).statusCode).toBe(404);
    expect((await choose(2)).json()).toMatchObject({ id, winner: 2 });
    expect(server.enqueued.at(-1)).toMatchObject({ kind: "run-broadcast", data: { id } });
    expect((await choose(1)).json().error.code).toBe("broadcast.bad_state");
    await tenant.call("POST", `/broadcasts/${id}/cancel`);
  });
});

describe("before it is started", () => {
  it("is sent to some as a test, which is said, and leaves no trace in the ledger", async () => {
    const { id } = (
      await make({ split: { variants: [variants[0], { name: "{{ x }}", share: 5, content: "Two" }] } })
    ).json();
    const test = async (body: object) => await tenant.call("POST", `/broadcasts/${id}/test`, { body });
    const texts = async () => {
      const { data } = (await tenant.call("GET", `/contacts/${contactId}/messages`)).json();
      return data.flatMap(({ direction, content }: { direction: string; content: { text: string } }) =>
        direction === "out" ? [content.text] : [],
      );
    };
    const before = (await texts()).length;
    expect((await test({ contacts: [contactId, contactId], variant: 2, note: "Try" })).json()).toEqual({
      data: [{ contactId, status: "sent", reason: null }],
    });
    expect((await texts()).length - before).toBe(2);
    expect((await texts()).sort()).toEqual(expect.arrayContaining(["Try: News, {{ x }}", "Two"]));
    expect((await tenant.call("GET", `/broadcasts/${id}`)).json()).toMatchObject({
      status: "draft",
      recipients: { waiting: 0, sent: 0 },
    });
    expect(errorOf(await test({ contacts: [contactId], variant: 3 }))).toContain("variant");
    expect((await test({ contacts: [999_999] })).statusCode).toBe(404);
    const stranger = await aTenant(server);
    expect(
      (await stranger.call("POST", `/broadcasts/${id}/test`, { body: { contacts: [contactId] } })).statusCode,
    ).toBe(404);
  });

  it("says whom a test did not reach, and why", async () => {
    const made = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id } })).json();
    const { id } = (await make({ content: "Hi" })).json();
    const answer = await tenant.call("POST", `/broadcasts/${id}/test`, { body: { contacts: [made.id] } });
    expect(answer.json().data).toEqual([
      { contactId: made.id, status: "failed", reason: "the contact has no open channel for this message" },
    ]);
    await tenant.call("DELETE", `/contacts/${made.id}`);
  });

  it("counts whom it would reach", async () => {
    const count = async (audience: object) =>
      (await tenant.call("POST", "/broadcasts/audience", { body: { bot: tenant.bot.ref, audience } })).json();
    expect(await count({ all: true })).toEqual({ count: 1, isEstimate: false });
    expect(await count({ tags: ["nobody has it"] })).toEqual({ count: 0, isEstimate: false });
    expect(await count({ contacts: [contactId] })).toEqual({ count: 1, isEstimate: false });
    expect((await count({})).error.message).toContain("name one of");
  });
});

describe("what came of it", () => {
  it("is reported, with what the channels do not tell, and exported", async () => {
    const { id } = (await make({ content: "Hi", start: true })).json();
    const report = (await tenant.call("GET", `/broadcasts/${id}/report`)).json();
    expect(report).toMatchObject({
      effectHours: 72,
      variants: [{ variant: null, name: null, sent: 0, messages: { sent: 0, read: 0 }, clicked: 0 }],
      untold: [{ channel: "telegram", delivered: true, read: true }],
    });
    await server.database.db
      .insertInto("broadcastRecipients")
      .values([
        { broadcastId: id, contactId, status: "skipped", reason: "opted_out" },
        { broadcastId: id, contactId: 999_999, status: "failed", reason: '=cmd("x")' },
      ])
      .execute();
    const file = await tenant.call("GET", `/broadcasts/${id}/recipients.csv`);
    expect(file.headers["content-disposition"]).toContain(`broadcast-${id}.csv`);
    const [head, first, second] = file.body.split("\r\n");
    expect(head).toBe("\ufeffcontact,cuid,name,status,reason,variant,at,messages,error");
    expect(first).toMatch(new RegExp(`^${contactId},[^,]+,.*,skipped,opted_out,,,,$`));
    expect(second).toContain(`999999,,,failed,"'=cmd(""x"")"`);
    const parts = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const part = (await tenant.call("GET", `/broadcasts/${id}/report?recipients=1${query}`)).json();
      parts.push(part.variants[0]);
      cursor = part.nextCursor;
    }
    const [whole] = (await tenant.call("GET", `/broadcasts/${id}/report`)).json().variants;
    expect(whole).toMatchObject({ recipients: 2, failed: 1, skipped: 1 });
    expect(parts.slice(0, 2)).toMatchObject([
      { recipients: 1, failed: 0, skipped: 1 },
      { recipients: 1, failed: 1, skipped: 0 },
    ]);
    expect(parts.slice(2)).toMatchObject([{ recipients: 0 }]);
    const stranger = await aTenant(server);
    for (const part of ["report", "recipients.csv"]) {
      expect((await stranger.call("GET", `/broadcasts/${id}/${part}`)).statusCode).toBe(404);
    }
  });
});
