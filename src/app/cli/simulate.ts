import { createInterface } from "node:readline";
import { z } from "zod";
import type { Json } from "../../model/field.ts";
import { parseFlowFile } from "../../store/flow-file.ts";
import { Player } from "../simulator/play.ts";
import { defineLocalCommand, type Terminal } from "./command.ts";
import { readTextFile } from "./read-text-file.ts";

export const simulate = defineLocalCommand({
  kind: "local",
  name: "simulate",
  summary: "Play a flow file in the terminal, with no server and no database",
  options: z.strictObject({
    file: z.string().describe("The flow, JSON or YAML, as export writes it."),
    start: z.string().optional().describe("What stood in the link that opened the chat."),
    script: z.string().optional().describe("File with the lines to play instead of those typed; # begins a comment."),
    products: z
      .string()
      .optional()
      .describe('File with what is for sale under "products", as files of conversation tests have it.'),
    channel: z.string().default("webchat").describe("Kind of channel to speak on."),
    at: z.iso
      .datetime({ offset: true })
      .optional()
      .describe("Where the clock stands at first, such as 2026-01-31T09:00:00Z. Absent: now."),
    timeZone: z.string().default("UTC").describe("The contact's time zone."),
    seed: z.number().int().min(0).default(1).describe("Decides splits: the same seed, the same branches."),
  }),
  positionals: ["file"],
  async run({ terminal, json }, { file, start, script, products, channel, at, timeZone, seed }) {
    // Loaded here: the other commands need not wait for the engine.
    const { simulateFlow } = await import("../simulator/simulate-flow.ts");
    const { createScriptPool } = await import("../../shell/scripts/script-pool.ts");
    const { parseProducts } = await import("../simulator/products.ts");
    const variants = products === undefined ? [] : parseProducts(products, await readTextFile(products));
    const scripts = createScriptPool({ threads: 1 });
    const simulation = simulateFlow({
      document: parseFlowFile(await readTextFile(file)).document,
      channelKind: channel,
      at: at === undefined ? Date.now() : Date.parse(at),
      seed,
      timeZone,
      runScript: scripts.run,
      variants,
    });
    const player = new Player(simulation);
    const show = (lines: readonly string[]) => {
      if (!json) for (const line of lines) terminal.stdout.write(`${line}\n`);
    };
    show(await player.start(start));
    if (script === undefined) await playTyped(player, terminal, show);
    else await playScript(player, await readTextFile(script), show);
    await scripts.close();
    const data = { turns: player.turns, contact: simulation.contact, goods: simulation.goods } as unknown as Json;
    return json ? { text: "", data } : undefined;
  },
});

type Show = (lines: readonly string[]) => void;

async function playTyped(player: Player, terminal: Terminal, show: Show): Promise<void> {
  const lines = createInterface({ input: terminal.stdin });
  for await (const line of lines) {
    const answer = await player.line(line);
    if (answer === undefined) break;
    show(answer);
  }
  lines.close();
}

async function playScript(player: Player, text: string, show: Show): Promise<void> {
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    show([`you: ${line}`]);
    const answer = await player.line(line);
    if (answer === undefined) return;
    show(answer);
  }
}
