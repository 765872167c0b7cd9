import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { createDatabase } from "../repartee.ts";
import { botToken, type Peer } from "./peer.ts";
import { startPrograms } from "./processes.ts";

const port = 19_315;
const program = "node_modules/n8n/bin/n8n";

export const n8n: Peer = {
  name: "n8n",
  setUp: "Webhook → If → Postgres → HTTP Request, answering at once; its own data in PostgreSQL",
  packageName: "n8n",
  async prepare({ serverUrl, botApi, folder }) {
    const [own, contacts] = [await createDatabase(serverUrl), await createDatabase(serverUrl)];
    const home = await mkdtemp(path.join(tmpdir(), "bench-n8n-"));
    const { hostname, port: databasePort, pathname, username, password } = new URL(own.url);
    const env = {
      ...{ N8N_USER_FOLDER: home, N8N_PORT: String(port), N8N_LISTEN_ADDRESS: "127.0.0.1" },
      ...{ DB_TYPE: "postgresdb", DB_POSTGRESDB_HOST: hostname, DB_POSTGRESDB_PORT: databasePort || "5432" },
      ...{ DB_POSTGRESDB_DATABASE: pathname.slice(1), DB_POSTGRESDB_USER: username, DB_POSTGRESDB_PASSWORD: password },
      // Nothing of the work: it would call its makers.
      ...{
        N8N_DIAGNOSTICS_ENABLED: "false",
        N8N_VERSION_NOTIFICATIONS_ENABLED: "false",
        N8N_TEMPLATES_ENABLED: "false",
      },
    };
    await makeTable(contacts.url);
    const command = async (...args: readonly string[]) =>
      await promisify(execFile)(process.execPath, [program, ...args], {
        cwd: folder,
        env: { PATH: process.env.PATH ?? "", HOME: home, ...env },
        timeout: 240_000,
        maxBuffer: 1e8,
      });
    const workflow = JSON.parse(
      (await readFile(path.join(folder, "workflow.json"), "utf8")).replace("BOT_API", `${botApi}/bot${botToken}`),
    ) as { id: string };
    await writeFile(path.join(home, "workflow.json"), JSON.stringify(workflow));
    await writeFile(path.join(home, "credentials.json"), JSON.stringify([credentialOf(contacts.url)]));
    await command("import:credentials", `--input=${path.join(home, "credentials.json")}`);
    await command("import:workflow", `--input=${path.join(home, "workflow.json")}`);
    await command("publish:workflow", `--id=${workflow.id}`);
    const target = { port, path: "/webhook/hook", headers: {} };
    return {
      target,
      start: () =>
        startPrograms([{ args: [program, "start"], cwd: folder, env }], async () => {
          // Ready before its webhooks are: an update without a text goes no further than the first node.
          const response = await fetch(`http://127.0.0.1:${port}${target.path}`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ message: { text: "" } }),
          });
          return response.status === 200;
        }),
      async remove() {
        await Promise.all([own.drop(), contacts.drop()]);
        await rm(home, { recursive: true, force: true });
      },
    };
  },
};

async function makeTable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("create table contacts (id bigint primary key, tags text[] not null, asked integer not null)");
  await client.end();
}

/** As its export writes one: https://docs.n8n.io/hosting/cli-commands/ */
function credentialOf(url: string): object {
  const { hostname, port: databasePort, pathname, username, password } = new URL(url);
  return {
    id: "contactscontacts",
    name: "Contacts",
    type: "postgres",
    data: {
      ...{ host: hostname, port: Number(databasePort || 5432), database: pathname.slice(1), user: username, password },
      ...{ ssl: "disable", maxConnections: 100 },
    },
  };
}
