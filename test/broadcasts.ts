import type { ActionCall } from "../src/model/action-call.ts";
import type { Audience } from "../src/model/broadcast.ts";
import type { JobRequest } from "../src/model/outcome.ts";
import { jobKinds } from "../src/shell/jobs/index.ts";
import { runBroadcast } from "../src/shell/jobs/run-broadcast.ts";
import type { JobContext } from "../src/shell/jobs.ts";
import { createBroadcast } from "../src/store/broadcast-draft-store.ts";
import { countRecipients } from "../src/store/broadcast-ledger-store.ts";
import { type Broadcast, getBroadcast, moveBroadcast } from "../src/store/broadcast-store.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { outboundToLoopback } from "./outbound.ts";
import { runScript } from "./scripts.ts";
import { contactOf, recordingLog, type Shop, type TestShell, testShell } from "./shell.ts";

/** Who is in the bot at that moment. */
export const everybody: Audience = { condition: { match: "all", rules: [] } };

export const sayText = (text: string): ActionCall => ({ action: "send_message", args: { content: text } });

/** A shell and broadcasts that are taken on by hand. */
export interface BroadcastBench {
  readonly database: TestDatabase;
  readonly one: TestShell;
  /** So many contacts of a shop, who have written, by their ids. */
  people(shop: Shop, count: number): Promise<number[]>;
  make(shop: Shop, wanted?: Partial<Omit<Parameters<typeof createBroadcast>[1], "at">>): Promise<number>;
  move(shop: Shop, id: number, step: Parameters<typeof moveBroadcast>[3]): Promise<Broadcast>;
  /** One run of the job, by hand: what it enqueues is shown, and does not run. */
  runOnce(id: number, changed?: Partial<JobContext>): Promise<JobRequest[]>;
  statusOf(id: number): Promise<Broadcast["status"] | undefined>;
  countsOf(id: number): Promise<Readonly<Record<"waiting" | "sending" | "sent" | "failed" | "skipped", number>>>;
  close(): Promise<void>;
}

/** `without`: kinds of jobs that nobody takes up here; the look of every minute never is. */
export async function broadcastBench(without: readonly (keyof typeof jobKinds)[] = []): Promise<BroadcastBench> {
  const database = await testDatabase();
  const left = new Set<string>(["broadcasts-due", ...without]);
  const kinds = Object.fromEntries(Object.entries(jobKinds).filter(([kind]) => !left.has(kind)));
  const one = await testShell(database, { jobKinds: kinds });
  const { db } = database;
  const now = () => new Date(one.clock.now());
  return {
    ...{ database, one },
    async people(shop, count) {
      const replies = Array.from({ length: count }, (_none, n) => one.shell.submit(shop.from(`p${n}`, "hello")));
      return (await Promise.all(replies)).map(contactOf).sort((a, b) => a - b);
    },
    async make({ workspaceId, botId }, wanted = {}) {
      const { id } = await createBroadcast(db, {
        ...{ workspaceId, botId, name: "News", audience: everybody, perMinute: null, startAt: null },
        ...{ actions: wanted.split?.variants[0]?.actions ?? [sayText("News")], ...wanted, at: now() },
      });
      return id;
    },
    move: (shop, id, step) => db.transaction().execute((trx) => moveBroadcast(trx, shop, id, step, now())),
    async runOnce(id, changed = {}) {
      const enqueued: JobRequest[] = [];
      const context: JobContext = {
        ...{ db, submit: one.shell.submit, outbound: outboundToLoopback, runScript, now: one.clock.now },
        enqueue: async (_trx, jobs) => void enqueued.push(...jobs),
        lookUpProfile: async () => undefined,
        bulkRoom: async () => ({ free: 1_000, most: 1_000 }),
        announceBroadcast: () => {},
        ...{ secretKey: Buffer.alloc(32), log: recordingLog([]), ...changed },
      };
      await runBroadcast.run({ id }, context);
      return enqueued;
    },
    statusOf: async (id) => (await getBroadcast(db, id))?.status,
    async countsOf(id) {
      const counts = (await countRecipients(db, [id])).get(id);
      if (counts === undefined) throw new Error(`nothing was counted of broadcast ${id}`);
      return counts;
    },
    async close() {
      await one.stop();
      await database.close();
    },
  };
}
