import { randomBytes } from "node:crypto";
import pg from "pg";

/** A database of its own on the server that `TEST_DATABASE_URL` names. */
export async function createDatabaseOnServer(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given === undefined) throw new Error("TEST_DATABASE_URL names the server to use");
  const name = `crash_${randomBytes(6).toString("hex")}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: given });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await run(`create database ${name}`);
  const url = new URL(given);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`drop database ${name} with (force)`) };
}
