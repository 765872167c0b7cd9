import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { everybody, sayText } from "../../test/broadcasts.ts";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { createFakePlatform } from "../../test/fake-channel.ts";
import { aShop, contactOf, echoFlow, type Shop, type TestShell, testShell, untilSent } from "../../test/shell.ts";
import { until } from "../../test/until.ts";
import { workspaceDelete } from "../app/cli/workspace-delete.ts";
import { deleteWorkspaceJob, toWorkspaceDeletion } from "../shell/jobs/delete-workspace.ts";
import { createBroadcast } from "./broadcast-draft-store.ts";
import { createUser, joinWorkspace } from "./member-store.ts";
import { createToken } from "./token-store.ts";
import { listDeletedWorkspaces, markWorkspaceDeleted, removePiece } from "./workspace-delete-store.ts";
import { createWorkspace } from "./workspace-store.ts";

let database: TestDatabase;
let one: TestShell;
const signedOff: number[] = [];
beforeAll(async () => {
  database = await testDatabase();
  const platform = createFakePlatform();
  const disconnect = async ({ id }: { readonly id: number }) => void signedOff.push(id);
  // What others write by themselves would be in the dumps.
  const waiting = { kind: "send-webhook", retryLimit: 0, run: async () => {} };
  const kinds = { "delete-workspace": deleteWorkspaceJob, "send-webhook": waiting };
  one = await testShell(database, {
    jobKinds: kinds,
    platform,
    channelTypes: { fake: { ...platform.type, disconnect } },
  });
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

/** Whose rows are whose workspace's, though no chain of cascades leads from `workspaces` to them: `removePiece` deletes these itself, or the trigger does that contacts have. */
const removed = ["events", "messages", "send_budgets", "step_metrics", "idempotency_keys"];
const byTrigger = ["contact_fields", "contact_tags", "positions"];
/** No workspace's. */
const shared = [
  ...["backups", "breaking_migrations", "known_kinds", "leases", "live_news", "processes", "prunings", "secret_keys"],
  ...[
    "step_metric_marks",
    "users",
    "sessions",
    "second_factors",
    "recovery_codes",
    "password_resets",
    "email_changes",
    "former_emails",
    "passkeys",
    "passkey_challenges",
    "sign_in_tries",
  ],
];

async function tables(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE' and table_name not like 'kysely%' order by 1`.execute(
    database.db,
  );
  return rows.map(({ name }) => name);
}

/** Every row, as text, but for what processes write by themselves. */
async function dump(): Promise<Map<string, string[]>> {
  const all = new Map<string, string[]>();
  for (const table of await tables()) {
    if (["processes", "live_news", "leases", "prunings"].includes(table)) continue;
    const { rows } = await sql<{ row: string }>`select r::text as row from ${sql.table(table)} r order by 1`.execute(
      database.db,
    );
    all.set(
      table,
      rows.map(({ row }) => row),
    );
  }
  return all;
}

it("every table goes with its workspace, or is no workspace's", async () => {
  const { rows: keys } = await sql<{ owner: string; target: string }>`
    select split_part(con.conrelid::regclass::text, '.', -1) as owner, split_part(con.confrelid::regclass::text, '.', -1) as target
    from pg_constraint con join pg_namespace n on n.oid = con.connamespace
    where con.contype = 'f' and con.confdeltype = 'c' and n.nspname = current_schema()`.execute(database.db);
  const reached = new Set(["workspaces"]);
  for (let size = 0; size < reached.size; ) {
    size = reached.size;
    for (const { owner, target } of keys) if (reached.has(target)) reached.add(owner);
  }
  const known = [...reached, ...removed, ...byTrigger, ...shared];
  expect((await tables()).filter((name) => !known.includes(name))).toEqual([]);
  expect([...removed, ...byTrigger, ...shared].filter((name) => reached.has(name))).toEqual([]);
});

/** A workspace in which something happened: in every table that the catalogue gives to workspaces and that a test can fill in passing. */
async function aLivelyShop(mark: string): Promise<Shop> {
  const { db } = database;
  const shop = await aShop(one, {
    fields: [{ key: "city", name: "City", kind: "text" }],
    variables: [{ key: "price", name: "Price", kind: "text", value: mark }],
    sequences: [{ ref: `s-${mark}`, name: mark, steps: [] }],
    flows: [{ ...echoFlow, ref: `f-${mark}` }],
  });
  const { workspaceId, botId, channelId } = shop;
  for (const person of ["ann", "bob"]) {
    const contactId = contactOf(await one.shell.submit(shop.from(`${mark}-${person}`, "hello")));
    const actions = [
      { action: "set_field", args: { field: "city", value: mark } },
      { action: "add_tag", args: { tag: mark } },
      { action: "add_label", args: { label: mark } },
      { action: "add_note", args: { text: mark } },
      { action: "subscribe_sequence", args: { sequence: `s-${mark}` } },
      { action: "schedule_message", args: { content: mark, minutes: 600 } },
      { action: "send_webhook", args: { url: `http://127.0.0.1:9/${mark}` } },
    ];
    const done = await one.shell.submit({
      target: { contactId },
      happening: { kind: "actions", actions },
      source: "api",
    });
    expect(done).toMatchObject({ results: actions.map(() => ({ ok: true })) });
  }
  await untilSent(one);
  const userId = await createUser(db, { email: `${mark}@example.com`, name: "" });
  const { id: memberId } = await joinWorkspace(db, workspaceId, userId, "owner");
  const token = await createToken(db, { workspaceId, kind: "api", name: mark, scopes: ["*"] });
  const at = new Date(one.clock.now());
  const broadcast = {
    workspaceId,
    botId,
    name: mark,
    audience: everybody,
    perMinute: null,
    startAt: null,
    actions: [sayText(mark)],
    at,
  };
  const { id: broadcastId } = await createBroadcast(db, broadcast);
  for (const statement of [
    sql`insert into broadcast_recipients (broadcast_id, contact_id, status) select ${broadcastId}, id, 'sent' from contacts where workspace_id = ${workspaceId}`,
    sql`insert into step_metrics (flow_ref, step_ref, channel_id, hour, metric, count) values (${`f-${mark}`}, 'x', 0, now(), 'entered', 1), ('gone', ${mark}, ${channelId}, now(), 'entered', 1)`,
    sql`insert into send_budgets (channel_id, tokens, granted, at) values (${channelId}, 1, 1, 1) on conflict do nothing`,
    sql`insert into idempotency_keys (caller, key, fingerprint) values (${`m${memberId}`}, ${mark}, 'x'), (${`t${token.id}`}, ${mark}, 'x')`,
    sql`insert into files (key, workspace_id, name, content_type, size, bytes) values (${mark}, ${workspaceId}, ${mark}, 'text/plain', 1, '\\x00')`,
    sql`insert into audit_log (workspace_id, at, actor_kind, actor_name, operation, kind, address, changes) values (${workspaceId}, now(), 'token', ${mark}, 'x', 'bot', '', '[]')`,
    sql`insert into integration_log (workspace_id, integration, direction, ok, summary, request, response, duration_ms, created_at) values (${workspaceId}, 'x', 'in', true, ${mark}, '{}', '{}', 1, now())`,
  ]) {
    await statement.execute(db);
  }
  return shop;
}

const remove = async (shop: Shop) => {
  const at = new Date(one.clock.now());
  return await database.db.transaction().execute((trx) => markWorkspaceDeleted(trx, shop.workspaceId, at));
};
const forgetJobs = () => one.shell.forgetJobs;

describe("a workspace that is deleted", () => {
  it("leaves every table as if it had not been there, and no row of another's changes", async () => {
    const other = await aLivelyShop("stays");
    const before = await dump();
    const shop = await aLivelyShop("zqgone");
    const users = await createUser(database.db, { email: "x@example.com", name: "" });
    await database.db.deleteFrom("users").where("id", "=", users).execute();
    expect(await remove(shop)).toMatchObject({ channels: [shop.channelId] });
    expect(await remove(shop)).toBeUndefined();
    for (let pieces = 0; await removePiece(database.db, shop.workspaceId, forgetJobs()); pieces += 1)
      expect(pieces).toBeLessThan(100);
    const after = await dump();
    const { users: _people, ...rest } = Object.fromEntries(after);
    const { users: _before, ...restBefore } = Object.fromEntries(before);
    expect(rest).toEqual(restBefore);
    // People keep their accounts.
    expect(after.get("users")?.filter((row) => row.includes("zqgone"))).toHaveLength(1);
    const { rows } =
      await sql`select from ${sql.table(`${database.jobSchema}.job`)} j where j.data::text like '%zqgone%'`.execute(
        database.db,
      );
    expect(rows).toHaveLength(0);
    expect(await listDeletedWorkspaces(database.db)).toEqual([]);
    expect(await removePiece(database.db, other.workspaceId, forgetJobs())).toBe(false);
    expect(await dump()).toEqual(after);
  });

  it("is gone for everybody at once: its domain is free, its bots are silent", async () => {
    const shop = await aLivelyShop("zqsilent");
    const { domain } = await database.db
      .selectFrom("workspaces")
      .select("domain")
      .where("id", "=", shop.workspaceId)
      .executeTakeFirstOrThrow();
    const sent = one.platform.delivered().length;
    await remove(shop);
    await createWorkspace(database.db, { domain, name: "Anew" });
    await one.shell.submit(shop.from("zqsilent-ann", "hello again"));
    await untilSent(one);
    expect(one.platform.delivered()).toHaveLength(sent);
    for (const table of ["members", "tokens", "invitations"] as const) {
      const left = await database.db
        .selectFrom(table)
        .select("id")
        .where("workspaceId", "=", shop.workspaceId)
        .execute();
      expect([table, left]).toEqual([table, []]);
    }
    expect(await listDeletedWorkspaces(database.db)).toEqual([shop.workspaceId]);
  });

  it("is taken away by the job, which a process that dies in the middle leaves to the next; the platform is told", async () => {
    const shop = await aLivelyShop("zqjob");
    const marked = await remove(shop);
    // One piece, and then nobody.
    expect(await removePiece(database.db, shop.workspaceId, forgetJobs())).toBe(true);
    await one.shell.enqueueJobs(database.db, [
      toWorkspaceDeletion(shop.workspaceId, Date.now() - 60_000, marked?.channels),
    ]);
    await until("it is gone", async () => !(await listDeletedWorkspaces(database.db)).includes(shop.workspaceId), {
      withinMs: 30_000,
    });
    expect(signedOff).toContain(shop.channelId);
  });

  it("by command, with its domain typed twice", async () => {
    const shop = await aLivelyShop("zqcommand");
    const { domain } = await database.db
      .selectFrom("workspaces")
      .select("domain")
      .where("id", "=", shop.workspaceId)
      .executeTakeFirstOrThrow();
    const warn = () => {};
    const run = (options: object) =>
      workspaceDelete.run({ database, enqueueJobs: one.shell.enqueueJobs, log: { warn } } as never, options as never);
    await expect(run({ domain, confirm: "other" })).rejects.toMatchObject({ code: "workspace.other_domain" });
    expect(await run({ domain, confirm: domain })).toMatchObject({ data: { id: shop.workspaceId, domain } });
    await expect(run({ domain, confirm: domain })).rejects.toMatchObject({ code: "workspace.not_found" });
    await until("it is gone", async () => !(await listDeletedWorkspaces(database.db)).includes(shop.workspaceId), {
      withinMs: 30_000,
    });
  });
});
