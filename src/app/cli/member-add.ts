import { z } from "zod";
import { type MemberRole, memberRoles } from "../../model/conversation.ts";
import type { Database } from "../../store/database.ts";
import { joinWorkspace } from "../../store/member-store.ts";
import { findRecipient, listMemberships } from "../../store/session-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";
import { noteChange } from "./note-change.ts";
import { requireWorkspace } from "./require-workspace.ts";

export const memberAdd = defineDatabaseCommand({
  kind: "database",
  name: "member add",
  summary: "Make a user that is there a member of a workspace",
  options: z.strictObject({
    email: z.email("is not an e-mail address").max(254).describe("What the user signs in with."),
    workspace: z.string().describe("Domain of the workspace."),
    role: z.enum(memberRoles).describe("What the user is there."),
  }),
  async run(context, { email, workspace: domain, role }) {
    const data = await context.database.db.transaction().execute(async (trx) => {
      const workspace = await requireWorkspace(trx, domain);
      const user = await findRecipient(trx, { email });
      if (user === undefined) throw noUser(email, domain, role);
      await refuseMember(trx, user, { id: workspace.id, domain });
      const { id: memberId } = await joinWorkspace(trx, workspace.id, user.id, role);
      const noted = { workspaceId: workspace.id, operation: "addMember", id: memberId, at: new Date() } as const;
      await noteChange(trx, context, noted);
      return { id: user.id, email: user.email, workspace: domain, memberId, role };
    });
    return { text: `${data.email} is ${role} of ${domain} now.`, data };
  },
});

function noUser(email: string, domain: string, role: MemberRole): CommandError {
  const how = `repartee user create --email ${email} --workspace ${domain} --role ${role}`;
  return new CommandError("user.not_found", `there is no user ${email}; make one: ${how}`);
}

async function refuseMember(
  trx: Database,
  { id, email }: { readonly id: number; readonly email: string },
  workspace: { readonly id: number; readonly domain: string },
): Promise<void> {
  const there = (await listMemberships(trx, id)).find(({ workspaceId }) => workspaceId === workspace.id);
  if (there === undefined) return;
  const what = `${email} is a member of ${workspace.domain} already, as ${there.role}`;
  throw new CommandError("member.exists", `${what}; an owner changes that under Settings, Team`);
}
