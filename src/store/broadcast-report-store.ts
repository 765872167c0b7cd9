import { type RawBuilder, sql } from "kysely";
import type { BroadcastVariant, VariantNumbers } from "../model/broadcast.ts";
import type { Broadcast } from "./broadcast-store.ts";
import type { Database } from "./database.ts";

/** What a recipient does within so many hours after the broadcast counts as its effect. */
export const effectHours = 72;

type Changeable<T> = { -readonly [K in keyof T]: T[K] };
type Numbers = Omit<Changeable<VariantNumbers>, "messages"> & { messages: Changeable<VariantNumbers["messages"]> };

const nothing = (variant: number | null): Numbers => ({
  variant,
  ...{ recipients: 0, sent: 0, failed: 0, skipped: 0 },
  messages: { sent: 0, delivered: 0, read: 0, failed: 0, waiting: 0 },
  ...{ clicked: 0, replied: 0, unsubscribed: 0 },
});

/** Some of a broadcast's recipients, by contact: those from above `after` up to `upTo`. */
interface Part {
  readonly id: number;
  readonly after: number;
  readonly upTo: number;
}

/**
 * What a broadcast came to, for each variant: who got it, what became of the messages that it sent at once, and what they did within `effectHours`. A press counts where the button is of the broadcast's
 * own message or flow; pages that a link opened no messenger tells of.
 */
export async function reportBroadcast(db: Database, broadcast: Broadcast): Promise<VariantNumbers[]> {
  return await reportPart(db, broadcast, { id: broadcast.id, after: 0, upTo: Number.MAX_SAFE_INTEGER });
}

/** The same of the next `most` recipients above the contact `after`: the sum of all parts is the whole. `upTo`: where the next part begins; undefined: this was the last. */
export async function reportNext(
  db: Database,
  broadcast: Broadcast,
  { after, most }: { readonly after: number; readonly most: number },
): Promise<{ readonly numbers: VariantNumbers[]; readonly upTo: number | undefined }> {
  const { id } = broadcast;
  const last = await db
    .selectFrom("broadcastRecipients")
    .select("contactId")
    .where("broadcastId", "=", id)
    .where("contactId", ">", after)
    .orderBy("contactId")
    .offset(most - 1)
    .limit(1)
    .executeTakeFirst();
  const upTo = last?.contactId;
  return { numbers: await reportPart(db, broadcast, { id, after, upTo: upTo ?? Number.MAX_SAFE_INTEGER }), upTo };
}

async function reportPart(db: Database, broadcast: Broadcast, part: Part): Promise<VariantNumbers[]> {
  const byVariant = new Map<number | null, Numbers>();
  const of = (variant: number | null) => {
    const found = byVariant.get(variant) ?? nothing(variant);
    byVariant.set(variant, found);
    return found;
  };
  for (const [index] of (broadcast.split?.variants ?? []).entries()) of(index + 1);
  if (broadcast.split === null) of(null);
  const [ledger, messages, effects] = await Promise.all([
    countLedger(db, part),
    countMessages(db, part),
    countEffects(db, broadcast, part),
  ]);
  for (const { variant, status, count } of ledger) {
    const numbers = of(variant);
    numbers.recipients += count;
    if (status === "sent" || status === "failed" || status === "skipped") numbers[status] += count;
  }
  for (const { variant, status, count } of messages) {
    const { messages: told } = of(variant);
    // One that was read was delivered too, and sent.
    if (["sent", "delivered", "read"].includes(status)) told.sent += count;
    if (["delivered", "read"].includes(status)) told.delivered += count;
    if (status === "read") told.read += count;
    if (status === "failed" || status === "uncertain") told.failed += count;
    if (status === "queued") told.waiting += count;
  }
  for (const { variant, effect, count } of effects) of(variant)[effect] += count;
  return [...byVariant.values()].sort((a, b) => (a.variant ?? 99) - (b.variant ?? 99));
}

interface Counted {
  readonly variant: number | null;
  readonly status: string;
  readonly count: number;
}

/** Of the recipients `r`. */
const isOfPart = ({ id, after, upTo }: Part) =>
  sql`r.broadcast_id = ${id} and r.contact_id > ${after} and r.contact_id <= ${upTo}`;

async function countLedger(db: Database, part: Part): Promise<Counted[]> {
  const { rows } = await sql<Counted>`select r.variant, r.status, count(*) as count from broadcast_recipients r
    where ${isOfPart(part)} group by 1, 2`.execute(db);
  return rows;
}

