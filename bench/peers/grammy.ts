import path from "node:path";
import { createDatabase } from "../repartee.ts";
import { botToken, type Peer } from "./peer.ts";
import { startPrograms } from "./processes.ts";

const port = 19_311;

export const grammy: Peer = {
  name: "grammy",
  setUp: "webhook on Fastify, contacts in PostgreSQL",
  packageName: "grammy",
  async prepare({ serverUrl, botApi }) {
    const database = await createDatabase(serverUrl);
    const env = { PORT: String(port), DATABASE_URL: database.url, BOT_API: botApi, BOT_TOKEN: botToken };
    return {
      target: { port, path: "/hook", headers: {} },
      start: () =>
        startPrograms(
          [{ args: ["bench/grammy-server.ts"], cwd: path.resolve(import.meta.dirname, "../.."), env }],
          async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok,
        ),
      remove: database.drop,
    };
  },
};
