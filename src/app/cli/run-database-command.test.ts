import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { embeddedDatabase } from "../../../test/database.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import { readConfig } from "../config.ts";
import { startControlServer } from "../control/control-server.ts";
import { controlSocketPath } from "../control/socket-path.ts";
import { lockDataDirectory, openDataDirectory } from "../data-directory.ts";
import { runDatabaseCommand } from "./run-database-command.ts";
import { tokenCreate } from "./token-create.ts";
import { workspaceCreate } from "./workspace-create.ts";

const log = pino({ level: "silent" });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "rp-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const makeToken = () =>
  runDatabaseCommand(
    readConfig({ DATA_DIR: folder }),
    tokenCreate,
    { workspace: "demo", kind: "api", name: "" } as never,
    log,
  );

describe("a command on the embedded database", () => {
  it("opens the database itself when no server holds it, and leaves it free", async () => {
    const config = readConfig({ DATA_DIR: folder });
    await runDatabaseCommand(config, workspaceCreate, { domain: "demo", timeZone: "UTC" } as never, log);
    expect((await makeToken()).text).toMatch(/^rp_api_/);
  });

  it("goes through the server that holds it, also when that one is still starting", async () => {
    const config = readConfig({ DATA_DIR: folder });
    const directory = openDataDirectory(folder);
    const lock = lockDataDirectory(directory, "server");
    // Begun while there is a holder but no socket yet.
    const token = makeToken();
    const database = await embeddedDatabase();
    await createWorkspace(database.db, { domain: "demo", name: "Demo" });
    const socket = controlSocketPath(directory);
    const context = { config, database, publicUrl: "", secretKey: Buffer.alloc(32), log };
    const control = await startControlServer({ socket, commands: [tokenCreate], context });
    lock.publish({ purpose: "server", socket });
    expect((await token).text).toMatch(/^rp_api_/);
    const made = await database.db.selectFrom("tokens").select("kind").execute();
    expect(made).toEqual([{ kind: "api" }]);
    await control.close();
    await database.close();
    lock.release();
  });
});
