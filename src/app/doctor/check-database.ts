import { type Finding, ok, problem, warning } from "../../model/finding.ts";
import { say } from "../../model/sentence.ts";
import { findLastBackup } from "../../store/backup-store.ts";
import type { OpenDatabase } from "../../store/database.ts";
import {
  compareMigrations,
  type DatabaseState,
  hasRoomOnDisk,
  listSealed,
  readDatabaseState,
} from "../../store/database-state-store.ts";
import { openSecrets } from "../../store/secret-box.ts";
import type { SecretKey } from "../../store/secret-key.ts";
import { findMissingKeys, sayMissing, whereKeysAreMissing } from "../../store/secret-key-store.ts";

const day = 86_400_000;
const limits = {
  version: { from: 130_000, below: 190_000 },
  oldTransactionSeconds: { warn: 300, problem: 3_600 },
  transactionAge: { warn: 500_000_000, problem: 1_500_000_000 },
  backupDays: 7,
  clockMs: { warn: 1_000, problem: 10_000 },
};

export async function checkDatabase(
  database: OpenDatabase,
  { secretKey, now }: { readonly secretKey: SecretKey; readonly now: () => number },
): Promise<Finding[]> {
  const migrations = await checkMigrations(database);
  const asked = now();
  const state = await readDatabaseState(database.db);
  const findings = [...migrations, ...judgeDatabase(state, database.kind), judgeClock(state.clock, asked, now())];
  if (database.kind === "postgres") findings.push(await checkRoom(database));
  // What follows reads tables that may not be there yet.
  if (migrations.some(({ severity }) => severity === "problem")) return findings;
  return [
    ...findings,
    await checkOneKey(database, secretKey),
    ...(await checkSecretKey(database, secretKey)),
    await checkBackup(database, now()),
  ];
}

/** The embedded database's disk is that of `DATA_DIR`. */
async function checkRoom({ db }: OpenDatabase): Promise<Finding> {
  if (await hasRoomOnDisk(db)) return ok("database.disk", say`The disk of the database has room`);
  return problem(
    "database.disk",
    say`The disk of the database is full: nothing is taken in`,
    say`Make room there. Processes go on by themselves, and messengers deliver again what was not taken.`,
  );
}

async function checkMigrations({ db }: OpenDatabase): Promise<Finding[]> {
  const { missing, foreign } = await compareMigrations(db);
  if (foreign.length > 0) {
    return [
      problem(
        "database.migrations",
        say`A newer release has worked on the database (${{ migrations: foreign.join(", ") }})`,
        say`Update Repartee here, or restore the backup from before the update: tables never go back.`,
      ),
    ];
  }
  if (missing.length === 0) return [ok("database.migrations", say`The tables are up to date`)];
  return [
    problem(
      "database.migrations",
      say`The tables are not up to date; missing: ${{ migrations: missing.join(", ") }}`,
      say`Run "repartee migrate", or start the server.`,
    ),
  ];
}

/** What is to be said of a database in this state. */
export function judgeDatabase(state: DatabaseState, kind: OpenDatabase["kind"]): Finding[] {
  const findings = [judgeVersion(state.versionNumber, kind)];
  if (state.encoding !== "UTF8") {
    findings.push(
      problem(
        "database.encoding",
        say`The database keeps texts in ${{ encoding: state.encoding }}`,
        say`Make one with "createdb -E UTF8", and move there: "repartee move".`,
      ),
    );
  }
  if (kind === "embedded") {
    findings.push(
      warning(
        "database.power_cut",
        say`The embedded database may lose its last seconds or be damaged by a power cut`,
        say`Back up every night ("repartee backup"); where that is not enough, move to PostgreSQL: "repartee move".`,
      ),
    );
  } else findings.push(...judgeSafety(state.settings), judgeConnections(state), ...judgeAges(state));
  if (!state.mayCreate) {
    findings.push(
      problem(
        "database.rights",
        say`The user of DATABASE_URL may not make tables in the database`,
        say`Make it the owner: "alter database NAME owner to USER", or a new database with "createdb --owner USER NAME".`,
      ),
    );
  }
  if (state.isReadOnly) {
    findings.push(
      problem(
        "database.read_only",
        say`The database takes no writes: it is a standby, or default_transaction_read_only is on`,
        say`Let DATABASE_URL lead to the server that takes writes, or take the setting back. Processes go on by themselves then.`,
      ),
    );
  }
  for (const { table, dead, share } of state.littered) {
    findings.push(
      warning(
        "database.dead_rows",
        say`${{ share: Math.round(share * 100) }} % of the rows of ${{ table }} are dead (${{ dead }})`,
        say`Look for old transactions above; else run "vacuum (analyze)" on it, and see that autovacuum is on.`,
      ),
    );
  }
  findings.push(ok("database.size", say`The database has ${{ megabytes: Math.round(state.bytes / 1_000_000) }} MB`));
  return findings;
}

function judgeVersion(number: number, kind: OpenDatabase["kind"]): Finding {
  const version = Math.floor(number / 10_000);
  const words = kind === "embedded" ? say`PostgreSQL ${{ version }}, embedded` : say`PostgreSQL ${{ version }}`;
  if (number < limits.version.from)
    return problem("database.version", say`${{ database: words }} is too old`, say`Use PostgreSQL 13 to 18.`);
  if (number >= limits.version.below)
    return warning(
      "database.version",
      say`${{ database: words }} is newer than what Repartee was tested with`,
      say`Use PostgreSQL 13 to 18.`,
    );
  return ok("database.version", words);
}

