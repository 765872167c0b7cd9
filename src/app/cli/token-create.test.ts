import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { findTokenByHash, hashToken } from "../../store/token-store.ts";
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

it("takes its options in the form that a running server is sent them in", () => {
  const options = { workspace: "shop", kind: "uchat", scopes: "read, act,team", expires: "2027-01-31" };
  const parsed = tokenCreate.options.parse(options);
  expect(tokenCreate.options.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
  expect(tokenCreate.options.safeParse({ ...options, scopes: "read,king" }).error?.issues[0]?.message).toMatch(
    /set-up/,
  );
});

describe("a token that scripts have already", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "rp-token-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const bring = async (value: string) => {
    const valueFile = path.join(folder, "token");
    writeFileSync(valueFile, `${value}\n`);
    const options = { workspace: "shop", kind: "action-link", name: "x", valueFile };
    const prepared = await tokenCreate.prepare?.(options as never);
    return await tokenCreate.run({ database } as unknown as DatabaseContext, prepared as never);
  };

  it("opens the door as it is, and is kept as its hash alone", async () => {
    const value = "77215b242e1ec47878a3751f9f78a8e737d09567";
    expect((await bring(value)).text).toBe(value);
    expect(await findTokenByHash(database.db, hashToken(value))).toMatchObject({ kind: "action-link", hint: "9567" });
  });

  it("is nobody's twice", async () => {
    const value = "a1b2c3d4e5f6a7b8c9d0e1f2";
    await bring(value);
    await expect(bring(value)).rejects.toMatchObject({ code: "token.taken" });
  });

  it.each([
    ["qwerty123456", "could be guessed"],
    ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "could be guessed"],
    ["two words of a token, long enough", "no spaces"],
  ])("is refused where it is %s", async (value, why) => {
    await expect(bring(value)).rejects.toMatchObject({
      code: "token.bad_value",
      message: expect.stringContaining(why),
    });
  });
});
