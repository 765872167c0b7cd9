import { z } from "zod";
import { toInstant, toInstantOrNull } from "../../http/api/instant.ts";
import { type ListedUser, listUsers } from "../../store/user-list-store.ts";
import { defineDatabaseCommand } from "./command.ts";
import { renderMinute, renderTable } from "./render-table.ts";
import { requireWorkspace } from "./require-workspace.ts";

export const userList = defineDatabaseCommand({
  kind: "database",
  name: "user list",
  summary: "Tell which users there are, and of which workspaces they are members",
  options: z.strictObject({
    workspace: z.string().optional().describe("Domain of a workspace: only its members."),
  }),
  async run({ database: { db } }, { workspace: domain }) {
    const workspace = domain === undefined ? undefined : await requireWorkspace(db, domain);
    const users = await listUsers(db, workspace?.id);
    const text = renderTable(
      ["E-MAIL", "NAME", "WORKSPACES", "SIGNS IN BY", "MADE (UTC)", "LAST SEEN (UTC)"],
      users.map((user) => [
        user.email,
        user.name,
        user.workspaces.map(({ domain: of, role }) => `${of} (${role})`).join(", ") || "none",
        tellSignIn(user),
        renderMinute(user.createdAt),
        user.seenAt === null ? "not signed in" : renderMinute(user.seenAt),
      ]),
    );
    const data = users.map(({ createdAt, seenAt, workspaces, ...user }) => ({
      ...user,
      ...{ createdAt: toInstant(createdAt), seenAt: toInstantOrNull(seenAt) },
      workspaces: workspaces.map((one) => ({ ...one })),
    }));
    return { text, data };
  },
});

function tellSignIn({ hasPassword, hasSecondFactor }: ListedUser): string {
  if (!hasPassword) return "nothing yet";
  return hasSecondFactor ? "second factor" : "password";
}
