import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { type IntegrationCall, listIntegrationCalls, logIntegrationCalls } from "./integration-log-store.ts";
import { createWorkspace } from "./workspace-store.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

it("keeps a call whatever was sent with it, and those of the same moment", async () => {
  const { db } = database;
  const { id: workspaceId } = await createWorkspace(db, { domain: "calls", name: "Calls" });
  const call: IntegrationCall = {
    workspaceId,
    integration: "action-link",
    direction: "in",
    ok: false,
    durationMs: 1.6,
    summary: "added a tag",
    request: {},
    response: null,
    at: new Date("2026-11-30T12:00:00Z"),
  };
  await logIntegrationCalls(db, [
    { ...call, summary: "no \0 tag", request: { "k\0": ["a\0b", "\ud800"] }, response: { body: "\0" } },
    call,
  ]);
  const kept = await listIntegrationCalls(db, { workspaceId }, {}, { limit: 10 });
  expect(kept.map(({ summary }) => summary)).toEqual(["added a tag", "no  tag"]);
  expect(kept[1]).toMatchObject({ request: { k: ["ab", "\ufffd"] }, response: { body: "" }, durationMs: 2 });
});
