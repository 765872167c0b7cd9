import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

interface Problem {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly step?: string;
}

const hello = { ref: "hello", kind: "message", config: { messages: [{ text: "Hello" }] } };

/** What publishing says. */
async function publish(document: object): Promise<{ readonly ref: string; readonly problems: readonly Problem[] }> {
  const whole = { name: "Flow", start: "hello", steps: [hello], edges: [], ...document };
  const { ref } = (await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document: whole } })).json();
  const published = await tenant.call("POST", `/flows/${ref}/publish`);
  expect(published.statusCode, published.body).toBe(200);
  return { ref, problems: published.json().problems };
}
const warned = async (document: object) => (await publish(document)).problems.map(({ step, code }) => [step, code]);
const withConfig = (kind: string, config: object) => ({
  start: "it",
  steps: [{ ref: "it", kind, config }],
});

describe("publishing a flow warns", () => {
  it("of a question whose answer is kept in a field that is not there", async () => {
    const question = (field: string) =>
      withConfig("question", { text: "Your level?", answer: { type: "text" }, saveTo: { field } });
    expect(await warned(question("level"))).toEqual([["it", "step.warning"]]);
    expect(
      (await tenant.call("POST", "/fields", { body: { key: "level", name: "Level", kind: "text" } })).statusCode,
    ).toBe(201);
    expect(await warned(question("level"))).toEqual([]);
  });

  it("of a condition that asks for a field that is not there, and of no tag, which the first action makes", async () => {
    const condition = (rule: object) => withConfig("condition", { condition: { match: "all", rules: [rule] } });
    const { problems } = await publish(condition({ subject: "field", key: "gone", operator: "is", value: "x" }));
    expect(problems).toMatchObject([{ step: "it", severity: "warning", message: 'there is no field "gone"' }]);
    expect(await warned(condition({ subject: "tag", key: "not yet", operator: "has" }))).toEqual([]);
  });

  it("of a name in a text that nothing is called by, as long as that is so", async () => {
    const says = (text: string) => withConfig("message", { messages: [{ text }] });
    const { problems } = await publish(says("{{ contact.first_nmae }}, {{ vars.campaing }}"));
    expect(problems).toMatchObject([
      { step: "it", severity: "warning", message: expect.stringContaining("did you mean {{ contact.first_name }}?") },
      { step: "it", code: "template.unknown_name", message: expect.stringContaining("no step sets it") },
    ]);
    const data = { variables: { campaign: "spring" } };
    const link = await tenant.call("POST", "/entry-links", { body: { bot: tenant.bot.id, name: "Poster", data } });
    expect(link.statusCode, link.body).toBe(201);
    expect(await warned(says("{{ vars.campaign }}"))).toEqual([]);
    expect((await publish(says("{{ vars.campaing }}"))).problems).toMatchObject([
      { message: expect.stringContaining("did you mean {{ vars.campaign }}?") },
    ]);
  });

  it("of an entry link of its own whose step is gone, and of none that leads elsewhere", async () => {
    const other = { ...hello, ref: "other" };
    const edges = [{ from: "hello", output: "next", to: "other" }];
    const { ref } = await publish({ steps: [hello, other], edges });
    const elsewhere = await publish({ steps: [hello, other], edges });
    for (const [name, flow, step] of [
      ["Poster", ref, "other"],
      ["Shop", ref, "hello"],
      ["Profile", ref, undefined],
      ["Far", elsewhere.ref, "other"],
    ]) {
      const link = await tenant.call("POST", "/entry-links", { body: { bot: tenant.bot.id, name, flow, step } });
      expect(link.statusCode, link.body).toBe(201);
    }
    const before = (await tenant.call("POST", `/flows/${ref}/publish`)).json().problems;
    expect(before).toEqual([]);
    const draft = { name: "Flow", start: "hello", steps: [hello], edges: [] };
    const { draftRevision } = (await tenant.call("GET", `/flows/${ref}/draft`)).json();
    const saved = await tenant.call("PUT", `/flows/${ref}/draft`, { body: { document: draft, draftRevision } });
    expect(saved.statusCode, saved.body).toBe(200);
    const message = 'the entry link "Poster" leads to "other", which is no step: the flow starts at the first one';
    const gone = [{ severity: "warning", code: "trigger.link_step_gone", message }];
    expect((await tenant.call("POST", `/flows/${ref}/validate`)).json().problems).toMatchObject(gone);
    expect((await tenant.call("POST", `/flows/${ref}/publish`)).json().problems).toMatchObject(gone);
  });

  it("of a message without anything in it", async () => {
    expect(await warned(withConfig("message", { messages: [{ text: " " }] }))).toEqual([["it", "step.warning"]]);
  });

  it("of a button that leads nowhere and does nothing", async () => {
    const buttons = [
      { id: "on", title: "On" },
      { id: "off", title: "Off" },
      { id: "page", title: "Page", url: "https://example.org" },
      { id: "mark", title: "Mark", actions: [{ action: "add_tag", args: { tag: "marked" } }] },
    ];
    const { problems } = await publish({
      ...withConfig("message", { messages: [{ text: "Well?", buttons }] }),
      edges: [{ from: "it", output: "button:on", to: "it" }],
    });
    expect(problems).toMatchObject([{ step: "it", code: "output.leads_nowhere", message: '"Off" leads nowhere' }]);
  });
});

describe("of two flows that open a chat", () => {
  const opening = (name: string, channels: readonly string[] = []) => ({
    name,
    triggers: [{ kind: "start", channels }],
  });

  it("the younger is told that the older starts, and the older that the younger does not", async () => {
    const telegram = await publish(opening("First", ["telegram"]));
    expect(telegram.problems).toEqual([]);
    const other = await publish(opening("Elsewhere", ["webchat"]));
    expect(other.problems).toEqual([]);
    const second = await publish(opening("Second", ["telegram"]));
    expect(second.problems).toMatchObject([
      { code: "trigger.shared", severity: "warning", message: expect.stringContaining('"First" starts') },
    ]);
    const again = (await tenant.call("POST", `/flows/${telegram.ref}/validate`)).json();
    expect(again.problems).toMatchObject([
      { message: expect.stringContaining('this flow starts and "Second" does not') },
    ]);
  });
});
