import { createCipheriv, hkdfSync, randomBytes } from "node:crypto";
import { Signer } from "@fastify/cookie";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { testServer } from "../../../test/server.ts";
import { cookieSecrets } from "../../http/sign-in/member-reader.ts";
import { makeVisitorToken, readVisitorToken, renewVisitorToken } from "../../http/webchat/visitor-token.ts";
import { createBot } from "../../store/bot-store.ts";
import { createUser } from "../../store/member-store.ts";
import { openSecrets, sealMark, sealSecrets } from "../../store/secret-box.ts";
import { resealPiece, sealedColumns } from "../../store/secret-rotation-store.ts";
import { createSession } from "../../store/session-store.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import { rotateSecrets } from "./rotate-secrets.ts";

const [oldest, older, present] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const ring = { current: present, previous: [older, oldest] };

/** As versions before key ids sealed. */
function sealAsBefore(secrets: object, key: Buffer): string {
  const nonce = randomBytes(12);
  const derived = Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), "repartee channel secrets", 32));
  const cipher = createCipheriv("aes-256-gcm", derived, nonce);
  const data = Buffer.concat([cipher.update(JSON.stringify(secrets), "utf8"), cipher.final()]);
  return ["v1", ...[nonce, cipher.getAuthTag(), data].map((part) => part.toString("base64url"))].join(".");
}

describe("a ring of keys", () => {
  it("seals with the present one and opens what any of them sealed, with its key's id or from before there were any", () => {
    for (const key of ring.previous) expect(openSecrets(sealSecrets({ a: 1 }, key), ring)).toEqual({ a: 1 });
    expect(openSecrets(sealAsBefore({ a: 2 }, oldest), ring)).toEqual({ a: 2 });
    expect(openSecrets(sealSecrets({ a: 3 }, ring), present)).toEqual({ a: 3 });
    expect(() => openSecrets(sealSecrets({ a: 4 }, ring), older)).toThrow("SECRET_KEY");
  });

  it("keeps visitors who they are, and gives them the present key's signature", () => {
    const { token, visitor } = makeVisitorToken(older, 7);
    expect(readVisitorToken(ring, 7, token)).toBe(visitor);
    expect(readVisitorToken(ring, 8, token)).toBeUndefined();
    expect(readVisitorToken(present, 7, token)).toBeUndefined();
    const renewed = renewVisitorToken(ring, 7, token) ?? "";
    expect(readVisitorToken(present, 7, renewed)).toBe(visitor);
    expect(renewVisitorToken(ring, 7, `${visitor}.nonsense`)).toBeUndefined();
  });
});

it("a session's cookie that an older key signed is good, and is signed anew with the present one", async () => {
  const server = await testServer({ secretKey: ring });
  try {
    const { db } = server.database;
    const userId = await createUser(db, { email: "k@example.com", name: "" });
    const secret = await createSession(db, {
      userId,
      userAgent: "",
      isCookiePrefixed: true,
      at: new Date(server.now()),
    });
    const [now = "", before = ""] = cookieSecrets(ring).map((key) => new Signer(key).sign(secret));
    const ask = async (signed: string) =>
      await server.app.inject({
        url: "/auth/session",
        headers: { cookie: `__Host-repartee_session=${encodeURIComponent(signed)}` },
      });
    const answer = await ask(before);
    expect(answer.json().user).toMatchObject({ email: "k@example.com" });
    expect(answer.cookies).toMatchObject([{ name: "__Host-repartee_session", value: now }]);
    expect((await ask(now)).cookies).toEqual([]);
    const stranger = new Signer(cookieSecrets(randomBytes(32))[0] ?? "").sign(secret);
    expect((await ask(stranger)).json().user).toBeNull();
  } finally {
    await server.close();
  }
});

describe("sealing anew", () => {
  let database: TestDatabase;
  let botId: number;
  beforeAll(async () => {
    database = await testDatabase();
    const { id: workspaceId } = await createWorkspace(database.db, { domain: "keys", name: "Keys" });
    botId = (await createBot(database.db, { workspaceId, name: "Bot" })).id;
    const names = Array.from({ length: 250 }, (_, at) => at);
    for (const at of names) {
      const sealed = at % 3 === 0 ? sealAsBefore({ value: `v${at}` }, oldest) : sealSecrets({ value: `v${at}` }, older);
      await database.db
        .insertInto("secrets")
        .values({ botId, key: `k${at}`, name: `k${at}`, sealed })
        .execute();
    }
  });
  afterAll(() => database.close());

  const read = async () =>
    await database.db
      .selectFrom("secrets")
      .select(["id", "key", "sealed"])
      .where("botId", "=", botId)
      .orderBy("id")
      .execute();
  const countOld = async () => (await read()).filter(({ sealed }) => !sealed.endsWith(sealMark(ring))).length;
  const column = sealedColumns[3];

  it("knows every sealed column that the schema has", async () => {
    const { rows } = await sql<{ tableName: string; columnName: string }>`
      select table_name, column_name from information_schema.columns
      where table_schema = current_schema() and column_name in ('sealed', 'secrets')`.execute(database.db);
    const found = rows.map(({ tableName, columnName }) => `${tableName}.${columnName}`).sort();
    expect(found).toEqual(sealedColumns.map((one) => `${one.table}.${one.column}`).sort());
  });

  it("goes in pieces, and goes on where a run was broken off", async () => {
    const first = await resealPiece(database.db, column, { secretKey: ring, after: "0", size: 100 });
    expect(first).toMatchObject({ resealed: 100, closed: [] });
    expect(await countOld()).toBe(150);
    const broken = database.db.transaction().execute(async (trx) => {
      // One that dies after its update, before its commit.
      await sql`update secrets set sealed = 'x' where bot_id = ${botId}`.execute(trx);
      throw new Error("killed");
    });
    await expect(broken).rejects.toThrow("killed");
    expect(await countOld()).toBe(150);
    const result = await rotateSecrets.run({ database, secretKey: ring } as never, {} as never);
    expect(result.data).toMatchObject({ total: 150, resealed: { secrets: 150 } });
    expect(result.text).toContain("SECRET_KEY_PREVIOUS");
    expect(await countOld()).toBe(0);
    for (const { key, sealed } of await read())
      expect(openSecrets(sealed, present)).toEqual({ value: key.replace("k", "v") });
    const again = await rotateSecrets.run({ database, secretKey: present } as never, {} as never);
    expect(again.data).toMatchObject({ total: 0 });
    expect(again.text).not.toContain("SECRET_KEY_PREVIOUS");
  });

  it("leaves what no key opens as it is, says which, and does all others", async () => {
    const lost = sealSecrets({ value: "lost" }, randomBytes(32));
    const { id } = await database.db
      .insertInto("secrets")
      .values({ botId, key: "lost", name: "lost", sealed: lost })
      .returning("id")
      .executeTakeFirstOrThrow();
    const late = sealSecrets({ value: "late" }, older);
    await database.db.insertInto("secrets").values({ botId, key: "late", name: "late", sealed: late }).execute();
    const run = rotateSecrets.run({ database, secretKey: ring } as never, {} as never);
    await expect(run).rejects.toThrow(`secrets ${id}`);
    const rows = new Map((await read()).map(({ key, sealed }) => [key, sealed]));
    expect(rows.get("lost")).toBe(lost);
    expect(openSecrets(rows.get("late") ?? "", present)).toEqual({ value: "late" });
  });
});
