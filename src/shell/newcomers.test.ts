import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { aShop, isOnServer, openAgain, type Shop, type TestShell, testShell } from "../../test/shell.ts";
import type { OpenDatabase } from "../store/database.ts";
import type { KnownBy } from "./submission.ts";

let database: TestDatabase;
let again: OpenDatabase | undefined;
/** On a server two processes, else one. */
let shells: readonly TestShell[];
let shop: Shop;
beforeAll(async () => {
  database = await testDatabase();
  const one = await testShell(database);
  again = isOnServer ? await openAgain(database) : undefined;
  shells = again === undefined ? [one] : [one, await testShell(again)];
  shop = await aShop(one);
});
afterAll(async () => {
  for (const shell of shells) await shell.stop();
  await again?.close();
  await database.close();
});

const ask = (shell: TestShell | undefined, unlessKnown: KnownBy) =>
  shell?.shell.submit({
    target: { create: { botId: shop.botId, unlessKnown } },
    happening: {
      kind: "actions",
      actions: Object.entries(unlessKnown).map(([key, value]) => ({ action: "set_profile", args: { key, value } })),
    },
    source: "api",
  });
const count = async (column: "phone" | "email", value: string) =>
  (await database.db.selectFrom("contacts").select("id").where(column, "=", value).execute()).length;

describe("somebody new", () => {
  it("whom several calls make at the same time is made once, in however many processes", async () => {
    for (let round = 0; round < 20; round += 1) {
      const phone = `+79001110${String(round).padStart(3, "0")}`;
      const replies = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => ask(shells[n % shells.length], { phone })));
      expect(replies.map((reply) => reply?.status).sort()).toEqual(["done", ...Array(5).fill("refused")]);
      expect(replies.filter((reply) => reply?.status === "refused")).toEqual(
        Array(5).fill({ status: "refused", code: "contact.exists", message: expect.any(String) }),
      );
      expect(await count("phone", phone)).toBe(1);
    }
  });

  it("is the same by the phone and by the e-mail, whatever its case", async () => {
    const known = { phone: "+79002220000", email: "Ann@example.com" };
    const replies = await Promise.all([
      ask(shells[0], known),
      ask(shells.at(-1), { email: "ann@example.com" }),
      ask(shells[0], { phone: known.phone }),
    ]);
    const made = replies.filter((reply) => reply?.status === "done").length;
    // By phone alone and by e-mail alone they are two people until somebody says that they are one.
    expect([1, 2]).toContain(made);
    expect(await count("phone", known.phone)).toBe(1);
    expect(await ask(shells[0], { email: "ANN@example.com" })).toMatchObject({ status: "refused" });
  });

  it("is made although a request that came along named the same phone and was refused for its e-mail", async () => {
    const email = "bob@example.com";
    const phone = "+79004440000";
    await ask(shells[0], { email });
    const replies = await Promise.all([ask(shells[0], { email, phone }), ask(shells[0], { phone })]);
    expect(replies.map((reply) => reply?.status)).toEqual(["refused", "done"]);
    expect(await count("phone", phone)).toBe(1);
  });

  it("of another bot is somebody else", async () => {
    const phone = "+79003330000";
    await ask(shells[0], { phone });
    const other = await aShop(shells[0] as TestShell);
    const elsewhere = { target: { create: { botId: other.botId, unlessKnown: { phone } } } } as const;
    const happening = {
      kind: "actions",
      actions: [{ action: "set_profile", args: { key: "phone", value: phone } }],
    } as const;
    expect(await shells[0]?.shell.submit({ ...elsewhere, happening, source: "api" })).toMatchObject({ status: "done" });
    expect(await count("phone", phone)).toBe(2);
  });
});
