import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { aShop, contactOf, echoFlow, type TestShell, testShell } from "../../../test/shell.ts";
import type { Profile } from "../../model/contact.ts";
import { lookUpProfileJob } from "./look-up-profile.ts";

let database: TestDatabase;
let one: TestShell;
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database);
});
afterAll(async () => {
  await one.stop();
  await database.close();
});
afterEach(async () => {
  await database.db.deleteFrom("workspaces").execute();
});

const never = undefined as never;
async function run(data: { readonly channelId: number; readonly person: string }, told: Profile | undefined) {
  await lookUpProfileJob.run(data, {
    db: database.db,
    submit: one.shell.submit,
    lookUpProfile: async () => told,
    bulkRoom: async () => ({ free: 1_000, most: 1_000 }),
    announceBroadcast: () => {},
    enqueue: async () => {},
    outbound: never,
    runScript: never,
    secretKey: never,
    log: never,
    now: one.clock.now,
  });
}
const profileOf = (id: number) =>
  database.db.selectFrom("contacts").select(["name", "firstName", "lastName"]).where("id", "=", id).executeTakeFirst();

describe("looking somebody up", () => {
  it("fills what the profile lacks, as it stands and no template, and leaves what was set", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const id = contactOf(await one.shell.submit(shop.from("ann", { kind: "start" })));
    const set = { action: "set_profile", args: { key: "firstName", value: "Anna" } };
    await one.shell.submit({
      target: { contactId: id },
      happening: { kind: "actions", actions: [set] },
      source: "api",
    });
    const told = { name: "{{ bot.name }}", firstName: "Ann", lastName: "" };
    for (const _time of [1, 2]) await run({ channelId: shop.channelId, person: "ann" }, told);
    expect(await profileOf(id)).toEqual({ name: "{{ bot.name }}", firstName: "Anna", lastName: null });
  });

  it("of whom the platform tells nothing, or who is gone, changes nothing", async () => {
    const shop = await aShop(one, { flows: [echoFlow] });
    const id = contactOf(await one.shell.submit(shop.from("bob", { kind: "start" })));
    await run({ channelId: shop.channelId, person: "bob" }, undefined);
    await run({ channelId: shop.channelId, person: "nobody" }, { name: "Nobody" });
    expect(await profileOf(id)).toEqual({ name: null, firstName: null, lastName: null });
  });
});
