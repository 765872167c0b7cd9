import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const delay = { mode: "after", amount: 1, unit: "days", time: "10:00" };
const say = (text: string) => ({ delay, content: { kind: "message", content: text } });
const create = async (body: object = {}) =>
  (await tenant.call("POST", "/sequences", { body: { bot: tenant.bot.ref, name: "Course", ...body } })).json();
const change = async (ref: string, body: object) => await tenant.call("PATCH", `/sequences/${ref}`, { body });
const aContact = async (body: object = {}) =>
  (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, ...body } })).json().id as number;
const act = async (id: number, action: string, sequence: string) =>
  (
    await tenant.call("POST", `/contacts/${id}/actions`, { body: { actions: [{ action, args: { sequence } }] } })
  ).json();
const get = async (path: string) => (await tenant.call("GET", path)).json();

describe("/sequences", () => {
  it("has steps, each with a ref of its own that stays, and settings", async () => {
    const made = await create({ steps: [say("one"), { ...say("two"), ref: "two" }], onReply: "pause" });
    expect(made).toMatchObject({
      ...{ revision: 1, stepCount: 2, restart: "after_end", onReply: "pause", pauseHours: 24, problems: [] },
      steps: [{ isOn: true, delay: { weekdays: [] } }, { ref: "two" }],
    });
    expect(await get(`/sequences/${made.ref}`)).toEqual(made);
    const { data } = await get("/sequences");
    expect(data.find(({ ref }: { ref: string }) => ref === made.ref)).toMatchObject({ stepCount: 2 });
  });

  it("is renamed from any revision, but its steps only from the one they were read at", async () => {
    const { ref, steps } = await create({ steps: [say("one")] });
    expect((await change(ref, { name: "New" })).json()).toMatchObject({ name: "New", revision: 2, steps });
    const late = await change(ref, { revision: 1, steps: [] });
    expect(late.statusCode).toBe(409);
    expect(late.json().error).toMatchObject({ code: "sequence.changed", details: { revision: 2 } });
    expect((await change(ref, { steps: [] })).statusCode).toBe(422);
    expect((await change(ref, { revision: 2, steps: [], restart: "never" })).json()).toMatchObject({
      ...{ revision: 3, steps: [], restart: "never" },
    });
  });

  it("says beside what is wrong", async () => {
    const bad = { ...say("x"), ref: "a", delay: { ...delay, time: "25:00" } };
    const answer = await tenant.call("POST", "/sequences", {
      body: { bot: tenant.bot.ref, name: "Bad", steps: [bad, { ...say("y"), ref: "a" }] },
    });
    expect(answer.statusCode).toBe(422);
    expect(JSON.stringify(answer.json())).toContain("steps");
    expect(JSON.stringify(answer.json())).toContain("09:30");
    const { steps, problems } = await create({
      steps: [
        say(""),
        { delay: { mode: "on_date", field: "nothing" }, content: { kind: "flow", flow: "nothing" } },
        { ...say("off"), isOn: false, delay: { mode: "on_date", field: "nothing" } },
      ],
    });
    expect(problems).toMatchObject([
      { step: steps[0].ref, path: "content", message: expect.stringContaining("neither text") },
      { step: steps[1].ref, path: "field", message: expect.stringContaining("nothing") },
      { step: steps[1].ref, path: "flow", message: expect.stringContaining("nothing") },
    ]);
  });

  it("puts those who are inside right by a job, only where their waits may have moved", async () => {
    const { ref, steps } = await create({ steps: [say("one")] });
    const jobs = () => server.enqueued.filter(({ kind }) => kind === "settle-sequence").length;
    const before = jobs();
    await change(ref, { revision: 1, steps: [{ ...steps[0], content: { kind: "message", content: "other" } }] });
    expect(jobs()).toBe(before);
    await change(ref, { revision: 2, steps: [{ ...steps[0], delay: { ...delay, amount: 2 } }] });
    expect(jobs()).toBe(before + 1);
  });

  it("lists who is inside, and where a contact stands", async () => {
    const { ref, steps } = await create({ steps: [{ ...say("one"), name: "Welcome" }, say("two")] });
    const [ann, bob] = [await aContact({ name: "Ann" }), await aContact({ name: "Bob" })];
    for (const id of [ann, bob]) await act(id, "subscribe_sequence", ref);
    const page = await get(`/sequences/${ref}/subscribers?limit=1`);
    expect(page.data).toMatchObject([
      { contactId: ann, name: "Ann", step: steps[0].ref, passed: 0, dueAt: "2026-01-16T10:00:00.000Z" },
    ]);
    const rest = await get(`/sequences/${ref}/subscribers?cursor=${page.nextCursor}&step=${steps[0].ref}`);
    expect(rest.data).toMatchObject([{ contactId: bob }]);
    expect((await get(`/sequences/${ref}/subscribers?step=${steps[1].ref}`)).data).toEqual([]);
    expect((await get(`/contacts/${ann}/sequences`)).data).toMatchObject([
      { sequence: ref, state: "subscribed", stepName: "Welcome", place: 1, stepCount: 2 },
    ]);
    await act(ann, "unsubscribe_sequence", ref);
    expect((await get(`/contacts/${ann}/sequences`)).data).toMatchObject([{ sequence: ref, state: "unsubscribed" }]);
    expect(await get(`/sequences/${ref}/numbers`)).toMatchObject({
      ...{ subscribed: 1, unsubscribed: 1 },
      steps: [{ waiting: 1 }, { waiting: 0 }],
    });
  });

  it("gives the numbers of each step", async () => {
    const { ref, steps } = await create({ steps: [say("one"), say("two")] });
    const id = await aContact();
    await act(id, "subscribe_sequence", ref);
    const { positions } = await get(`/contacts/${id}/snapshot`);
    server.pass(2 * 86_400_000);
    await server.submit({
      target: { contactId: id },
      happening: { kind: "timer", positionId: positions[0].id },
      source: "timer",
    });
    const { steps: numbers } = await get(`/sequences/${ref}/numbers?days=365`);
    expect(numbers[0]).toMatchObject({
      ...{ step: steps[0].ref, waiting: 0, due: 1, sent: 0 },
      skipped: [{ reason: "no_channel", count: 1 }],
    });
    expect(numbers[1]).toMatchObject({ waiting: 1, due: 0 });
  });

  it("is among the uses of a flow that its steps start, and says where that one is not published", async () => {
    const document = { name: "Offer", steps: [{ ref: "a", kind: "end", config: {} }] };
    const flow = (await tenant.call("POST", "/flows", { body: { bot: tenant.bot.ref, document } })).json();
    const content = { kind: "flow", flow: flow.ref };
    const { ref, problems } = await create({ name: "Starts it", steps: [{ delay, content }] });
    expect(problems).toMatchObject([{ path: "flow" }]);
    expect((await get(`/flows/${flow.ref}/uses`)).sequences).toEqual([{ ref, name: "Starts it" }]);
  });

  it("goes with all waits when it is deleted", async () => {
    const { ref } = await create({ steps: [say("one")] });
    const id = await aContact();
    await act(id, "subscribe_sequence", ref);
    await tenant.call("DELETE", `/sequences/${ref}`);
    const contact = await get(`/contacts/${id}/snapshot`);
    expect(contact).toMatchObject({ sequences: [], positions: [] });
  });

  it("goes over to another contact with how far it has come, once", async () => {
    const { ref } = await create({ steps: [say("one"), say("two")] });
    const [ann, bob] = [await aContact(), await aContact()];
    for (const id of [ann, bob]) await act(id, "subscribe_sequence", ref);
    const merged = await tenant.call("POST", `/contacts/${ann}/merge`, { body: { secondary: bob } });
    expect(merged.statusCode).toBe(200);
    const contact = await get(`/contacts/${ann}/snapshot`);
    expect(contact.sequences).toEqual([ref]);
    expect(contact.positions).toHaveLength(1);
  });
});
