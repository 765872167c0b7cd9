import { load } from "./load.ts";
import { setUpRepartee } from "./repartee.ts";
import { type BenchContext, median, type Row, round } from "./row.ts";

const connections = 100;

/** What an event costs with a thousand and with a million contacts. */
export async function measureContacts({ serverUrl, botApi, say }: BenchContext): Promise<Row[]> {
  if (serverUrl === undefined) return [];
  const rows: Row[] = [];
  for (const people of [1_000, 1_000_000]) {
    say(`cost per event at ${people} contacts`);
    const repartee = await setUpRepartee({ botApi, people, serverUrl });
    try {
      const subject = await repartee.start("web");
      await load(repartee.target, connections, 5);
      const results = [];
      for (let turn = 0; turn < 3; turn += 1) results.push(await load(repartee.target, connections, 4));
      await subject.stop();
      const perSecond = median(results.map((result) => result.perSecond));
      rows.push({
        measurement: `events at ${people} contacts`,
        connections,
        perSecond: Math.round(perSecond),
        p50Ms: round(median(results.map(({ p50 }) => p50))),
        p99Ms: round(median(results.map(({ p99 }) => p99))),
        ...(rows[0] === undefined ? {} : { note: `${round(rows[0].perSecond / perSecond, 2)} times the cost` }),
      });
    } finally {
      await repartee.remove();
    }
  }
  return rows;
}
