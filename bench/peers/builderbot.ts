import { botToken, type Peer } from "./peer.ts";
import { startPrograms } from "./processes.ts";

const port = 19_313;

export const builderbot: Peer = {
  name: "builderbot",
  setUp: "a provider for the Bot API, its MemoryDB",
  packageName: "@builderbot/bot",
  async prepare({ botApi, folder }) {
    const env = { PORT: String(port), BOT_API: `${botApi}/bot${botToken}` };
    return {
      target: { port, path: "/hook", headers: {} },
      start: () =>
        startPrograms(
          [{ args: ["server.mjs"], cwd: folder, env }],
          async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok,
        ),
      remove: async () => undefined,
    };
  },
};
