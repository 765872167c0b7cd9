import { z } from "zod";
import { commandLine } from "../../model/audit.ts";
import { beginWorkspaceDeletion } from "../../shell/jobs/delete-workspace.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";
import { requireWorkspace } from "./require-workspace.ts";

export const workspaceDelete = defineDatabaseCommand({
  kind: "database",
  name: "workspace delete",
  summary: "Delete a workspace for good, with its bots, contacts and everything in it",
  options: z.strictObject({
    domain: z.string().describe("Its short name."),
    confirm: z.string().describe("The same once more: there is no way back but a backup."),
  }),
  enqueues: () => true,
  async run({ database: { db }, enqueueJobs, log }, { domain, confirm }) {
    if (confirm !== domain) throw new CommandError("workspace.other_domain", `--confirm has to be ${domain}`);
    if (enqueueJobs === undefined) throw new Error("deleting a workspace needs the job queue");
    const { id } = await requireWorkspace(db, domain);
    const deletion = { workspaceId: id, at: Date.now() };
    await db.transaction().execute((trx) => beginWorkspaceDeletion(trx, enqueueJobs, deletion));
    log.warn({ workspaceId: id, by: commandLine }, "a workspace is deleted");
    return {
      text: `Workspace ${domain} is gone for everybody. The server takes its data away from now on, or as soon as one runs.`,
      data: { id, domain },
    };
  },
});
