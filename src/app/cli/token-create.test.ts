import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import type { DatabaseContext } from "./command.ts";
import { tokenCreate } from "./token-create.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await createWorkspace(database.db, { domain: "shop", name: "Shop" });
});
afterAll(() => database.close());

it("names the client_id that goes with a token for BotHelp's clients, and only with that", async () => {
  const make = async (kind: "bothelp" | "uchat") => {
    const options = { workspace: "shop", kind, name: "x" };
    return await tokenCreate.run({ database } as unknown as DatabaseContext, options as never);
  };
  const { text, data } = await make("bothelp");
  expect(data).toEqual({ token: text, id: expect.any(Number), workspace: "shop", kind: "bothelp", clientId: "shop" });
  expect((await make("uchat")).data).not.toHaveProperty("clientId");
});
