import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { aFlowDocument } from "../../../test/flow-samples.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
beforeEach(async () => {
  tenant = await aTenant(server);
});

async function aFlow(document = aFlowDocument(), ref?: string) {
  const answer = await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document, ref } });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

describe("a flow's draft", () => {
  it("is saved over the one it was made from, and refused over another, with what is there", async () => {
    const { ref, draftRevision } = await aFlow();
    const save = (document: object) => tenant.call("PUT", `/flows/${ref}/draft`, { body: { draftRevision, document } });
    const saved = await save(aFlowDocument({ name: "Mine" }));
    expect(saved.json()).toMatchObject({ draftRevision: draftRevision + 1, document: { name: "Mine" } });
    const refused = await save(aFlowDocument({ name: "Theirs" }));
    expect([refused.statusCode, refused.json().error]).toMatchObject([
      409,
      { code: "flow.draft_conflict", details: { draftRevision: draftRevision + 1, draft: { name: "Mine" } } },
    ]);
    expect((await tenant.call("GET", `/flows/${ref}/draft`)).json()).toMatchObject({ document: { name: "Mine" } });
  });

  it("is lost by neither of two who save at once", async () => {
    const { ref, draftRevision } = await aFlow();
    const answers = await Promise.all(
      ["A", "B"].map((name) =>
        tenant.call("PUT", `/flows/${ref}/draft`, { body: { draftRevision, document: aFlowDocument({ name }) } }),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
  });
});

describe("the list of flows", () => {
  it("tells the steps of those that are asked about, and of nobody else's", async () => {
    const steps = [
      { ref: "hello", kind: "message", name: "Hello", config: {} },
      { ref: "plain", kind: "message", config: {} },
    ];
    const { ref } = await aFlow(aFlowDocument({ name: "Asked", steps, edges: [], start: "hello" }));
    const { ref: other } = await aFlow(aFlowDocument({ name: "Other" }));
    const stranger = await aTenant(server);
    const theirs = await stranger.call("POST", "/flows", { body: { bot: stranger.bot.id, document: aFlowDocument() } });
    const list = async (query: string) => (await tenant.call("GET", `/flows${query}`)).json().data;
    const told = [
      { ref: "hello", kind: "message", name: "Hello" },
      { ref: "plain", kind: "message", name: null },
    ];
    const both = `?stepsOf=${ref}&stepsOf=${theirs.json().ref}`;
    for (const query of [`?stepsOf=${ref}`, both]) {
      expect(await list(query)).toEqual([
        expect.objectContaining({ ref, steps: told }),
        expect.not.objectContaining({ steps: expect.anything() }),
      ]);
    }
    expect((await list("")).map((one: { ref: string; steps?: unknown }) => [one.ref, one.steps])).toEqual([
      [ref, undefined],
      [other, undefined],
    ]);
  });
});

describe("publishing", () => {
  it("makes versions that can be read, and restored into the draft", async () => {
    const { ref, draftRevision } = await aFlow(aFlowDocument({ name: "One" }));
    const first = await tenant.call("POST", `/flows/${ref}/publish`, { body: { note: "first" } });
    expect(first.json()).toEqual({ version: 1, isNew: true, problems: [] });
    await tenant.call("PUT", `/flows/${ref}/draft`, {
      body: { draftRevision, document: aFlowDocument({ name: "Two" }) },
    });
    await tenant.call("POST", `/flows/${ref}/publish`);
    expect((await tenant.call("GET", `/flows/${ref}/versions`)).json().data).toMatchObject([
      { version: 2, note: "" },
      { version: 1, note: "first" },
    ]);
    expect((await tenant.call("GET", `/flows/${ref}/versions/1`)).json()).toMatchObject({ document: { name: "One" } });
    const restored = await tenant.call("POST", `/flows/${ref}/versions/1/restore`);
    expect(restored.json()).toMatchObject({ draftRevision: draftRevision + 2, document: { name: "One" } });
    expect((await tenant.call("GET", `/flows/${ref}`)).json()).toMatchObject({ publishedVersion: 2 });
    expect((await tenant.call("GET", `/flows/${ref}/versions/9`)).json().error.code).toBe("flow.version_not_found");
  });

  it("makes no version where the draft has nothing new for people", async () => {
    const { ref, draftRevision } = await aFlow(aFlowDocument({ name: "One" }));
    const publish = async () =>
      (await tenant.call("POST", `/flows/${ref}/publish`, { body: { note: "again" } })).json();
    expect(await publish()).toMatchObject({ version: 1, isNew: true });
    expect(await publish()).toEqual({ version: 1, isNew: false, problems: [] });
    const save = async (revision: number, change: object) => {
      const document = { ...aFlowDocument({ name: "One" }), ...change };
      return await tenant.call("PUT", `/flows/${ref}/draft`, { body: { draftRevision: revision, document } });
    };
    await save(draftRevision, { folder: "Sales" });
    expect(await publish()).toMatchObject({ version: 1, isNew: false });
    await save(draftRevision + 1, { description: "What it is for" });
    expect(await publish()).toMatchObject({ version: 2, isNew: true });
    // Taken out of service, nothing is live that could stay.
    await tenant.call("POST", `/flows/${ref}/unpublish`);
    expect(await publish()).toMatchObject({ version: 3, isNew: true });
    expect((await tenant.call("GET", `/flows/${ref}/versions`)).json().data).toHaveLength(3);
  });

  it("is refused with the list of problems, and then changes nothing", async () => {
    const { ref } = await aFlow(aFlowDocument({ start: "gone" }));
    const check = await tenant.call("POST", `/flows/${ref}/validate`);
    expect(check.json()).toMatchObject({
      valid: false,
      problems: [{ severity: "error", code: "flow.no_start" }, {}, {}, {}],
    });
    const answer = await tenant.call("POST", `/flows/${ref}/publish`);
    expect([answer.statusCode, answer.json().error]).toMatchObject([
      422,
      { code: "flow.invalid", details: check.json().problems },
    ]);
    expect((await tenant.call("GET", `/flows/${ref}`)).json()).toMatchObject({ publishedVersion: null });
  });

  it("takes effect for those who come, until it is taken back", async () => {
    const { ref } = await aFlow();
    const { id } = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id } })).json();
    const start = () =>
      tenant.call("POST", `/contacts/${id}/actions`, { body: { action: "start_flow", args: { flow: ref } } });
    expect((await start()).json().error.details).toEqual({ code: "flow.not_published" });
    await tenant.call("POST", `/flows/${ref}/publish`);
    expect((await start()).statusCode).toBe(200);
    expect((await tenant.call("GET", `/contacts/${id}/positions`)).json().data).toMatchObject([
      { flow: ref, step: "pause", waitsFor: "time", wakeAt: "2026-01-15T13:00:00.000Z" },
    ]);
    expect((await tenant.call("POST", `/flows/${ref}/unpublish`)).json()).toMatchObject({ publishedVersion: null });
    expect((await start()).json().error.details).toEqual({ code: "flow.not_published" });
    expect((await tenant.call("POST", `/flows/${ref}/unpublish`)).json().error.code).toBe("flow.not_published");
  });
});

