import { type RawBuilder, sql } from "kysely";
import type { Contact } from "../model/contact.ts";
import type { SequenceEnd } from "../model/sequence.ts";
import type { Batch } from "./batch.ts";
import type { Database } from "./database.ts";

/** Subscriptions that began and ended in a batch, set-based: a tick ends many at once. */
export async function writeSubscriptions(trx: Database, { contacts }: Batch): Promise<void> {
  const rows = contacts.flatMap(({ before, after, bot, at }) => {
    if (after.sequences === before.sequences && after.pastSequences === before.pastSequences) return [];
    return [{ contact: after.id, bot: bot.id, at, before, after }];
  });
  if (rows.length === 0) return;
  const refs = (list: readonly string[], other: readonly string[]) => list.filter((ref) => !other.includes(ref));
  const gone = rows.flatMap(({ contact, bot, before, after }) =>
    refs(before.sequences, after.sequences).map((ref) => ({ contact, bot, ref })),
  );
  const added = rows.flatMap(({ contact, bot, at, before, after }) =>
    refs(after.sequences, before.sequences).map((ref) => ({ contact, bot, ref, at })),
  );
  const past = ({ pastSequences = {} }: Contact) => pastSequences;
  const forgotten = rows.flatMap(({ contact, bot, before, after }) =>
    refs(Object.keys(past(before)), Object.keys(past(after))).map((ref) => ({ contact, bot, ref })),
  );
  const ended = rows.flatMap(({ contact, bot, before, after }) =>
    Object.entries(past(after))
      .filter(([ref, end]) => past(before)[ref] !== end)
      .map(([ref, end]) => ({ contact, bot, ref, ...end })),
  );
  const json = (list: readonly unknown[]) => sql`${JSON.stringify(list)}::json`;
  await sql`/* prepare */
    with gone as (
      delete from subscriptions su using json_to_recordset(${json(gone)}) as g(contact bigint, bot bigint, ref text)
        join sequences s on s.bot_id = g.bot and s.ref = g.ref
      where su.contact_id = g.contact and su.sequence_id = s.id
    ), added as (
      insert into subscriptions (contact_id, sequence_id, subscribed_at)
      select n.contact, s.id, to_timestamp(n.at / 1000.0)
      from json_to_recordset(${json(added)}) as n(contact bigint, bot bigint, ref text, at bigint)
        join sequences s on s.bot_id = n.bot and s.ref = n.ref
      on conflict do nothing
    ), forgotten as (
      delete from sequence_ends e using json_to_recordset(${json(forgotten)}) as g(contact bigint, bot bigint, ref text)
        join sequences s on s.bot_id = g.bot and s.ref = g.ref
      where e.contact_id = g.contact and e.sequence_id = s.id
    )
    insert into sequence_ends (contact_id, sequence_id, reason, ended_at, passed, next_step)
    select n.contact, s.id, n."end", to_timestamp(n.at / 1000.0), n.passed, n.next
    from json_to_recordset(${json(ended)}) as n(contact bigint, bot bigint, ref text, "end" text, at bigint, passed jsonb, next text)
      join sequences s on s.bot_id = n.bot and s.ref = n.ref
    on conflict (contact_id, sequence_id) do update set reason = excluded.reason, ended_at = excluded.ended_at,
      passed = excluded.passed, next_step = excluded.next_step`.execute(trx.withoutPlugins());
}

