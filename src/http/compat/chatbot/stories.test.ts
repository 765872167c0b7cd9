import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { aVisitor, chatbotDoor } from "../../../../test/chatbot-door.ts";
import { aFlowDocument } from "../../../../test/flow-samples.ts";
import { aTenant, type TestServer, testServer } from "../../../../test/server.ts";
import { createdSchema, doneSchema, objectIdSchema } from "./answers.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const { tenant, call, good, refused } = chatbotDoor(() => server);

/** An item of either version's list. */
const storySchema = z.strictObject({
  id: objectIdSchema,
  name: z.string(),
  description: z.string(),
  integrations: z.array(z.string()),
  metrics: z.array(z.strictObject({ date: z.iso.date(), conversations: z.number().int().positive() })),
  version: z.literal(2).optional(),
  published: z.boolean().optional(),
});

describe("stories", () => {
  it.each(["", "/v2"])("of version %j are made, listed, read, changed and deleted", async (version) => {
    const base = `${version}/stories`;
    const { id } = await good(createdSchema, "POST", base, { name: "Welcome", description: "First words", more: 1 });
    const shown = { id, name: "Welcome", description: "First words", integrations: [], metrics: [] };
    expect((await call("GET", base)).body).toEqual([
      version === "" ? shown : { ...shown, version: 2, published: false },
    ]);
    await good(doneSchema, "PUT", `${base}/${id}`, { name: "Hello" });
    expect((await call("GET", `${base}/${id}`)).body).toMatchObject({ id, name: "Hello", description: "First words" });
    // A scenario sends its empty boxes, and numbers as such.
    await good(doneSchema, "PUT", `${base}/${id}`, { name: "", description: "Then" });
    await good(doneSchema, "PUT", `${base}/${id}`, { name: null });
    expect((await call("GET", `${base}/${id}`)).body).toMatchObject({ id, name: "Hello", description: "Then" });
    await good(doneSchema, "PUT", `${base}/${id}`, { name: 2026 });
    expect((await call("GET", `${base}/${id}`)).body).toMatchObject({ id, name: "2026" });
    await good(doneSchema, "DELETE", `${base}/${id}`);
    await refused(404, "GET", `${base}/${id}`);
    await refused(404, "PUT", `${base}/${id}`, { name: "x" });
    await refused(404, "DELETE", `${base}/${id}`);
    await refused(400, "POST", base, { description: "no name" });
    await refused(400, "GET", `${base}/none`);
  });

  it("show their steps: in order, and as a tree", async () => {
    const flow = (
      await tenant().call("POST", "/flows", { body: { bot: tenant().bot.id, document: aFlowDocument() } })
    ).json();
    await tenant().call("POST", `/flows/${flow.ref}/publish`);
    const [{ id }] = (await call("GET", "/stories")).body;
    const v1 = (await call("GET", `/stories/${id}`)).body;
    expect([v1.order, Object.keys(v1.interactions)]).toEqual([
      ["hello", "pause", "bye"],
      ["hello", "pause", "bye"],
    ]);
    const v2 = (await call("GET", `/v2/stories/${id}`)).body;
    expect(v2).toMatchObject({
      version: 2,
      published: true,
      diagram: {
        type: "START_POINT",
        children: [{ id: "hello", children: [{ id: "pause", children: [{ id: "bye" }] }] }],
      },
    });
  });

  it("of another workspace are not there, whatever is asked", async () => {
    const { id } = await good(createdSchema, "POST", "/stories", { name: "Welcome" });
    const other = await aTenant(server);
    const foreign = await other.mintToken({ kind: "chatbot" });
    for (const version of ["", "/v2"]) {
      expect((await call("GET", `${version}/stories`, undefined, foreign)).body).toEqual([]);
      for (const method of ["GET", "PUT", "DELETE"] as const) {
        await refused(404, method, `${version}/stories/${id}`, method === "PUT" ? { name: "x" } : undefined, foreign);
        await refused(401, method, `${version}/stories/${id}`, undefined, "nobody");
      }
    }
  });

  it("tell where they run and with how many people they talked each day", async () => {
    const visitor = await aVisitor(server, tenant());
    await visitor.hear("again");
    server.pass(86_400_000);
    await visitor.hear("hello");
    const day = (ago: number) => new Date(server.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const metrics = [
      { date: day(1), conversations: 1 },
      { date: day(0), conversations: 1 },
    ];
    for (const version of ["", "/v2"]) {
      const list = await good(z.array(storySchema), "GET", `${version}/stories`);
      expect(list).toMatchObject([{ integrations: ["telegram"], metrics }]);
    }
    const native = await tenant().call("GET", `/flows/${visitor.flow}/conversations`);
    expect(native.json().data).toEqual(metrics);
    const recent = await tenant().call("GET", `/flows/${visitor.flow}/conversations?days=1`);
    expect(recent.json().data).toHaveLength(2);
    server.pass(40 * 86_400_000);
    // Whoever is only sent something does not talk.
    const contact = Number.parseInt(visitor.id.slice(8), 16);
    await tenant().call("POST", `/contacts/${contact}/actions`, {
      body: { actions: [{ action: "start_flow", args: { flow: visitor.flow } }] },
    });
    expect(await visitor.said()).toHaveLength(4);
    expect((await call("GET", "/stories")).body).toMatchObject([{ metrics: [] }]);
    expect((await tenant().call("GET", `/flows/${visitor.flow}/conversations?days=1`)).json().data).toEqual([]);
    expect((await tenant().call("GET", "/flows/none/conversations")).statusCode).toBe(404);
    const [{ id }] = (await call("GET", "/v2/stories")).body;
    expect((await call("GET", `/v2/stories/${id}`)).body.integrations).toEqual(["telegram"]);
  });

  it("that are deleted say nothing any more", async () => {
    const visitor = await aVisitor(server, tenant());
    const [{ id }] = (await call("GET", "/stories")).body;
    await good(doneSchema, "DELETE", `/stories/${id}`);
    await visitor.hear("hello");
    expect(await visitor.said()).toEqual(["Hello!"]);
  });
});
