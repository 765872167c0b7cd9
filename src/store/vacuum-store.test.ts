import { sql } from "kysely";
import { expect, it } from "vitest";
import { embeddedDatabase } from "../../test/database.ts";
import { vacuumWhereWorth } from "./vacuum-store.ts";

it("the embedded database is freed of dead rows once there are many", async () => {
  const database = await embeddedDatabase();
  const { db } = database;
  await sql`
    insert into messages (contact_id, channel_id, direction, event_id, ordinal, content, status, created_at)
    select g, 1, 'out', g, 1, '{}', 'queued', now() from generate_series(1, 5000) g`.execute(db);
  await sql`update messages set status = 'sent'`.execute(db);
  const dead = async () => {
    await sql`select pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{ dead: number }>`
      select n_dead_tup as dead from pg_stat_user_tables where relname = 'messages'`.execute(db);
    return rows[0]?.dead;
  };
  expect(await dead()).toBe(5000);
  await vacuumWhereWorth(db);
  expect(await dead()).toBe(0);
  await database.close();
});

it("the embedded database knows of a table that has grown", async () => {
  const database = await embeddedDatabase();
  const { db } = database;
  const guessed = async () => {
    const { rows } = await sql<{
      guess: number;
    }>`select reltuples as guess from pg_class where relname = 'messages'`.execute(db);
    return rows[0]?.guess;
  };
  expect(await guessed()).toBe(-1);
  await sql`
    insert into messages (contact_id, channel_id, direction, event_id, ordinal, content, status, created_at)
    select g, 1, 'out', g, 1, '{}', 'sent', now() from generate_series(1, 5000) g`.execute(db);
  await vacuumWhereWorth(db);
  expect(await guessed()).toBe(5000);
  await database.close();
});
