import { type SqlBool, sql } from "kysely";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** How many people a flow talked with on a day of the workspace's time zone. */
export interface FlowDay {
  readonly flow: string;
  /** `2026-01-31` */
  readonly date: string;
  readonly conversations: number;
}

/**
 * By flow and day, from `since` on, days without any left out. A conversation is a contact that the flow sent something to on that day, and that wrote to us at some time since
 * `since`: whoever only gets broadcasts does not talk. Reads the messages of those contacts alone, by their index.
 */
export async function countConversations(
  db: Database,
  { workspaceId, botId }: Access,
  { since, flow }: { readonly since: Date; readonly flow?: string | undefined },
): Promise<FlowDay[]> {
  const inBot = botId === undefined ? sql<SqlBool>`true` : sql<SqlBool>`c.bot_id = ${botId}`;
  const ofFlow =
    flow === undefined
      ? sql<SqlBool>`m.flow_ref is not null and m.flow_ref not like 'sequence:%'`
      : sql<SqlBool>`m.flow_ref = ${flow}`;
  const { rows } = await sql<FlowDay>`
    select m.flow_ref as flow, to_char(m.created_at at time zone w.time_zone, 'YYYY-MM-DD') as date,
      count(distinct m.contact_id)::int as conversations
    from contacts c
    join workspaces w on w.id = c.workspace_id
    join messages m on m.contact_id = c.id
    where c.workspace_id = ${workspaceId} and ${inBot} and c.last_inbound_at >= ${since}
      and m.direction = 'out' and ${ofFlow} and m.created_at >= ${since}
    group by 1, 2
    order by 1, 2`.execute(db);
  return rows;
}
