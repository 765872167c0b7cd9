import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import pg from "pg";
import { expect, it } from "vitest";
import { openDatabase } from "./database.ts";

const serverUrl = process.env.TEST_DATABASE_URL ?? "";

it.runIf(serverUrl !== "")(
  "connections that were opened while the server took no writes are given up, and what is tried again goes through",
  async () => {
    const name = `read_only_${randomBytes(4).toString("hex")}`;
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.query(`alter database ${name} set default_transaction_read_only = on`);
    const databaseUrl = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
    const database = await openDatabase({ databaseUrl, poolSize: 2 });
    try {
      const ways: ((table: string) => Promise<unknown>)[] = [
        (table) => sql.raw(`create table ${table} ()`).execute(database.db),
        (table) => database.db.transaction().execute((trx) => sql.raw(`create table ${table} ()`).execute(trx)),
        (table) => sql.raw(`create table ${table} ()`).execute(database.hot),
        (table) =>
          database.transact(async (trx) => ({ last: sql.raw(`create table ${table} ()`).execute(trx as never) })),
      ];
      const refused = await Promise.allSettled(ways.map((way, index) => way(`one_${index}`)));
      expect(refused.map((one) => (one as PromiseRejectedResult).reason?.code)).toEqual(ways.map(() => "25006"));
      await client.query(`alter database ${name} reset default_transaction_read_only`);
      // What each way had at hand is gone with the refusal.
      for (const [index, way] of ways.entries()) await way(`two_${index}`);
    } finally {
      await database.close();
      await client.query(`drop database ${name} with (force)`);
      await client.end();
    }
  },
);
