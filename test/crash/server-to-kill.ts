import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { startTelegramStandIn, type TelegramStandIn } from "../stand-ins/telegram-bot-api.ts";
import { createServerProcess, type ServerProcess } from "./server-process.ts";
import { createDatabaseOnServer } from "./test-server-database.ts";

export const databaseKinds = ["embedded", "postgres"] as const;
type DatabaseKind = (typeof databaseKinds)[number];

/** With a server at hand the run is about that: the embedded database has a run of its own. */
export const isMeant = (kind: DatabaseKind): boolean =>
  (kind === "postgres") === (process.env.TEST_DATABASE_URL !== undefined);

/** A server that runs on a new database, and Telegram as it sees it. Both are gone when the test is over, however it ends. */
export interface ServerToKill {
  readonly server: ServerProcess;
  readonly standIn: TelegramStandIn;
  /** Where to look while the server is down. */
  readonly where: { readonly databaseUrl: string | undefined; readonly directory: string };
}

export async function startServerToKill(kind: DatabaseKind): Promise<ServerToKill> {
  const directory = await mkdtemp(path.join(tmpdir(), "repartee-kill-"));
  const onServer = kind === "postgres" ? await createDatabaseOnServer() : undefined;
  const standIn = await startTelegramStandIn();
  const server = await createServerProcess({
    DATA_DIR: directory,
    ...(onServer === undefined ? {} : { DATABASE_URL: onServer.url }),
  });
  onTestFinished(async () => {
    await server.kill();
    await standIn.close();
    await onServer?.drop();
    await rm(directory, { recursive: true, force: true });
  });
  await server.start();
  return { server, standIn, where: { databaseUrl: onServer?.url, directory: path.join(directory, "database") } };
}
