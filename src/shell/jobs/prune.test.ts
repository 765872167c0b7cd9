import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { recordingLog } from "../../../test/shell.ts";
import type { JobRequest } from "../../model/outcome.ts";
import { createBot } from "../../store/bot-store.ts";
import { createImport, getImport, keepRefusedAlone, moveImport } from "../../store/import-store.ts";
import { findLastPruning } from "../../store/retention-store.ts";
import { markWorkspaceDeleted } from "../../store/workspace-delete-store.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import { type JobContext, type Keep, keepByDefault } from "../jobs.ts";
import { prune } from "./prune.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** Two pages and some more of old messages and events, and one of each that has to stay. */
async function fill(): Promise<void> {
  const { db } = database;
  await sql`delete from messages`.execute(db);
  await sql`delete from events`.execute(db);
  await sql`
    insert into messages (contact_id, channel_id, direction, event_id, ordinal, content, status, created_at)
    select 1, 1, 'out', g, 0, '{"text": "old"}', 'sent', now() - interval '40 days' from generate_series(1, 4100) g`.execute(
    db,
  );
  await sql`
    insert into messages (contact_id, channel_id, direction, event_id, ordinal, content, status, created_at)
    values (1, 1, 'out', 1, 0, '{"text": "waits"}', 'queued', now() - interval '40 days'),
      (1, 1, 'in', 1, 0, '{"text": "young"}', 'received', now() - interval '20 days')`.execute(db);
  await sql`
    insert into events (id, workspace_id, contact_id, kind, source, payload, facts, occurred_at, failed)
    select g, 1, 1, 'message', 'channel', '{}', '[]', now() - interval '40 days', case when g = 1 then 'broke' end
    from generate_series(1, 4100) g`.execute(db);
}

const enqueued: JobRequest[] = [];
const run = (keep?: Keep, now: () => number = () => 0) => {
  const enqueue: JobContext["enqueue"] = async (_trx, jobs) => void enqueued.push(...jobs);
  return prune.run(null, {
    db: database.db,
    enqueue,
    log: recordingLog([]),
    now,
    keep,
  } as Partial<JobContext> as JobContext);
};
const texts = async () => {
  const { rows } = await sql<{ text: string }>`
    select distinct content ->> 'text' as text from messages order by 1`.execute(database.db);
  return rows.map(({ text }) => text);
};
const countEvents = async () => {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from events`.execute(database.db);
  return rows[0]?.count;
};

it("keeps messages and history for ever where nothing else was asked for", async () => {
  await fill();
  await run();
  expect(await texts()).toEqual(["old", "waits", "young"]);
  expect(await countEvents()).toBe(4100);
});

it("deletes what is too old, however much, but nothing that waits or that nobody has seen to", async () => {
  await fill();
  await run({ ...keepByDefault, messageDays: 30, historyDays: 30 });
  expect(await texts()).toEqual(["waits", "young"]);
  expect(await countEvents()).toBe(1);
});

it("ends after some hours and leaves the rest to the next night", async () => {
  await fill();
  let time = 0;
  const hours = () => {
    time += 3 * 3_600_000;
    return time;
  };
  await run({ ...keepByDefault, messageDays: 30 }, hours);
  expect(await texts()).toEqual(["old", "waits", "young"]);
  expect(await findLastPruning(database.db)).toMatchObject({ whole: false, kept: { messageDays: 30 } });
  await run({ ...keepByDefault, messageDays: 30 });
  expect(await findLastPruning(database.db)).toMatchObject({ whole: true, deleted: { messages: 4100, events: 0 } });
  expect(await texts()).toEqual(["waits", "young"]);
});

it("takes up deleting a workspace again where its job was given up", async () => {
  const { id } = await createWorkspace(database.db, { domain: "half", name: "Half" });
  await createWorkspace(database.db, { domain: "whole", name: "Whole" });
  await database.db.transaction().execute((trx) => markWorkspaceDeleted(trx, id, new Date()));
  await run();
  expect(enqueued).toMatchObject([{ kind: "delete-workspace", data: { workspaceId: id } }]);
});

it("forgets files that nobody imported after a week, and refused lines after a month", async () => {
  const { db } = database;
  const { id: workspaceId } = await createWorkspace(db, { domain: "files", name: "Files" });
  const { id: botId } = await createBot(db, { workspaceId, ref: "files", name: "Files" });
  const settings = { separator: ",", encoding: "utf-8", mapping: ["name"], tags: [] } as const;
  const files = [
    { status: "uploaded", days: 8 },
    { status: "uploaded", days: 6 },
    { status: "running", days: 8 },
    { status: "finished", days: 8 },
    { status: "finished", days: 31 },
  ] as const;
  for (const { status, days } of files) {
    const at = new Date(Date.now() - days * 86_400_000);
    const made = await createImport(db, {
      ...{ workspaceId, botId, settings, at, lines: 1 },
      name: `${status} ${days}`,
      content: Buffer.from("name\nAnn\n"),
    });
    await db.updateTable("imports").set({ status }).where("id", "=", made.id).execute();
    if (status === "finished") await keepRefusedAlone(db, made.id, Buffer.from("name,problem\n"));
  }
  await run();
  const left = await db.selectFrom("imports").select(["id", "name", "content", "refused"]).orderBy("id").execute();
  expect(left.filter(({ content, refused }) => content !== null || refused !== null).map(({ name }) => name)).toEqual([
    "uploaded 6",
    "running 8",
    "finished 8",
  ]);
  const [gone] = left;
  const found = await getImport(db, gone?.id ?? 0);
  await expect(moveImport(db, found ?? expect.fail("it is gone"), "running", new Date())).rejects.toMatchObject({
    code: "import.pruned",
  });
});
