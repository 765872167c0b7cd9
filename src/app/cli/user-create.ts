import { z } from "zod";
import { type MemberRole, memberRoles } from "../../model/conversation.ts";
import { createPassword, hashPassword } from "../../shell/password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";
import { findCredentials } from "../../store/session-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";
import { passwordFileOption, readPasswordFile, refuseWeakPassword } from "./given-password.ts";
import { noteChange } from "./note-change.ts";
import { requireWorkspace } from "./require-workspace.ts";

export const userCreate = defineDatabaseCommand({
  kind: "database",
  name: "user create",
  summary: "Make a user, a member of a workspace where one is named, and print the password if none is given",
  options: z.strictObject({
    email: z.email("is not an e-mail address").max(254).describe("What the user signs in with."),
    name: z.string().max(200).default("").describe("What the team sees. Absent: the e-mail."),
    workspace: z.string().optional().describe("Domain of a workspace to join."),
    role: z.enum(memberRoles).default("owner").describe("What the user is there."),
    passwordFile: passwordFileOption,
  }),
  prepare: readPasswordFile,
  async run(context, { email, name, workspace: domain, role, passwordFile: given }) {
    if (given !== undefined) await refuseWeakPassword(given, [email, name]);
    const password = given ?? createPassword();
    const passwordHash = await hashPassword(password);
    const data = await context.database.db.transaction().execute(async (trx) => {
      const workspace = domain === undefined ? undefined : await requireWorkspace(trx, domain);
      if ((await findCredentials(trx, email)) !== undefined) throw emailTaken(email, domain, role);
      const id = await createUser(trx, { email, name, passwordHash });
      const member = workspace === undefined ? undefined : await joinWorkspace(trx, workspace.id, id, role);
      if (workspace !== undefined && member !== undefined) {
        const noted = { workspaceId: workspace.id, operation: "addMember", id: member.id, at: new Date() } as const;
        await noteChange(trx, context, noted);
      }
      return { id, email, workspace: domain ?? null, memberId: member?.id ?? null };
    });
    if (given !== undefined) return { text: `User ${email} is there.`, data };
    return { text: password, data: { ...data, password } };
  },
});

function emailTaken(email: string, domain: string | undefined, role: MemberRole): CommandError {
  const how = `repartee member add --email ${email} --workspace ${domain ?? "DOMAIN"} --role ${role}`;
  return new CommandError(
    "user.email_taken",
    `there is already a user ${email}; ${domain === undefined ? "to make them a member of a workspace" : "make them a member"}: ${how}`,
  );
}
