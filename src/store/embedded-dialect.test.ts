import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedDatabase } from "../../test/database.ts";
import type { OpenDatabase } from "./database.ts";

describe("the embedded database under concurrent use", () => {
  let database: OpenDatabase;
  beforeAll(async () => {
    database = await embeddedDatabase();
  });
  afterAll(() => database.close());

  it("keeps a write outside a transaction when that transaction rolls back", async () => {
    const { db } = database;
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const rolledBack = db.transaction().execute(async (trx) => {
      await trx.insertInto("workspaces").values({ domain: "inside", name: "" }).execute();
      await gate;
      throw new Error("roll back");
    });
    const outside = db.insertInto("workspaces").values({ domain: "outside", name: "" }).execute();
    open();
    await expect(rolledBack).rejects.toThrow("roll back");
    await outside;
    const rows = await db.selectFrom("workspaces").select("domain").execute();
    expect(rows.map(({ domain }) => domain)).toEqual(["outside"]);
  });

  it("commits transactions that start at the same time, each whole", async () => {
    const { db } = database;
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        db
          .transaction()
          .execute(async (trx) => {
            const { id } = await trx
              .insertInto("workspaces")
              .values({ domain: `w${index}`, name: "" })
              .returning("id")
              .executeTakeFirstOrThrow();
            if (index % 2 === 1) throw new Error("roll back");
            await trx
              .insertInto("tags")
              .values({ workspaceId: id, name: `t${index}` })
              .execute();
          })
          .catch((error: Error) => error.message),
      ),
    );
    expect(made.filter((result) => result === "roll back")).toHaveLength(10);
    const tags = await db.selectFrom("tags").select("name").execute();
    expect(tags).toHaveLength(10);
  });
});
