import { z } from "zod";
import { toInstant } from "../../http/api/instant.ts";
import { listWorkspaces } from "../../store/workspace-store.ts";
import { defineDatabaseCommand } from "./command.ts";
import { renderMinute, renderTable } from "./render-table.ts";

export const workspaceList = defineDatabaseCommand({
  kind: "database",
  name: "workspace list",
  summary: "Tell which workspaces there are",
  options: z.strictObject({}),
  async run({ database }) {
    const workspaces = await listWorkspaces(database.db);
    const text = renderTable(
      ["DOMAIN", "NAME", "TIME ZONE", "BOTS", "MEMBERS", "MADE (UTC)"],
      workspaces.map(({ domain, name, timeZone, bots, members, createdAt }) => [
        ...[domain, name, timeZone, String(bots), String(members), renderMinute(createdAt)],
      ]),
    );
    return { text, data: workspaces.map((one) => ({ ...one, createdAt: toInstant(one.createdAt) })) };
  },
});
