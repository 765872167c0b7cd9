import { z } from "zod";
import { memberRoles } from "../../model/conversation.ts";
import { createPassword, hashPassword, passwordLength } from "../../shell/password.ts";
import { isWeakPassword } from "../../shell/weak-password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";
import { readTextFile } from "./read-text-file.ts";
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
    passwordFile: z.string().optional().describe("File with the password, `-` for stdin. Absent: one is made."),
  }),
  // What runs in the server sees no files of the caller: it gets the text in the place of the name.
  prepare: async (options) =>
    options.passwordFile === undefined
      ? options
      : { ...options, passwordFile: (await readTextFile(options.passwordFile)).replace(/\r?\n$/, "") },
  async run({ database }, { email, name, workspace: domain, role, passwordFile: given }) {
    if (given !== undefined && given.length < passwordLength.least) {
      throw new CommandError(
        "user.weak_password",
        `the password has to have ${passwordLength.least} characters at least`,
      );
    }
    if (given !== undefined && (await isWeakPassword(given, [email, name]))) {
      throw new CommandError(
        "user.weak_password",
        "the password is among the first that are guessed; choose another, or leave --password-file out and have one made",
      );
    }
    const password = given ?? createPassword();
    const passwordHash = await hashPassword(password);
    const data = await database.db.transaction().execute(async (trx) => {
      const workspace = domain === undefined ? undefined : await requireWorkspace(trx, domain);
      const id = await createUser(trx, { email, name, passwordHash });
      const member = workspace === undefined ? undefined : await joinWorkspace(trx, workspace.id, id, role);
      return { id, email, workspace: domain ?? null, memberId: member?.id ?? null };
    });
    if (given !== undefined) return { text: `User ${email} is there.`, data };
    return { text: password, data: { ...data, password } };
  },
});
