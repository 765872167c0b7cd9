import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { PgBoss } from "pg-boss";
import { pino } from "pino";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { testDatabase } from "../../../test/database.ts";
import { addressesOnLoopback, outboundToLoopback, platformOnLoopback } from "../../../test/outbound.ts";
import { startSmtpStandIn } from "../../../test/stand-ins/smtp.ts";
import { startTelegramStandIn } from "../../../test/stand-ins/telegram-bot-api.ts";
import { channelTypes } from "../../channels/index.ts";
import type { Finding } from "../../model/finding.ts";
import { bossDatabase } from "../../shell/job-tables.ts";
import { createBot } from "../../store/bot-store.ts";
import { createChannel } from "../../store/channel-store.ts";
import { type DatabaseState, hasRoomOnDisk } from "../../store/database-state-store.ts";
import { sealSecrets } from "../../store/secret-box.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import { readConfig } from "../config.ts";
import { checkChannels } from "../doctor/check-channels.ts";
import { checkDatabase, judgeClock, judgeDatabase } from "../doctor/check-database.ts";
import { checkNode } from "../doctor/check-setup.ts";
import { checkWork } from "../doctor/check-work.ts";
import type { CommandResult, Terminal } from "./command.ts";
import { doctor } from "./doctor.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rp-doctor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const terminal = { stderr: { write: () => true } } as unknown as Terminal;

const run = async (environment: Record<string, string>, options = { all: false }) => {
  const wish = { readConfig: () => readConfig(environment), terminal, json: true };
  const result = (await doctor.run(wish, options as never)) as CommandResult;
  const { findings } = result.data as unknown as { findings: Finding[] };
  const of = (check: string) => findings.find((finding) => finding.check === check);
  return { ...result, findings, of };
};

describe("repartee doctor", () => {
  it("names every bad setting and looks no further", async () => {
    const { exit, findings } = await run({ PORT: "x", ROLES: "cook" });
    expect(exit).toBe(1);
    expect(findings.map(({ check }) => check)).toEqual(["setup.settings", "setup.settings"]);
  });

  it("says what is wrong with a new installation, and changes nothing of the tables", async () => {
    const DATA_DIR = path.join(folder, "new");
    const environment = { DATA_DIR, PORT: "1", PUBLIC_URL: "http://127.0.0.1:1" };
    const { exit, of, text } = await run(environment);
    // Looking is not making.
    expect(of("database.none")).toMatchObject({
      severity: "problem",
      advice: expect.stringContaining("start the server"),
    });
    expect(readdirSync(DATA_DIR)).toEqual([]);
    mkdirSync(path.join(DATA_DIR, "database"));
    expect((await run(environment)).of("database.migrations")).toMatchObject({
      severity: "problem",
      advice: expect.stringContaining("repartee migrate"),
    });
    expect(existsSync(path.join(DATA_DIR, "secret-key"))).toBe(false);
    writeFileSync(path.join(DATA_DIR, "moved-to"), "db.example/bots\n");
    expect((await run(environment)).of("database.moved")).toMatchObject({
      severity: "problem",
      message: expect.stringContaining("db.example/bots"),
      advice: expect.stringContaining("Set DATABASE_URL"),
    });
    rmSync(path.join(DATA_DIR, "moved-to"));
    expect(of("setup.public_url")).toMatchObject({ severity: "warning" });
    expect(of("setup.reachable")).toMatchObject({ severity: "warning" });
    expect(exit).toBe(1);
    expect(text).toMatch(/^problem /);
    chmodSync(DATA_DIR, 0o755);
    expect((await run(environment)).of("setup.data_dir_rights")).toMatchObject({ severity: "warning" });
  });

  it("signs in at the mail server for accounts, and says what is wrong there", async () => {
    const standIn = await startSmtpStandIn({ user: "bots", password: "right one" });
    onTestFinished(() => standIn.close());
    const findAt = async (address: string) => {
      const wanted = { DATA_DIR: path.join(folder, "mail"), PORT: "1", ACCOUNT_MAIL_FROM: "bots@example.com" };
      return (await run({ ...wanted, ACCOUNT_SMTP_URL: address }, { all: true })).of("setup.account_mail");
    };
    const host = `127.0.0.1:${standIn.port}?tls=none`;
    expect(await findAt(`smtp://bots:right%20one@${host}`)).toMatchObject({ severity: "ok" });
    const refused = await findAt(`smtp://bots:wrong%20one@${host}`);
    expect(refused).toMatchObject({
      severity: "problem",
      message: expect.stringContaining("refuses the login"),
      advice: expect.stringContaining("percent-encoded"),
    });
    expect(JSON.stringify(refused)).not.toContain("wrong one");
    expect(await findAt("smtp://127.0.0.1:1?tls=none")).toMatchObject({
      severity: "problem",
      message: expect.stringContaining("cannot be reached"),
      advice: expect.stringContaining("kind of TLS"),
    });
    // The wrong kind of TLS for the port.
    expect(await findAt(`smtps://bots:right%20one@127.0.0.1:${standIn.port}`)).toMatchObject({ severity: "problem" });
    expect(standIn.taken).toEqual([]);
  });

  it("says so where the database cannot be reached, without its password", async () => {
    const url = "postgres://somebody:hunter2@127.0.0.1:1/none";
    const { exit, of, text } = await run({ DATA_DIR: path.join(folder, "away"), DATABASE_URL: url });
    expect(of("database.reachable")).toMatchObject({ severity: "problem" });
    expect(text).not.toContain("hunter2");
    expect(exit).toBe(1);
  });
});

