import { createDatabase } from "../repartee.ts";
import { botToken, type Peer } from "./peer.ts";
import { startPrograms } from "./processes.ts";

const port = 19_312;

export const bullmq: Peer = {
  name: "bullmq",
  setUp: "Fastify → queue → worker with PostgreSQL → queue → sender; two processes and Redis",
  packageName: "bullmq",
  async prepare({ serverUrl, botApi, folder }) {
    const database = await createDatabase(serverUrl);
    const env = {
      PORT: String(port),
      DATABASE_URL: database.url,
      BOT_API: `${botApi}/bot${botToken}`,
      REDIS_URL: process.env.REDIS_URL ?? "redis://127.0.0.1:6379",
      // Queues of this run alone.
      PREFIX: `bench-${process.pid}`,
    };
    const run = (program: string) => ({ args: [program], cwd: folder, env });
    return {
      target: { port, path: "/hook", headers: {} },
      start: () =>
        startPrograms(
          [run("web.mjs"), run("worker.mjs")],
          async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok,
        ),
      async remove() {
        const cleaner = await startPrograms([run("clean.mjs")], async () => true);
        await cleaner.stop();
        await database.drop();
      },
    };
  },
};
