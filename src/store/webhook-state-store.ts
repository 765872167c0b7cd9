import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Active webhooks whose last call failed; `host` alone, for addresses hold secrets. At most 50. */
export async function listAilingWebhooks(
  db: Database,
): Promise<{ readonly id: number; readonly domain: string; readonly host: string; readonly error: string }[]> {
  const { rows } = await sql<{ id: number; domain: string; host: string; error: string }>`
    select h.id, w.domain, coalesce(substring(h.url from '^https?://([^/?#]+)'), '') as host, left(h.error, 200) as error
    from webhooks h join workspaces w on w.id = h.workspace_id
    where h.active and h.error is not null order by h.error_at desc limit 50`.execute(db.withoutPlugins());
  return rows;
}

/** Channels that are to work, of everybody. */
export async function listWantedChannels(db: Database): Promise<
  {
    readonly id: number;
    readonly kind: string;
    readonly domain: string;
    readonly status: string;
    readonly statusMessage: string | null;
  }[]
> {
  const { rows } = await sql<{
    id: number;
    kind: string;
    domain: string;
    status: string;
    statusMessage: string | null;
  }>`
    select c.id, c.kind, w.domain, c.status, c.status_message as "statusMessage"
    from channels c join bots b on b.id = c.bot_id join workspaces w on w.id = b.workspace_id
    where c.status <> 'disconnected' order by c.id limit 1000`.execute(db.withoutPlugins());
  return rows;
}
