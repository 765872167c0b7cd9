import { argon2Sync } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import type { DatabaseContext } from "./command.ts";
import { userCreate } from "./user-create.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await createWorkspace(database.db, { domain: "shop", name: "Shop" });
});
afterAll(() => database.close());

const make = async (options: object) =>
  await userCreate.run({ database } as unknown as DatabaseContext, { name: "", role: "owner", ...options } as never);

async function keptHash(email: string): Promise<string> {
  const rows = database.db.selectFrom("users").select("passwordHash").where("email", "=", email);
  return (await rows.executeTakeFirstOrThrow()).passwordHash ?? "";
}

it("makes a user with a password of its own, who is a member where one is named", async () => {
  const { text, data } = await make({ email: "ann@example.com", workspace: "shop", role: "agent" });
  expect(text).toMatch(/^\w{20}$/);
  expect(data).toMatchObject({
    email: "ann@example.com",
    workspace: "shop",
    memberId: expect.any(Number),
    password: text,
  });
  const [, kind, version, cost, salt = "", hash = ""] = (await keptHash("ann@example.com")).split("$");
  expect([kind, version, cost]).toEqual(["argon2id", "v=19", "m=19456,t=2,p=1"]);
  const again = argon2Sync("argon2id", {
    message: text,
    nonce: Buffer.from(salt, "base64"),
    memory: 19_456,
    passes: 2,
    parallelism: 1,
    tagLength: 32,
  });
  expect(again.toString("base64").replace(/=+$/, "")).toBe(hash);
});

it("takes a given password and does not print it", async () => {
  const { text, data } = await make({ email: "bob@example.com", passwordFile: "correct horse" });
  expect(JSON.stringify([text, data])).not.toContain("correct horse");
  expect(data).toMatchObject({ workspace: null, memberId: null });
});

it("refuses a short password, an e-mail that is taken whatever its case, and a workspace that is not there", async () => {
  await expect(make({ email: "eve@example.com", passwordFile: "short" })).rejects.toMatchObject({
    code: "user.weak_password",
  });
  await expect(make({ email: "ANN@example.com", workspace: "shop", role: "admin" })).rejects.toMatchObject({
    code: "user.email_taken",
    message: expect.stringContaining("repartee member add --email ANN@example.com --workspace shop --role admin"),
  });
  await expect(make({ email: "eve@example.com", workspace: "none" })).rejects.toMatchObject({
    code: "workspace.not_found",
  });
  expect(await database.db.selectFrom("users").select("id").where("email", "=", "eve@example.com").execute()).toEqual(
    [],
  );
});