async function countMessages(db: Database, part: Part): Promise<Counted[]> {
  const { rows } = await sql<Counted>`select r.variant, m.status, count(*) as count
    from broadcast_recipients r join messages m on m.contact_id = r.contact_id and m.event_id = r.event_id and m.direction = 'out'
    where ${isOfPart(part)} and r.event_id is not null group by 1, 2`.execute(db);
  return rows;
}

interface Effect {
  readonly variant: number | null;
  readonly effect: "clicked" | "replied" | "unsubscribed";
  readonly count: number;
}

async function countEffects(db: Database, broadcast: Broadcast, part: Part): Promise<Effect[]> {
  const within = (moment: RawBuilder<unknown>) =>
    sql`${moment} > r.at and ${moment} <= r.at + make_interval(hours => ${effectHours})`;
  const { rows } = await sql<Effect>`
    select r.variant, case e.kind when 'message' then 'replied' else 'clicked' end as effect, count(distinct r.contact_id) as count
    from broadcast_recipients r join events e on e.contact_id = r.contact_id and e.kind in ('message', 'button', 'link_opened')
      and ${within(sql`e.occurred_at`)} and (e.kind = 'message' or (e.kind = 'button' and ${isOwnPress(broadcast)}) or ${isOwnLink})
    where ${isOfPart(part)} and r.status = 'sent' group by 1, 2
    union all
    select r.variant, 'unsubscribed', count(*) from broadcast_recipients r
      join contacts c on c.id = r.contact_id and ${within(sql`c.opted_out_at`)}
    where ${isOfPart(part)} and r.status = 'sent' group by 1`.execute(db);
  return rows;
}

/** Whether an event `e` is that a page of a message was opened that the recipient `r` got at once. */
const isOwnLink = sql`(e.kind = 'link_opened' and exists (
  select from messages m where m.id = (e.payload ->> 'message')::bigint and m.event_id = r.event_id))`;

/** Whether an event `e` is a press of one of the broadcast's own buttons: by what they carry, or, of a flow, by the flow. */
function isOwnPress({ actions, split }: Broadcast): RawBuilder<unknown> {
  const calls = [{ actions }, ...(split?.variants ?? [])].flatMap(
    (one: Pick<BroadcastVariant, "actions">) => one.actions,
  );
  const payloads = calls.flatMap(({ args }) => payloadsOf(args));
  const flows = calls.flatMap(({ args }) => (typeof args?.flow === "string" ? [args.flow] : []));
  return sql`(e.payload ->> 'payload' = any(${payloads}::text[]) or split_part(e.payload ->> 'payload', ':', 1) = any(${flows}::text[]))`;
}

/** What buttons and quick replies anywhere within carry. */
function payloadsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(payloadsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    name === "payload" && typeof part === "string" ? [part] : payloadsOf(part),
  );
}

/** The variant that did best by what the split asks for, for each that it was sent to; of equals the first. */
export function bestVariant(numbers: readonly VariantNumbers[], by: "clicks" | "replies" | "reads"): number {
  const rate = ({ sent, clicked, replied, messages }: VariantNumbers) =>
    sent === 0 ? 0 : { clicks: clicked, replies: replied, reads: messages.read }[by] / sent;
  const variants = numbers.filter(({ variant }) => variant !== null);
  return variants.reduce((best, one) => (rate(one) > rate(best) ? one : best), variants[0] ?? nothing(1)).variant ?? 1;
}

/** A line of the ledger as a file has it. */
export interface LedgerLine {
  readonly contactId: number;
  readonly cuid: string | null;
  readonly name: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly variant: number | null;
  readonly at: Date | null;
  /** What became of its messages, the worst first. */
  readonly messages: string | null;
  readonly error: string | null;
}

/** By contact, from above `after`. */
export async function listLedger(
  db: Database,
  id: number,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<LedgerLine[]> {
  const { rows } = await sql<LedgerLine>`
    select r.contact_id, c.cuid, coalesce(c.name, nullif(concat_ws(' ', c.first_name, c.last_name), '')) as name, r.status, r.reason,
      r.variant, r.at, m.messages, m.error
    from (select * from broadcast_recipients where broadcast_id = ${id} and contact_id > ${after} order by contact_id limit ${limit}) r
    left join contacts c on c.id = r.contact_id
    left join lateral (
      select string_agg(distinct status, ', ') as messages, string_agg(distinct error, '; ') as error from messages
      where contact_id = r.contact_id and event_id = r.event_id and direction = 'out'
    ) m on r.event_id is not null
    order by r.contact_id`.execute(db);
  return rows;
}
