import { parseArgs } from "node:util";
import pg from "pg";
import { measureCalls } from "./measure-calls.ts";
import { measureContacts } from "./measure-contacts.ts";
import { measureEvents } from "./measure-events.ts";
import { measureHanging } from "./measure-hanging.ts";
import { measureReplies } from "./measure-replies.ts";
import type { Row } from "./row.ts";
import { startSubject } from "./subject.ts";

/**
 * Measures Repartee on this machine, beside a bare server and a peer in the same run: on a shared or small machine only the ratios say something. Load goes to
 * loopback only and ends by itself.
 */
const { values } = parseArgs({
  options: { json: { type: "boolean" }, only: { type: "string" }, people: { type: "string" } },
});
const people = Number(values.people ?? 100_000);
const serverUrl = await findPostgres();
const botApi = await startSubject(["bench/bot-api.ts"], 19_201, {});
const context = {
  people,
  serverUrl,
  botApi: "http://127.0.0.1:19201",
  say: (text: string) => process.stderr.write(`${text}\n`),
};

const measurements = {
  events: measureEvents,
  replies: measureReplies,
  calls: measureCalls,
  hanging: measureHanging,
  contacts: measureContacts,
};
const rows: Row[] = [];
try {
  if (serverUrl === undefined)
    context.say("No PostgreSQL answers at DATABASE_URL or 127.0.0.1:5432; only the embedded database is measured.");
  for (const [name, measure] of Object.entries(measurements)) {
    if (values.only === undefined || values.only === name) rows.push(...(await measure(context)));
  }
} finally {
  await botApi.stop();
}
if (values.json === true) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
else console.table(rows);

async function findPostgres(): Promise<string | undefined> {
  const url = process.env.DATABASE_URL ?? "postgres://root@127.0.0.1:5432/test";
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
    return url;
  } catch {
    // Measured without one.
    return undefined;
  }
}
