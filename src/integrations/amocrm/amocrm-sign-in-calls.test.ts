import { describe, expect, it } from "vitest";
import {
  aContact,
  anAmocrm,
  aSignedInAmocrm,
  callsOf,
  database,
  lastOf,
  one,
  secretKey,
  secretsOf,
  shop,
  toCall,
  tryOnce,
  withAmocrm,
} from "../../../test/amocrm-calls.ts";
import { aShop, isOnServer, openAgain, testShell } from "../../../test/shell.ts";
import { amocrmClient } from "../../../test/stand-ins/amocrm.ts";
import { until } from "../../../test/until.ts";
import { jobKinds } from "../../shell/jobs/index.ts";
import { listIntegrationCalls } from "../../store/integration-log-store.ts";
import { requireIntegration } from "../../store/integration-store.ts";
import { sealSecrets } from "../../store/secret-box.ts";

withAmocrm();

describe("signing in", () => {
  it("is renewed once however many calls find it over, and the new tokens are kept", async () => {
    const amocrm = await aSignedInAmocrm();
    const before = await secretsOf(amocrm);
    amocrm.standIn.expire();
    const other = isOnServer ? await openAgain(database) : database;
    const contacts = await Promise.all([1, 2, 3, 4, 5, 6].map(async () => await aContact()));
    const tries = contacts.map(
      async (contactId, n) => await tryOnce(toCall(amocrm, { contactId }), { db: n % 2 ? other : database }),
    );
    expect((await Promise.all(tries)).flat()).toEqual([]);
    if (other !== database) await other.close();
    expect(amocrm.standIn.calls.filter(({ path }) => path === "/oauth2/access_token")).toHaveLength(1);
    expect(amocrm.standIn.contacts.size).toBe(6);
    const after = await secretsOf(amocrm);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    // No token that was ever good stands in the log.
    const log = JSON.stringify(await callsOf(amocrm.row.id));
    for (const secret of [...Object.values(before), ...Object.values(after)]) expect(log).not.toContain(secret);
    // And the next one rotates as well.
    amocrm.standIn.expire();
    await tryOnce(toCall(amocrm, { contactId: contacts[0] ?? 0 }));
    expect(await lastOf(amocrm)).toMatchObject({ ok: true });
  });

  it("is renewed before it ends", async () => {
    const amocrm = await aSignedInAmocrm(one.clock.now() + 30_000);
    await tryOnce(toCall(amocrm, { contactId: await aContact() }));
    expect(amocrm.standIn.calls.map(({ status }) => status)).not.toContain(401);
    expect(amocrm.standIn.calls[0]).toMatchObject({
      path: "/oauth2/access_token",
      body: { grant_type: "refresh_token", redirect_uri: "https://bots.example/oauth/callback" },
    });
    const { settings } = await requireIntegration(database.db, shop, amocrm.row.id);
    expect(settings.expiresAt).toBe(one.clock.now() + 86_400_000);
  });

  it("that amoCRM has ended marks the integration, in words, and is not asked for again and again", async () => {
    const amocrm = await aSignedInAmocrm();
    amocrm.standIn.revoke();
    const call = toCall(amocrm, { contactId: await aContact() });
    const [next] = await tryOnce(call);
    expect((await requireIntegration(database.db, shop, amocrm.row.id)).error).toMatch(/sign in again/);
    const before = amocrm.standIn.calls.length;
    const later = await tryOnce(next?.data ?? null);
    expect(amocrm.standIn.calls.length).toBe(before);
    // Signed in again: the call that waits goes through.
    const sealedSecrets = sealSecrets(
      { clientSecret: amocrmClient.clientSecret, ...amocrm.standIn.tokens() },
      secretKey,
    );
    await database.db
      .updateTable("integrations")
      .set({ secrets: sealedSecrets })
      .where("id", "=", amocrm.row.id)
      .execute();
    expect(await tryOnce(later[0]?.data ?? null)).toEqual([]);
    expect((await requireIntegration(database.db, shop, amocrm.row.id)).error).toBeNull();
  });

  it("survives a secret key that is wrong for a while", async () => {
    const amocrm = await aSignedInAmocrm();
    const secrets = await secretsOf(amocrm);
    const seal = async (clientSecret: string) =>
      await database.db
        .updateTable("integrations")
        .set({ secrets: sealSecrets({ ...secrets, clientSecret }, secretKey) })
        .where("id", "=", amocrm.row.id)
        .execute();
    amocrm.standIn.expire();
    await seal("wrong");
    const [next] = await tryOnce(toCall(amocrm, { contactId: await aContact() }));
    expect((await lastOf(amocrm))?.summary).toContain("Client authentication failed");
    await seal(amocrmClient.clientSecret);
    expect(await tryOnce(next?.data ?? null)).toEqual([]);
    expect(await lastOf(amocrm)).toMatchObject({ ok: true });
  });

  it("is asked for in the log where it was never done", async () => {
    const amocrm = await anAmocrm({ ...amocrmClient });
    expect(await tryOnce(toCall(amocrm, { contactId: await aContact() }))).toHaveLength(1);
    expect((await lastOf(amocrm))?.summary).toContain("nobody has signed in");
    expect(amocrm.standIn.calls).toEqual([]);
  });

  it("with a long-lived token that is refused asks for a new one", async () => {
    const amocrm = await anAmocrm({ accessToken: "too-old-a-token" });
    expect(await tryOnce(toCall(amocrm, { contactId: await aContact() }))).toHaveLength(1);
    expect((await requireIntegration(database.db, shop, amocrm.row.id)).error).toMatch(/new long-lived token/);
  });
});

describe("seven requests a second", () => {
  it("are kept over two processes", async () => {
    const second = await testShell(isOnServer ? await openAgain(database) : database, { jobKinds, secretKey });
    const own = await aShop(one);
    const amocrm = await anAmocrm(undefined, { workspaceId: own.workspaceId });
    const contacts = await Promise.all(Array.from({ length: 12 }, async () => await aContact({ name: "N" }, own)));
    const send = { kind: "actions", actions: [{ action: "send_deal_to_amocrm", args: {} }] } as const;
    await Promise.all(
      contacts.map(async (contactId, n) => {
        const { shell } = n % 2 ? one : second;
        await shell.submit({
          target: { contactId },
          happening: { ...send, actions: [...send.actions] },
          source: "api",
        });
      }),
    );
    const calls = async () => await listIntegrationCalls(database.db, own, {}, { limit: 50 });
    await until("all are in the log", async () => (await calls()).length === contacts.length);
    expect((await calls()).every(({ ok, attempt }) => ok && attempt === 1)).toBe(true);
    const times = amocrm.standIn.calls.map(({ at }) => at);
    expect(times).toHaveLength(12);
    // A request may be late and the next one not: of the whole, the first is the one that makes it shorter, by more than one's time on a machine that is busy.
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(9 * 150);
    expect(amocrm.standIn.peak()).toBeLessThanOrEqual(8);
    await second.stop();
    if (second.database !== database) await second.database.close();
  });
});