/** The next so many who are subscribed, by id. */
export async function listSubscriberIds(
  db: Database,
  sequenceId: number,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<number[]> {
  const rows = await db
    .selectFrom("subscriptions")
    .select("contactId")
    .where("sequenceId", "=", sequenceId)
    .where("contactId", ">", after)
    .orderBy("contactId")
    .limit(limit)
    .execute();
  return rows.map(({ contactId }) => contactId);
}

/** Somebody who is subscribed, and what they wait for. */
export interface Subscriber {
  readonly contactId: number;
  readonly name: string | null;
  readonly subscribedAt: Date;
  /** Ref of the step that is waited for; null: there is none yet. */
  readonly step: string | null;
  /** How many steps they are through. */
  readonly passed: number;
  /** When the wait began, and when it ends. */
  readonly since: Date | null;
  readonly dueAt: Date | null;
}

/** By id, from behind `after`; `step`: those who wait for it. */
export async function listSubscribers(
  db: Database,
  { id, ref }: { readonly id: number; readonly ref: string },
  { step, after = 0, limit }: { readonly step?: string | undefined; readonly after?: number; readonly limit: number },
): Promise<Subscriber[]> {
  const asked = step === undefined ? sql`true` : sql`p.step = ${step}`;
  const from: RawBuilder<unknown> =
    step === undefined
      ? sql`subscriptions su`
      : sql`positions w join subscriptions su on su.contact_id = w.contact_id and w.step_kind = 'sequence'
          and w.step_ref = ${ref} and w.state ->> 'next' = ${step} and w.contact_id > ${after}`;
  const { rows } = await sql<Subscriber>`
    select su.contact_id as "contactId",
      coalesce(c.name, nullif(concat_ws(' ', c.first_name, c.last_name), ''), c.email, c.phone) as name,
      su.subscribed_at as "subscribedAt", p.step, coalesce(p.passed, 0) as passed, p.since, p.wake_at as "dueAt"
    from ${from}
    join contacts c on c.id = su.contact_id
    left join lateral (
      select p.state ->> 'next' as step, jsonb_array_length(p.state -> 'passed') as passed,
        to_timestamp((p.state ->> 'since')::bigint / 1000.0) as since, p.wake_at
      from positions p where p.contact_id = su.contact_id and p.step_kind = 'sequence' and p.step_ref = ${ref} limit 1
    ) p on true
    where su.sequence_id = ${id} and su.contact_id > ${after} and ${asked}
    order by su.contact_id limit ${limit}`.execute(db);
  return rows;
}

/** How many wait for each step at this moment. */
export async function countSequenceWaits(
  db: Database,
  ref: string,
): Promise<readonly { readonly step: string; readonly count: number }[]> {
  const { rows } = await sql<{ step: string; count: number }>`
    select state ->> 'next' as step, count(*)::int as count from positions
    where step_kind = 'sequence' and step_ref = ${ref} and state ->> 'next' is not null group by 1`.execute(db);
  return rows;
}

/** How many are subscribed, and how many subscriptions ended since then, by what ended them. */
export async function countSubscriptions(
  db: Database,
  sequenceId: number,
  since: Date,
): Promise<{ readonly subscribed: number } & { readonly [K in SequenceEnd]: number }> {
  const { rows } = await sql<{ end: SequenceEnd; count: number }>`
    select reason as "end", count(*)::int as count from sequence_ends
    where sequence_id = ${sequenceId} and ended_at >= ${since} group by 1`.execute(db);
  const subscribed = await db
    .selectFrom("subscriptions")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("sequenceId", "=", sequenceId)
    .executeTakeFirst();
  const ends = Object.fromEntries(rows.map(({ end, count }) => [end, count]));
  return { finished: 0, unsubscribed: 0, replied: 0, ...ends, subscribed: Number(subscribed?.count ?? 0) };
}

export async function moveSubscriptions(trx: Database, from: number, to: number): Promise<void> {
  await sql`insert into subscriptions (contact_id, sequence_id, subscribed_at)
    select ${to}, sequence_id, subscribed_at from subscriptions where contact_id = ${from}
    on conflict do nothing`.execute(trx);
  await trx.deleteFrom("subscriptions").where("contactId", "=", from).execute();
}

/** The primary's own end of a sequence stays; what goes on with either of them is put right by the batch that asked. */
export async function moveSequenceEnds(trx: Database, from: number, to: number): Promise<void> {
  await sql`insert into sequence_ends (contact_id, sequence_id, reason, ended_at, passed, next_step)
    select ${to}, sequence_id, reason, ended_at, passed, next_step from sequence_ends where contact_id = ${from}
    on conflict do nothing`.execute(trx);
  await trx.deleteFrom("sequenceEnds").where("contactId", "=", from).execute();
}
