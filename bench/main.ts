import { parseArgs } from "node:util";
import pg from "pg";
import { freePort } from "../test/crash/server-process.ts";
import { measureAdmin } from "./measure-admin.ts";
import { measureBroadcasts } from "./measure-broadcasts.ts";
import { measureCalls } from "./measure-calls.ts";
import { measureContacts } from "./measure-contacts.ts";
import { measureEvents } from "./measure-events.ts";
import { measureHanging } from "./measure-hanging.ts";
import { measurePeers, type PeerRow } from "./measure-peers.ts";
import { measureReplies } from "./measure-replies.ts";
import { measureSegments } from "./measure-segments.ts";
import { measureSequences } from "./measure-sequences.ts";
import { peers } from "./peers/index.ts";
import type { Row } from "./row.ts";
import { startSubject } from "./subject.ts";

/**
 * Measures Repartee on this machine, beside a bare server and a peer in the same run: on a shared or small machine only the ratios say something. Load goes to
 * loopback only and ends by itself.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    only: { type: "string" },
    peers: { type: "string" },
    people: { type: "string" },
    seconds: { type: "string" },
  },
});
const measurements = {
  events: measureEvents,
  replies: measureReplies,
  calls: measureCalls,
  hanging: measureHanging,
  contacts: measureContacts,
  sequences: measureSequences,
  broadcasts: measureBroadcasts,
  segments: measureSegments,
  admin: measureAdmin,
};
// The peers are installed first, which takes minutes and a gigabyte: only when asked for.
const names = [...Object.keys(measurements), "peers"];
const wanted = values.only?.split(",") ?? Object.keys(measurements);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`--only takes some of ${names.join(", ")}, not ${unknown.join(", ")}`);
const strangers = values.peers?.split(",").filter((name) => !peers.some((peer) => peer.name === name)) ?? [];
if (strangers.length > 0)
  throw new Error(`--peers takes some of ${peers.map(({ name }) => name).join(", ")}, not ${strangers.join(", ")}`);
const people = Number(values.people ?? 100_000);
const serverUrl = await findPostgres();
const botApi = await startSubject(["bench/bot-api.ts"], await freePort(), {});
const context = {
  people,
  seconds: Number(values.seconds ?? 60),
  serverUrl,
  botApi: `http://127.0.0.1:${botApi.port}`,
  say: (text: string) => process.stderr.write(`${text}\n`),
};

const rows: (Row | PeerRow)[] = [];
try {
  if (serverUrl === undefined)
    context.say("No PostgreSQL answers at DATABASE_URL or 127.0.0.1:5432; only the embedded database is measured.");
  for (const [name, measure] of Object.entries(measurements)) {
    if (wanted.includes(name)) rows.push(...(await measure(context)));
  }
  if (wanted.includes("peers")) rows.push(...(await measurePeers(context, values.peers?.split(","))));
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
