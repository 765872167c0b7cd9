import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import type { Happening } from "../../model/event.ts";
import { countStepEvents, recountStepEvents, recountStepMessages } from "../../store/step-metric-store.ts";

let server: TestServer;
let tenant: Tenant;
let channel: number;
let count = 0;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  const document = {
    name: "Ask",
    start: "a",
    triggers: [{ kind: "start" }],
    steps: [
      {
        ref: "a",
        kind: "message",
        config: {
          messages: [
            {
              text: "Well?",
              buttons: [
                { id: "yes", title: "Yes" },
                { id: "no", title: "No" },
              ],
            },
          ],
        },
      },
      { ref: "b", kind: "message", config: { messages: [{ text: "Good." }] } },
    ],
    edges: [{ from: "a", output: "button:yes", to: "b" }],
  };
  await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, ref: "asking", document } });
  await tenant.call("POST", "/flows/asking/publish");
  const body = { bot: tenant.bot.id, kind: "webchat", name: "Chat" };
  channel = (await tenant.call("POST", "/channels", { body })).json().id;
});
afterAll(() => server.close());

const happen = async (person: string, happening: Happening) => {
  count += 1;
  const target = { channelId: channel, externalId: person };
  await server.submit({ target, happening, source: "channel", dedupeKey: `n${count}` });
};
const numbers = async (query = "") => (await tenant.call("GET", `/flows/asking/step-numbers${query}`)).json().data;
const expected = (read: number) => [
  {
    step: "a",
    entered: 3,
    waiting: 1,
    sent: 3,
    delivered: read,
    read,
    failed: 0,
    clicked: 2,
    buttons: { yes: 1, no: 1 },
  },
  { step: "b", entered: 1, waiting: 0, sent: 1, delivered: 0, read: 0, failed: 0, clicked: 0, buttons: {} },
];

describe("the numbers of a flow's steps", () => {
  it("are there at once, and the same once they have been counted, however often", async () => {
    for (const person of ["1", "2", "3"]) await happen(person, { kind: "start" });
    await happen("1", { kind: "button", payload: "asking:a:yes" });
    await happen("2", { kind: "button", payload: "asking:a:no" });
    expect(await numbers()).toEqual(expected(0));
    const { db } = server.database;
    const [first] = await db.selectFrom("messages").select("id").where("stepRef", "=", "a").limit(1).execute();
    await db
      .updateTable("messages")
      .set({ status: "read" })
      .where("id", "=", first?.id ?? 0)
      .execute();
    expect(await numbers()).toEqual(expected(1));
    for (let hours = 1; hours <= 3; hours += 1) {
      server.pass(3_600_000);
      const now = new Date(server.now());
      while (await countStepEvents(db, now));
      await recountStepMessages(db, new Date(server.now() - 7_200_000), now);
      await recountStepEvents(db, new Date(server.now() - 7_200_000));
      expect(await numbers()).toEqual(expected(1));
    }
    expect(await db.selectFrom("stepMetrics").select("metric").execute()).not.toEqual([]);
  });

  it("are of a channel and of a time, where those are asked for", async () => {
    expect(await numbers(`?channel=${channel}`)).toEqual(expected(1));
    expect(await numbers("?channel=999999")).toEqual([]);
    server.pass(3 * 86_400_000);
    const [line] = await numbers("?days=1");
    expect(line).toMatchObject({ step: "a", entered: 0, waiting: 1, sent: 0 });
    expect((await numbers("?days=30"))[0]).toMatchObject({ entered: 3, sent: 3 });
  });

  it("are not another workspace's", async () => {
    const other = await aTenant(server);
    expect((await other.call("GET", "/flows/asking/step-numbers")).statusCode).toBe(404);
  });
});
