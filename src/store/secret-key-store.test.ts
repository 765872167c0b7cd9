import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { createBot } from "./bot-store.ts";
import { sealSecrets } from "./secret-box.ts";
import { keyId } from "./secret-key.ts";
import { findMissingKeys, retireOtherKeys, SecretKeyError, sayMissing, takeUpSecretKey } from "./secret-key-store.ts";
import { createWorkspace } from "./workspace-store.ts";

const [older, newer, stranger] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const toNewer = { current: newer, previous: [older] };
const stillOlder = { current: older, previous: [newer] };

describe("the secret key that a database is used with", () => {
  let database: TestDatabase;
  let botId: number;
  beforeAll(async () => {
    database = await testDatabase();
    const { id: workspaceId } = await createWorkspace(database.db, { domain: "keys", name: "Keys" });
    botId = (await createBot(database.db, { workspaceId, name: "Bot" })).id;
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.db.deleteFrom("secretKeys").execute();
    await database.db.deleteFrom("secrets").execute();
  });
  const kept = async () =>
    (await database.db.selectFrom("secretKeys").select("id").execute()).map(({ id }) => id).sort();
  const takeUp = (key: Parameters<typeof takeUpSecretKey>[1]) => takeUpSecretKey(database.db, key);

  it("is the first one's; every start with it is taken, and one with another refused in one line that says what to do", async () => {
    await takeUp(older);
    await takeUp(older);
    expect(await kept()).toEqual([keyId(older)]);
    const refusal: unknown = await takeUp(stranger).catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(SecretKeyError);
    expect(String(refusal)).toMatch(/SECRET_KEY_PREVIOUS and run "repartee rotate-secrets"/);
    expect(String(refusal)).not.toContain("\n");
    expect(await kept()).toEqual([keyId(older)]);
  });

  it("tells nothing of the key in what it keeps", async () => {
    await takeUp(older);
    const rows = JSON.stringify(await database.db.selectFrom("secretKeys").selectAll().execute());
    for (const form of ["hex", "base64", "base64url"] as const) expect(rows).not.toContain(older.toString(form));
    expect(keyId(older)).toHaveLength(8);
  });

  it("is one of two at most when they start at once with different ones", async () => {
    const all = await Promise.allSettled([older, newer, stranger].map(takeUp));
    expect(all.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(await kept()).toHaveLength(1);
  });

  it("changes in the order that the manual gives, and refuses whoever has but one of two while it does", async () => {
    await takeUp(older);
    await takeUp(stillOlder);
    await takeUp(toNewer);
    expect(await kept()).toEqual([keyId(older), keyId(newer)].sort());
    await takeUp(stillOlder);
    await expect(takeUp(older)).rejects.toThrow(keyId(newer));
    await expect(takeUp(newer)).rejects.toThrow(keyId(older));
    await retireOtherKeys(database.db, toNewer);
    await takeUp(newer);
    await expect(takeUp(older)).rejects.toThrow(SecretKeyError);
  });

  it("is found by what is sealed, where the release before noted none", async () => {
    const sealed = sealSecrets({ value: "v" }, older);
    await database.db.insertInto("secrets").values({ botId, key: "k", name: "k", sealed }).execute();
    expect(await findMissingKeys(database.db, stranger)).toBe("unknown");
    await expect(takeUp(stranger)).rejects.toThrow("Nothing that the database holds can be opened");
    expect(await kept()).toEqual([]);
    await takeUp(toNewer);
    expect(await kept()).toEqual([keyId(newer)]);
  });

  it("is named by ids when it is missing", () => {
    expect(sayMissing([keyId(older), keyId(newer)], stranger).message).toContain(
      `(their ids: ${keyId(older)}, ${keyId(newer)}); the one here has the id ${keyId(stranger)}`,
    );
  });
});