const whatIsLost = {
  fsync: say`a crash of the system may destroy the database`,
  full_page_writes: say`a crash of the system may destroy pages of the database`,
  synchronous_commit: say`a crash loses the last events that were already answered`,
} as const;

function judgeSafety(settings: DatabaseState["settings"]): Finding[] {
  return Object.entries(whatIsLost).map(([name, loss]) =>
    settings[name] === "off"
      ? problem(
          `database.${name}`,
          say`${{ setting: name }} is off: ${{ loss }}`,
          say`Run "alter system set ${{ setting: name }} = on" and "select pg_reload_conf()".`,
        )
      : ok(`database.${name}`, say`${{ setting: name }} is ${{ value: settings[name] ?? "" }}`),
  );
}

function judgeConnections({ connections, mostConnections }: DatabaseState): Finding {
  const message = say`${{ connections }} of ${{ most: mostConnections }} connections are taken`;
  if (connections < 0.8 * mostConnections) return ok("database.connections", message);
  return warning(
    "database.connections",
    message,
    say`Lower DATABASE_POOL_SIZE, raise max_connections, or put a pooler between.`,
  );
}

function judgeAges({ oldestTransactionSeconds: seconds, transactionAge }: DatabaseState): Finding[] {
  const end = say`Find it with "select * from pg_stat_activity order by xact_start", and end it with "pg_terminate_backend": dead rows stay behind it.`;
  const open = say`The oldest transaction has been open for ${{ seconds: Math.round(seconds) }} s`;
  const findings: Finding[] = [];
  if (seconds > limits.oldTransactionSeconds.problem) findings.push(problem("database.old_transaction", open, end));
  else if (seconds > limits.oldTransactionSeconds.warn) findings.push(warning("database.old_transaction", open, end));
  else findings.push(ok("database.old_transaction", say`No transaction has been open for long`));
  const age = say`${{ millions: Math.round(transactionAge / 1_000_000) }} million transactions since the last freeze; PostgreSQL stops at 2,000`;
  const freeze = say`Run "vacuum (freeze)", and see why autovacuum does not: old transactions, prepared ones, replication slots.`;
  if (transactionAge > limits.transactionAge.problem) findings.push(problem("database.freeze", age, freeze));
  else if (transactionAge > limits.transactionAge.warn) findings.push(warning("database.freeze", age, freeze));
  return findings;
}

/** Its clock was read between the two moments of ours (Unix milliseconds). */
export function judgeClock(clock: number, from: number, to: number): Finding {
  const off = Math.max(0, clock - to, from - clock);
  const message = say`The clocks of this machine and of the database are ${{ seconds: (off / 1000).toFixed(1) }} s apart`;
  const advice = say`Let both keep time (chrony, systemd-timesyncd): delays and leases go by them.`;
  if (off > limits.clockMs.problem) return problem("clock.database", message, advice);
  return off > limits.clockMs.warn ? warning("clock.database", message, advice) : ok("clock.database", message);
}

/** Whether a process with this key may start on the database. */
async function checkOneKey({ db }: OpenDatabase, secretKey: SecretKey): Promise<Finding> {
  const missing = await findMissingKeys(db, secretKey);
  if (missing.length === 0)
    return ok("setup.secret_key_shared", say`The secret key is the one that the database is used with`);
  return problem("setup.secret_key_shared", sayMissing(missing, secretKey), whereKeysAreMissing);
}

async function checkSecretKey({ db }: OpenDatabase, secretKey: SecretKey): Promise<Finding[]> {
  const sealed = await listSealed(db);
  const closed = sealed.filter((one) => {
    try {
      openSecrets(one.sealed, secretKey);
      return false;
    } catch {
      // Only whether it can be opened is of interest here.
      return true;
    }
  });
  if (sealed.length === 0) return [];
  if (closed.length === 0) return [ok("setup.secret_key_fits", say`The secret key opens what the database holds`)];
  const some = closed.slice(0, 5).map(({ what }) => what);
  const things = `${some.join(", ")}${closed.length > some.length ? ", …" : ""}`;
  return [
    problem(
      "setup.secret_key_fits",
      say`The secret key does not open what the database holds (${{ things }})`,
      say`Bring back the key that it was sealed with (SECRET_KEY, or DATA_DIR/secret-key); if that is lost, connect these anew.`,
    ),
  ];
}

async function checkBackup({ db }: OpenDatabase, at: number): Promise<Finding> {
  const last = await findLastBackup(db);
  const advice = say`Let "repartee backup FILE" run every night: docs/operations.md, "Backup and restore".`;
  if (last === undefined)
    return warning("backup.age", say`repartee backup has never made a backup of this database`, advice);
  const days = Math.floor((at - last.at.getTime()) / day);
  const { file } = last;
  const message =
    days === 0
      ? say`The last backup was made within a day (${{ file }})`
      : say`The last backup was made ${{ days }} days ago (${{ file }})`;
  return days > limits.backupDays ? warning("backup.age", message, advice) : ok("backup.age", message);
}
