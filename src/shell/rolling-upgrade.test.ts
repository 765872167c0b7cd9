import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aShop, testClock } from "../../test/shell.ts";
import { preparePublishedFlow } from "../steps/advance.ts";
import { recordKinds } from "../store/known-kind-store.ts";
import { createSnapshots, registeredKinds } from "./snapshots.ts";
import { LeftToNewer } from "./submission.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

let flows = 0;
const flow = (kind: string, config: object) => {
  flows += 1;
  const steps = [{ ref: "a", kind, config }];
  return { ref: `new${flows}`, name: "New", triggers: [], start: "a", steps, edges: [] };
};
const asOlder = async (kind: string, config: object) => {
  const shop = await aShop({ database, clock: testClock() }, { flows: [flow(kind, config)] } as never);
  const older = {
    steps: new Set([...registeredKinds.steps].filter((name) => name !== "script")),
    actions: new Set([...registeredKinds.actions].filter((name) => name !== "add_tag")),
  };
  return () => createSnapshots(preparePublishedFlow, older).get(database.db, shop.botId, 1);
};

it("leaves a bot with a step or an action that only a newer release knows to that one, and loses nothing", async () => {
  const withStep = await asOlder("script", { code: "" });
  const withAction = await asOlder("action", { actions: [{ action: "add_tag", args: { tag: "x" } }] });
  const ordinary = await asOlder("action", { actions: [{ action: "remove_tag", args: { tag: "x" } }] });
  // Nobody has told of it: it is a mistake of the flow's, and only who meets it notices.
  expect(await withStep()).toBeDefined();
  await recordKinds(database.db, registeredKinds);
  await expect(withStep()).rejects.toThrow(LeftToNewer);
  await expect(withAction()).rejects.toThrow(/action add_tag/);
  expect(await ordinary()).toBeDefined();
});
