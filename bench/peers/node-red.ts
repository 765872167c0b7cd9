import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { botToken, type Peer } from "./peer.ts";
import { startPrograms } from "./processes.ts";

const port = 19_314;

export const nodeRed: Peer = {
  name: "node-red",
  setUp: "a flow of its own nodes, context in memory (its default)",
  packageName: "node-red",
  async prepare({ botApi, folder }) {
    const userDir = await mkdtemp(path.join(tmpdir(), "bench-node-red-"));
    const args = ["node_modules/node-red/red.js", "--userDir", userDir, "--settings", "settings.cjs", "flow.json"];
    const env = { PORT: String(port), BOT_API: `${botApi}/bot${botToken}` };
    return {
      target: { port, path: "/hook", headers: {} },
      start: () =>
        startPrograms([{ args, cwd: folder, env }], async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok),
      remove: () => rm(userDir, { recursive: true, force: true }),
    };
  },
};