describe("the doctor", () => {
  const good: DatabaseState = {
    versionNumber: 150_004,
    settings: { fsync: "on", synchronous_commit: "on", full_page_writes: "on" },
    encoding: "UTF8",
    isReadOnly: false,
    mayCreate: true,
    bytes: 1e9,
    connections: 10,
    mostConnections: 97,
    oldestTransactionSeconds: 1,
    transactionAge: 1_000_000,
    clock: 0,
    littered: [],
  };
  const bad = (change: Partial<DatabaseState>) =>
    judgeDatabase({ ...good, ...change }, "postgres").flatMap(({ check, severity }) =>
      severity === "ok" ? [] : [`${severity} ${check}`],
    );

  it.each<[Partial<DatabaseState>, readonly string[]]>([
    [{}, []],
    [{ versionNumber: 120_010 }, ["problem database.version"]],
    [{ versionNumber: 190_000 }, ["warning database.version"]],
    [{ settings: { ...good.settings, fsync: "off" } }, ["problem database.fsync"]],
    [{ settings: { ...good.settings, synchronous_commit: "off" } }, ["problem database.synchronous_commit"]],
    [{ settings: { ...good.settings, full_page_writes: "off" } }, ["problem database.full_page_writes"]],
    [{ encoding: "SQL_ASCII" }, ["problem database.encoding"]],
    [{ connections: 90 }, ["warning database.connections"]],
    [{ isReadOnly: true }, ["problem database.read_only"]],
    [{ mayCreate: false }, ["problem database.rights"]],
    [{ oldestTransactionSeconds: 4_000 }, ["problem database.old_transaction"]],
    [{ transactionAge: 1.6e9 }, ["problem database.freeze"]],
    [{ littered: [{ table: "messages", dead: 1e6, share: 0.5 }] }, ["warning database.dead_rows"]],
  ])("judges a PostgreSQL by %j", (change, findings) => {
    expect(bad(change)).toEqual(findings);
  });

  it("judges clocks and Node", () => {
    expect(judgeClock(1_000, 900, 1_100).severity).toBe("ok");
    expect(judgeClock(6_000, 900, 1_100).severity).toBe("warning");
    expect(judgeClock(0, 60_000, 60_100).severity).toBe("problem");
    expect(checkNode("20.19.0").severity).toBe("problem");
    expect(checkNode("24.21.0").severity).toBe("ok");
  });

  it("finds a foreign key, a webhook that leads elsewhere, what is late, dead letters, a missing backup", async () => {
    const platform = await startTelegramStandIn();
    const database = await testDatabase();
    onTestFinished(async () => {
      await platform.close();
      await database.close();
    });
    const { db } = database;
    const secretKey = Buffer.alloc(32, 1);
    const now = () => Date.now();
    const workspace = await createWorkspace(db, { domain: "mine", name: "Mine" });
    const bot = await createBot(db, { workspaceId: workspace.id, name: "Shop" });
    const settings = { apiRoot: platform.url, mode: "webhook", username: "shop_bot" };
    const sealed = (key: Buffer) => sealSecrets({ token: "123456:ABCDEFGHIJKLMNOP", secret: "s".repeat(32) }, key);
    const channel = { kind: "telegram", name: "T", settings, status: "connected" } as const;
    const { id } = await createChannel(db, bot, { ...channel, sealedSecrets: sealed(secretKey) });
    const options = {
      db,
      catalogue: channelTypes,
      secretKey,
      publicUrl: "https://bots.example",
      outbound: outboundToLoopback,
      findAddresses: addressesOnLoopback,
      callPlatform: platformOnLoopback,
      log: pino({ level: "silent" }),
      now,
    };
    const setWebhook = async (url: string) =>
      await fetch(`${platform.url}/bot123456:ABCDEFGHIJKLMNOP/setWebhook`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ url }),
      });
    await setWebhook("https://old.example/webhooks/1?token=hunter2");
    const [elsewhere] = await checkChannels(options);
    expect(elsewhere).toMatchObject({ check: "channels.webhook", severity: "problem" });
    expect(elsewhere?.message).toContain("old.example");
    expect(JSON.stringify(elsewhere)).not.toContain("hunter2");
    await setWebhook(`https://bots.example/webhooks/${id}`);
    expect(await checkChannels(options)).toMatchObject([{ check: "channels.health", severity: "ok" }]);

    expect(await checkDatabase(database, { secretKey, now })).toContainEqual(
      expect.objectContaining({ check: "setup.secret_key_fits", severity: "ok" }),
    );
    const foreign = await checkDatabase(database, { secretKey: Buffer.alloc(32, 2), now });
    expect(foreign).toContainEqual(expect.objectContaining({ check: "setup.secret_key_fits", severity: "problem" }));
    expect(foreign).toContainEqual(expect.objectContaining({ check: "backup.age", severity: "warning" }));
    expect(await checkChannels({ ...options, secretKey: Buffer.alloc(32, 2) })).toMatchObject([
      { check: "channels.settings", severity: "problem" },
    ]);

    const judged = async () => (await checkWork(database, now)).find(({ check }) => check === "work.processes");
    expect(await judged()).toMatchObject({ severity: "warning", message: expect.stringContaining("does not run") });
    await sql`insert into processes (roles) values ('web')`.execute(db);
    expect(await judged()).toMatchObject({
      severity: "problem",
      advice: { message: expect.stringContaining("role worker") },
    });
    await sql`update processes set roles = 'worker'`.execute(db);
    expect(await judged()).toMatchObject({
      severity: "problem",
      advice: { message: expect.stringContaining("role web") },
    });
    await sql`insert into processes (roles) values ('web,worker')`.execute(db);
    expect(await judged()).toMatchObject({ severity: "ok" });
    expect(await hasRoomOnDisk(db)).toBe(true);
    await sql`insert into positions (id, contact_id, flow_ref, step_ref, step_kind, waits_for, wake_at, entered_at)
      values ('p', 1, 'f', 's', 'delay', 'time', now() - interval '5 minutes', now())`.execute(db);
    await sql`insert into messages (contact_id, channel_id, direction, ordinal, event_id, recipient, content, status, created_at, lane)
      values (1, ${id}, 'out', 0, 1, '55', '{}', 'queued', now() - interval '10 minutes', 0)`.execute(db);
    const work = await checkWork(database, now);
    expect(work).toContainEqual(expect.objectContaining({ check: "work.timers", severity: "problem" }));
    expect(work).toContainEqual(expect.objectContaining({ check: "work.outbox", severity: "problem" }));
    expect(work).toContainEqual(expect.objectContaining({ check: "webhooks.failing", severity: "ok" }));
  });

  it("warns of jobs that were given up, but not of a repeating one that went well since", async () => {
    const database = await testDatabase();
    const boss = new PgBoss({ ...bossDatabase(database), schema: database.jobSchema, supervise: false });
    onTestFinished(async () => {
      await boss.stop({ graceful: false, close: true });
      await database.close();
    });
    boss.on("error", () => undefined);
    await boss.start();
    for (const queue of ["prune", "run-broadcast", "deliver-webhook"]) await boss.createQueue(queue, { retryLimit: 0 });
    await boss.schedule("prune", "17 3 * * *");
    await boss.schedule("run-broadcast", "* * * * *");
    const perform = async (queue: string, data: object | null, end: "complete" | "fail") => {
      await boss.insert(queue, [data === null ? {} : { data }]);
      const [job] = await boss.fetch(queue);
      await boss[end](queue, job?.id ?? "");
    };
    const told = async () => {
      await sql`update ${sql.table(`${database.jobSchema}.queue`)} q set failed_count =
        (select count(*) from ${sql.table(`${database.jobSchema}.job`)} j where j.name = q.name and j.state = 'failed')`.execute(
        database.db,
      );
      const findings = (await checkWork(database, Date.now)).filter(({ check }) => check === "work.jobs_failed");
      return findings.map(({ message }) => message);
    };
    await perform("prune", null, "complete");
    await perform("prune", null, "fail");
    expect(await told()).toEqual(["1 jobs of prune were given up"]);
    await perform("prune", null, "complete");
    expect(await told()).toEqual([]);
    // What was asked for once is not made up for by what comes by itself, nor by another of its kind.
    await perform("run-broadcast", { value: { broadcast: 1 } }, "fail");
    await perform("run-broadcast", null, "complete");
    await perform("deliver-webhook", { value: { delivery: "a" } }, "fail");
    await perform("deliver-webhook", { value: { delivery: "b" } }, "complete");
    expect(await told()).toEqual(["1 jobs of deliver-webhook were given up", "1 jobs of run-broadcast were given up"]);
  });
});
