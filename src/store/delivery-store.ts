import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { WebhookEvent } from "../model/webhook.ts";
import type { Database } from "./database.ts";

/** A call that is to be made. */
export interface NewDelivery {
  /** Stays the same however often it is tried. */
  readonly id: string;
  readonly webhookId: number;
  readonly contactId: number;
  readonly eventId: number;
  readonly event: WebhookEvent;
  readonly body: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** `dead`: given up; it can be sent again by hand. */
export const deliveryStatuses = ["waiting", "delivered", "dead"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export interface Delivery {
  readonly id: string;
  readonly place: number;
  readonly webhookId: number;
  readonly contactId: number;
  readonly eventId: number;
  readonly event: string;
  readonly body: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly triedAt: Date | null;
}

/** Those of a webhook that was deleted meanwhile are left out: a batch knows the webhooks as they were a moment ago. */
export async function writeDeliveries(trx: Database, deliveries: readonly NewDelivery[]): Promise<void> {
  const column = <T>(read: (delivery: NewDelivery) => T) => deliveries.map(read);
  await sql`
    with living as (
      select id from webhooks where id = any(${column(({ webhookId }) => webhookId)}::bigint[]) for key share
    )
    insert into webhook_deliveries (id, webhook_id, contact_id, event_id, event, body, created_at)
    select d.id, d.webhook_id, d.contact_id, d.event_id, d.event, d.body, d.created_at
    from unnest(
      ${column(({ id }) => id)}::uuid[], ${column(({ webhookId }) => webhookId)}::bigint[],
      ${column(({ contactId }) => contactId)}::bigint[], ${column(({ eventId }) => eventId)}::bigint[],
      ${column(({ event }) => event)}::text[], ${column(({ body }) => body)}::text[],
      ${column(({ at }) => new Date(at).toISOString())}::timestamptz[]
    ) with ordinality as d (id, webhook_id, contact_id, event_id, event, body, created_at, nth)
    join living on living.id = d.webhook_id
    order by d.nth`.execute(trx);
}

/** Undefined: pruned, or gone with its webhook. */
export async function findDelivery(db: Database, id: string): Promise<Delivery | undefined> {
  return await db.selectFrom("webhookDeliveries").selectAll().where("id", "=", id).executeTakeFirst();
}

/** Newest first, beginning below `before`. */
export async function listDeliveries(
  db: Database,
  webhookId: number,
  filter: { readonly status?: DeliveryStatus | undefined },
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<Delivery[]> {
  return await db
    .selectFrom("webhookDeliveries")
    .selectAll()
    .where("webhookId", "=", webhookId)
    .$if(filter.status !== undefined, (rows) => rows.where("status", "=", filter.status ?? "waiting"))
    .$if(page.before !== undefined, (rows) => rows.where("place", "<", page.before ?? 0))
    .orderBy("place", "desc")
    .limit(page.limit)
    .execute();
}

/** Throws `webhook.delivery_not_found`. */
export async function requireDelivery(db: Database, webhookId: number, id: string): Promise<Delivery> {
  const found = await findDelivery(db, id);
  if (found?.webhookId !== webhookId) {
    throw new AppError("webhook.delivery_not_found", say`the webhook has no delivery ${{ id }}`);
  }
  return found;
}

/** Longer than the longest pause between two tries: who waits for so long has lost the job that would try it. */
const lostAfterMs = 24 * 3_600_000;

/** Makes dead ones wait again, the oldest after `after` (a place) first, at most `limit`. Answers them in their order. `at`: Unix milliseconds. */
export async function reviveDeliveries(
  trx: Database,
  webhookId: number,
  page: { readonly after: number; readonly limit: number },
  at: number,
): Promise<Delivery[]> {
  const revived = await trx
    .updateTable("webhookDeliveries")
    .set(waitingAnew(at))
    .where("status", "=", "dead")
    .where("place", "in", (eb) =>
      eb
        .selectFrom("webhookDeliveries")
        .select("place")
        .where("webhookId", "=", webhookId)
        .where("status", "=", "dead")
        .where("place", ">", page.after)
        .orderBy("place")
        .limit(page.limit),
    )
    .returningAll()
    .execute();
  return revived.sort((a, b) => a.place - b.place);
}

const waitingAnew = (at: number) => ({ status: "waiting", attempts: 0, triedAt: new Date(at) }) as const;

/** Makes it wait again, with all its attempts before it. `at`: Unix milliseconds. Throws `webhook.delivery_not_found`, `webhook.delivery_waiting`. */
export async function reviveDelivery(trx: Database, webhookId: number, id: string, at: number): Promise<Delivery> {
  await requireDelivery(trx, webhookId, id);
  const revived = await trx
    .updateTable("webhookDeliveries")
    .set(waitingAnew(at))
    .where("id", "=", id)
    .where((eb) =>
      eb.or([
        eb("status", "!=", "waiting"),
        eb(eb.fn.coalesce("triedAt", "createdAt"), "<", new Date(at - lostAfterMs)),
      ]),
    )
    .returningAll()
    .executeTakeFirst();
  if (revived === undefined) throw new AppError("webhook.delivery_waiting", say`the delivery is still being tried`);
  return revived;
}

/** Notes what came of an attempt, on the delivery and on its webhook. */
export async function noteAttempt(
  trx: Database,
  { id, webhookId }: Pick<Delivery, "id" | "webhookId">,
  attempt: {
    readonly status: DeliveryStatus;
    readonly attempts: number;
    readonly lastStatus: number | null;
    readonly lastError: string | null;
    readonly at: Date;
  },
): Promise<void> {
  const { at, lastError, ...rest } = attempt;
  await trx
    .updateTable("webhookDeliveries")
    .set({ ...rest, lastError, triedAt: at })
    .where("id", "=", id)
    .execute();
  // Most often nothing is said that was not said before: no row is written then.
  const webhook = trx.updateTable("webhooks").where("id", "=", webhookId);
  if (lastError === null) await webhook.set({ error: null, errorAt: null }).where("error", "is not", null).execute();
  else await webhook.set({ error: lastError, errorAt: at }).execute();
}

/** Deletes what is older than so many days: nothing is tried for so long. Returns how many. */
export async function pruneDeliveries(db: Database, keepDays: number): Promise<number> {
  const gone = await db
    .deleteFrom("webhookDeliveries")
    .where("createdAt", "<", sql<Date>`now() - make_interval(days => ${keepDays})`)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** Gives the deliveries about a contact to another. What they say stays as it was. */
export async function moveDeliveries(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("webhookDeliveries").set({ contactId: to }).where("contactId", "=", from).execute();
}
