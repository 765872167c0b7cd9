import { z } from "zod";
import { createWorkspace } from "../../store/workspace-store.ts";
import { defineDatabaseCommand } from "./command.ts";
import { noteChange } from "./note-change.ts";

export const workspaceCreate = defineDatabaseCommand({
  kind: "database",
  name: "workspace create",
  summary: "Make a workspace",
  options: z.strictObject({
    domain: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "has 1 to 63 of a-z, 0-9 and -")
      .describe("Its short name, as action links write it in domain_name."),
    name: z.string().min(1).max(200).optional().describe("What people see. Default: the domain."),
    timeZone: z
      .string()
      .refine(isTimeZone, "is not a time zone, such as Europe/Madrid")
      .default("UTC")
      .describe("For contacts whose own is unknown."),
  }),
  async run(context, { domain, name, timeZone }) {
    const workspace = await context.database.db.transaction().execute(async (trx) => {
      const made = await createWorkspace(trx, { domain, name: name ?? domain, timeZone });
      // Of no account, as it is where somebody who is signed in makes one.
      const noted = { operation: "createWorkspace", kind: "workspace", at: new Date() } as const;
      await noteChange(trx, context, { ...noted, workspaceId: made.id, id: made.id });
      return made;
    });
    return { text: `Workspace ${domain} is there.`, data: { ...workspace } };
  },
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    // RangeError is how Intl says no.
    return false;
  }
}
