import { type RawBuilder, sql } from "kysely";
import type { Batch } from "./batch.ts";
import type { Database } from "./database.ts";

/**
 * States in their order: a later one is never undone. What waits to leave has no place among them: what a platform says of an earlier try does not keep it from being sent
 * again.
 */
const states = sql`array['sent', 'failed', 'delivered', 'read']`;
const place = (status: RawBuilder<unknown>) => sql`array_position(${states}, ${status})`;

/**
 * Writes down what platforms told of our messages (`MessageReceipt`), in one statement for the batch. A receipt may overtake the answer to the send: it is then laid down with the
 * message that is just being sent to that contact, of which there is at most one a channel, and counts once the message's id there is known (`recordSends`). Both lock the message's
 * row, so that the second sees what the first wrote.
 */
export async function writeReceipts(trx: Database, { handled }: Batch): Promise<void> {
  const receipts = handled.flatMap(({ event, contactId }) => {
    if (event.kind !== "message_status" || event.channelId === undefined) return [];
    const { channelId: channel, status, mid, andEarlier: earlier = false, until, reason } = event;
    return [{ contact: contactId, channel, status, mid, earlier, until, reason }];
  });
  if (receipts.length === 0) return;
  const told = sql`greatest(${place(sql`g.named -> m.external_id ->> 'status'`)}, ${place(sql`g.general`)})`;
  await sql`
    with told as (
      select * from json_to_recordset(${JSON.stringify(receipts)}::json) as t(contact bigint, channel bigint, status text,
        mid text, earlier boolean, until bigint, reason text)
    ), meant as (
      select m.id, false as is_general, t.* from told t
        join messages m on m.channel_id = t.channel and m.external_id = t.mid and m.contact_id = t.contact
      union all select m.id, false, t.* from told t
        join messages m on m.contact_id = t.contact and m.channel_id = t.channel and m.status = 'queued' and m.sending_at is not null
        where t.mid is not null
      union all select m.id, true, t.* from told t
        join messages m on m.contact_id = t.contact and m.channel_id = t.channel and m.sent_at < to_timestamp((t.until + 1) / 1000.0)
      union all select m.id, true, t.* from told t
        join messages last on last.channel_id = t.channel and last.external_id = t.mid and last.contact_id = t.contact
        join messages m on m.contact_id = t.contact and m.channel_id = t.channel and m.id < last.id
        where t.earlier
    ), grouped as (
      select t.id,
        jsonb_object_agg(t.mid, jsonb_build_object('status', t.status, 'reason', t.reason) order by ${place(sql`t.status`)})
          filter (where not t.is_general) as named,
        (array_agg(t.status order by ${place(sql`t.status`)} desc) filter (where t.is_general))[1] as general
      from meant t group by t.id
    )
    update messages m set
      status = case when m.status = 'queued' then m.status else (${states})[${told}] end,
      error = case when m.status = 'queued' then m.error else g.named -> m.external_id ->> 'reason' end,
      receipts = case when m.status = 'queued' then coalesce(m.receipts, '{}') || g.named end
    from grouped g
    where m.id = g.id and m.direction = 'out'
      and (m.status = 'queued' and m.sending_at is not null and g.named is not null or ${place(sql`m.status`)} < ${told})
  `.execute(trx.withoutPlugins());
}
