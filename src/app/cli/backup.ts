import { spawn } from "node:child_process";
import { once } from "node:events";
import { rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { z } from "zod";
import { beginBackup, endBackup } from "../../store/backup-store.ts";
import { childEnvironment } from "../config.ts";
import { version } from "../version.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";

export const backup = defineDatabaseCommand({
  kind: "database",
  name: "backup",
  summary: "Write the whole database to a file, also while the server runs",
  options: z.strictObject({
    file: z.string().describe("Where to; a file that is there already is kept and the command refused."),
  }),
  positionals: ["file"],
  prepare: async ({ file }) => ({ file: path.resolve(file) }),
  async run({ database, config }, { file }) {
    if (await exists(file))
      throw new CommandError("backup.file_exists", `${file} is there already; choose another name`);
    const draft = `${file}.unfinished`;
    await requireWritable(draft, database.kind);
    const noted = await beginBackup(database.db, file, version);
    let bytes: number | undefined;
    try {
      if (database.pglite === undefined)
        await dumpServer(config.database.directUrl ?? config.database.url ?? "", draft);
      // Holding the one connection keeps every transaction out of the picture.
      else await database.db.connection().execute(() => dumpEmbedded(database.pglite as PGlite, draft));
      await rename(draft, file);
      bytes = (await stat(file)).size;
    } finally {
      await rm(draft, { force: true });
      await endBackup(database.db, noted, bytes);
    }
    const key = config.secretKey === undefined ? path.join(config.data.directory, "secret-key") : "SECRET_KEY";
    return {
      text: `${file} holds the database (${bytes} bytes). Keep ${key} too, apart from it: without it, the channels' credentials in the backup stay sealed.`,
      data: { file, bytes, release: version },
    };
  },
});

/** Before the database is read, and in words: the embedded one's file is written by the process that has it open. */
async function requireWritable(draft: string, kind: "embedded" | "postgres"): Promise<void> {
  // What an earlier try left there may be readable by others.
  await rm(draft, { force: true });
  await writeFile(draft, "", { mode: 0o600 }).catch((cause: NodeJS.ErrnoException) => {
    const folder = path.dirname(draft);
    const who =
      kind === "embedded" ? "the user that runs the server, where one runs," : "the user that runs the command";
    const why =
      cause.code === "ENOENT"
        ? `there is no folder ${folder}: make it, for ${who} to write in`
        : `${who} cannot write in ${folder} (${cause.code})`;
    throw new CommandError("backup.cannot_write", why, { cause });
  });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function dumpEmbedded(pglite: PGlite, file: string): Promise<void> {
  await pglite.query("checkpoint");
  const dump = await pglite.dumpDataDir("gzip");
  await writeFile(file, Buffer.from(await dump.arrayBuffer()), { flush: true });
}

async function dumpServer(url: string, file: string): Promise<void> {
  await runPostgresTool("pg_dump", url, ["--format=custom", "--no-owner", `--file=${file}`]);
}

/** Runs one of PostgreSQL's own programs, and gives what it prints. `url` undefined: it needs no database. The password goes by the environment: arguments can be read by everybody on the machine. */
export async function runPostgresTool(
  program: "pg_dump" | "pg_restore",
  url: string | undefined,
  words: readonly string[],
): Promise<string> {
  const address = url === undefined ? undefined : new URL(url);
  const password = decodeURIComponent(address?.password ?? "");
  if (address !== undefined) address.password = "";
  const where = address === undefined ? [] : [`--dbname=${address.href}`, "--no-password"];
  const child = spawn(program, [...where, ...words], {
    env: { ...childEnvironment(password === "" ? {} : { PGPASSWORD: password }) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code] = (await once(child, "close").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new CommandError(
      "postgres.tool_missing",
      `${program} is not installed: install PostgreSQL's client programs and try again`,
    );
  })) as [number | null];
  if (code !== 0) throw new CommandError("postgres.tool_failed", `${program} failed: ${said.trim()}`);
  return printed;
}
