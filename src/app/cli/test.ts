import { writeFile } from "node:fs/promises";
import { z } from "zod";
import type { Json } from "../../model/field.ts";
import { CommandError, defineLocalCommand } from "./command.ts";

export const testCommand = defineLocalCommand({
  kind: "local",
  name: "test",
  summary:
    "Play scripted conversations with a bot's files, with no server and no database, and tell what is not as expected",
  options: z.strictObject({
    paths: z
      .array(z.string())
      .optional()
      .describe("Files, or folders in which *.conversation.yaml is looked for. Absent: this folder."),
    filter: z.string().optional().describe("Only conversations whose title contains this."),
    seed: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe("Decides splits and chance, in the place of the files' own seeds."),
    strict: z.boolean().default(false).describe("Fail where publishing a bot would warn of something."),
    junit: z.string().optional().describe("File to write the report to as JUnit XML, besides."),
  }),
  positionals: ["paths"],
  async run(_context, { paths = ["."], filter, seed, strict, junit }) {
    // Loaded here: the other commands need not wait for the engine.
    const { runConversations } = await import("../conversation-tests/run-conversations.ts");
    const { renderJunit, renderReport } = await import("../conversation-tests/report.ts");
    const { createScriptPool } = await import("../../shell/scripts/script-pool.ts");
    const scripts = createScriptPool({ threads: 1 });
    try {
      const report = await runConversations({ paths, filter, seed, runScript: scripts.run });
      if (junit !== undefined) await write(junit, renderJunit(report, { strict }));
      const isWarned = strict && report.warnings.length > 0;
      const isFailed = isWarned || report.results.some(({ failure }) => failure !== undefined);
      return {
        text: renderReport(report),
        data: JSON.parse(JSON.stringify(report)) as Json,
        exit: report.problems.length > 0 ? 2 : isFailed ? 1 : 0,
      };
    } finally {
      await scripts.close();
    }
  },
});

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    throw new CommandError("file.unwritable", `${file} cannot be written (${code})`, { cause });
  }
}
