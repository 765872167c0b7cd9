import { sql } from "kysely";
import type { Database } from "./database.ts";

/** For so long after a send an echo with the same words may still be the send's own: platforms tell within seconds. */
const echoMs = 60_000;

/**
 * Whether what a platform says was written to a person is something that we sent: by the platform's id; or, where that is not recorded yet or was another part's, by the words (or files) of what left a moment ago or is
 * leaving now.
 */
export async function isOwnMessage(
  db: Database,
  told: {
    readonly channelId: number;
    readonly person: string;
    readonly mid: string | undefined;
    readonly text: string | undefined;
    /** Unix milliseconds by the platform's clock; absent: now. */
    readonly at?: number | undefined;
  },
): Promise<boolean> {
  const { channelId, person, mid = "", text = "", at = Date.now() } = told;
  const since = new Date(at - echoMs);
  const { rows } = await sql<{ isOwn: boolean }>`
    select exists (
      select 1 from identities i join messages m on m.contact_id = i.contact_id and m.channel_id = i.channel_id
      where i.channel_id = ${channelId} and i.external_id = ${person} and m.direction = 'out' and m.reason is not null
        and ((m.external_id = ${mid} and ${mid} <> '')
          or ((m.sending_at is not null or m.sent_at > ${since})
            and m.status in ('queued', 'sent', 'delivered', 'read')
            and case when ${text} = '' then json_array_length((m.content -> 'attachments')::json) > 0
              else position(${text} in coalesce(m.content ->> 'text', '')) > 0 end))
    ) as "isOwn"`.execute(db);
  return rows[0]?.isOwn === true;
}