/** Each line holds the one before nine times. */
const bomb = "bcdefgh"
  .split("")
  .reduce((text, name, index) => `${text}${name}: &${name} [${`*${"abcdefg"[index]},`.repeat(9)}]\n`, "a: &a [x]\n");

describe("a flow as a file", () => {
  const importAs = (type: string, file: string, key?: string) =>
    tenant.call("POST", `/flows/import?bot=${tenant.bot.ref}`, {
      body: file,
      headers: { "content-type": type },
      ...(key === undefined ? {} : { key }),
    });

  it.each([
    ["json", "application/json"],
    ["yaml", "application/yaml"],
  ])("in %s comes back as it went, under its own ref where that is free", async (format, type) => {
    const flow = await aFlow();
    const file = await tenant.call("GET", `/flows/${flow.ref}/export?format=${format}`);
    expect(file.headers["content-type"]).toContain(type);
    expect(parse(file.body)).toMatchObject({ ref: flow.ref, name: "Welcome", start: "hello" });
    await tenant.call("DELETE", `/flows/${flow.ref}`);
    const imported = await importAs(type, file.body);
    expect([imported.statusCode, imported.json()]).toMatchObject([201, { ref: flow.ref, draft: flow.draft }]);
  });

  it("gets a new ref where its own is taken, also in what names the flow itself", async () => {
    const self = `self${tenant.bot.id}`;
    const jump = { ref: "again", kind: "go_to", config: { flow: self } };
    const other = { ref: "elsewhere", kind: "go_to", config: { flow: "another" } };
    await aFlow(aFlowDocument({ steps: [jump, other], edges: [], start: "again" }), self);
    const file = await tenant.call("GET", `/flows/${self}/export`);
    const imported = (await importAs("application/json", file.body)).json();
    expect(imported.ref).not.toBe(self);
    expect(imported.draft.steps).toMatchObject([{ config: { flow: imported.ref } }, { config: { flow: "another" } }]);
  });

  it("loses characters that the database cannot keep", async () => {
    const imported = await importAs("application/yaml", 'name: "a\\0b"\n');
    expect([imported.statusCode, imported.json().name]).toEqual([201, "ab"]);
  });

  it("is imported once by one key", async () => {
    const file = "name: Small\nsteps: []\n";
    const [first, second] = [await importAs("text/yaml", file, "i1"), await importAs("text/yaml", file, "i1")];
    expect(second.json()).toEqual(first.json());
  });

  it.each([
    ["broken YAML", "application/yaml", "a: [b", "request.malformed"],
    ["YAML that unfolds into millions", "application/yaml", bomb, "request.malformed"],
    ["YAML of something else", "application/yaml", "name: 5", "request.invalid"],
    ["JSON of something else", "application/json", '{"name":""}', "request.invalid"],
    ["a list", "application/json", "[]", "request.invalid"],
  ])("that is %s is refused", async (_what, type, file, code) => {
    const answer = await importAs(type, file);
    expect(answer.json().error.code).toBe(code);
  });
});
