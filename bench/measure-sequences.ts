import { sql } from "kysely";
import type { Database } from "../src/store/database.ts";
import { fillTables } from "./fill-tables.ts";
import { setUpRepartee } from "./repartee.ts";
import { type BenchContext, type Row, round } from "./row.ts";
import { memoryOf, type startSubject } from "./subject.ts";

/** How the waits of everybody are made, and how many of them are still due. */
interface Waits {
  readonly name: string;
  readonly make: (db: Database) => Promise<unknown>;
}

const dueAt = sql`now() - interval '1 minute'`;
const delayFlow = {
  name: "Delay",
  start: "wait",
  steps: [
    { ref: "wait", kind: "delay", config: { mode: "duration", amount: 1, unit: "hours" } },
    { ref: "tag", kind: "action", config: { actions: [{ action: "add_tag", args: { tag: "waited" } }] } },
  ],
  edges: [{ from: "wait", output: "next", to: "tag" }],
};
const day = { mode: "after", amount: 1, unit: "days", weekdays: [] };
const steps = ["one", "two"].map((ref) => ({
  ref,
  isOn: true,
  delay: day,
  content: { kind: "message", content: `{{ contact.first_name }}, this is ${ref}.` },
}));

/** First what sends nothing: what the other leaves in the queue would go out meanwhile. */
const kinds: readonly Waits[] = [
  {
    name: "smart delays",
    make: (db) =>
      fillTables(db, ["positions"], async (trx) => {
        await sql`insert into positions (id, contact_id, flow_ref, step_ref, step_kind, waits_for, wake_at, state, values, entered_at)
          select 'd' || c.id, c.id, (select ref from flows where name = 'Delay'), 'wait', 'delay', 'time', ${dueAt}, 'null', '{}', now()
          from contacts c where cuid like 'bench%'`.execute(trx);
      }),
  },
  {
    name: "sequence tick",
    make: async (db) => {
      await sql`insert into sequences (bot_id, ref, name, steps)
        select id, 'bench', 'Bench', ${JSON.stringify(steps)}::jsonb from bots where ref = 'demo'`.execute(db);
      await sql`update workspaces set revision = revision + 1`.execute(db);
      await fillTables(db, ["subscriptions", "positions"], async (trx) => {
        await sql`insert into subscriptions (contact_id, sequence_id, subscribed_at)
          select c.id, s.id, now() from contacts c, sequences s where c.cuid like 'bench%' and s.ref = 'bench'`.execute(
          trx,
        );
        await sql`insert into positions (id, contact_id, flow_ref, step_ref, step_kind, waits_for, wake_at, state, values, entered_at)
          select 'b' || id, id, '', 'bench', 'sequence', 'time', ${dueAt}, jsonb_build_object('passed', '[]'::jsonb, 'next', 'one', 'since',
            (extract(epoch from now() - interval '2 days') * 1000)::bigint, 'sent', 0), '{}', now()
          from contacts where cuid like 'bench%'`.execute(trx);
      });
    },
  },
];

/** Waits of everybody that fall due in the same minute: how fast they are drained by one process, beside whatever goes out. PostgreSQL only. */
export async function measureSequences({ people, serverUrl, botApi, say }: BenchContext): Promise<Row[]> {
  if (serverUrl === undefined) return [];
  say(`setting up ${people} contacts`);
  const repartee = await setUpRepartee({ botApi, people, serverUrl, flows: [delayFlow] });
  const database = await repartee.open();
  const rows: Row[] = [];
  try {
    for (const { name, make } of kinds) {
      say(`${name}: setting up`);
      await make(database.db);
      say(`${name}: draining`);
      rows.push(await drain(name, database.db, { people, start: async () => await repartee.start("web,worker") }));
    }
  } finally {
    await database.close();
    await repartee.remove();
  }
  return rows;
}

async function drain(
  name: string,
  db: Database,
  { people, start }: { readonly people: number; readonly start: () => ReturnType<typeof startSubject> },
): Promise<Row> {
  const one = async (query: ReturnType<typeof sql<{ value: number }>>) => (await query.execute(db)).rows[0]?.value ?? 0;
  const due = () => one(sql`select count(*)::int as value from positions where wake_at <= now()`);
  const handled = () => one(sql`select count(*)::int as value from events where kind = 'timer'`);
  // One row of an index: counting a million every time would be measured too.
  const isOver = () =>
    one(sql`select case when exists (select from positions where wake_at <= now()) then 0 else 1 end as value`);
  const before = await handled();
  const subject = await start();
  const begun = performance.now();
  // Some are gone before the server answers that it is ready: they do not count.
  const left = await due();
  let most = 0;
  while ((await isOver()) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    most = Math.max(most, await memoryOf(subject.pid));
  }
  const seconds = (performance.now() - begun) / 1000;
  await subject.stop();
  const done = (await handled()) - before;
  if (done !== people) throw new Error(`${people} waits were due, ${done} were handled`);
  return {
    measurement: name,
    connections: 0,
    perSecond: Math.round(left / seconds),
    p50Ms: 0,
    p99Ms: 0,
    memoryMb: most,
    note: `${people} waits, drained in ${round(seconds)} s`,
  };
}
