import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Order, OrderStatus } from "../model/shop.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** An order with whose it is. */
export interface StoredOrder extends Order {
  readonly contactId: number;
  readonly botId: number;
}

/** What a list of orders can be narrowed by; everything given has to hold. */
export interface OrderFilter {
  readonly contact?: number | undefined;
  readonly statuses?: readonly OrderStatus[] | undefined;
  readonly createdFrom?: Date | undefined;
  /** Not itself. */
  readonly createdTo?: Date | undefined;
}

/** How an order is read: with the contact's and the bot's ids. */
const columns = [
  "id",
  "contactId",
  "botId",
  "status",
  "currency",
  "lines",
  "total",
  "details",
  "createdAt",
  "updatedAt",
] as const;

function toOrder<Row extends { readonly createdAt: Date; readonly updatedAt: Date }>(row: Row) {
  return { ...row, createdAt: row.createdAt.getTime(), updatedAt: row.updatedAt.getTime() };
}

function visibleOrders(db: Database, { workspaceId, botId }: Access) {
  const orders = db.selectFrom("orders").select(columns).where("workspaceId", "=", workspaceId);
  return botId === undefined ? orders : orders.where("botId", "=", botId);
}

/** A page of orders, newest first: those below id `before`, without the first `skip` (doors whose lists have page numbers). */
export async function listOrders(
  db: Database,
  access: Access,
  filter: OrderFilter,
  page: { readonly before?: number | undefined; readonly skip?: number; readonly limit: number },
): Promise<StoredOrder[]> {
  const rows = await foundOrders(db, access, filter)
    .$if(page.before !== undefined, (orders) => orders.where("id", "<", page.before ?? 0))
    .orderBy("id", "desc")
    .limit(page.limit)
    .offset(page.skip ?? 0)
    .execute();
  return rows.map(toOrder);
}

/** How many there are in all. */
export async function countOrders(db: Database, access: Access, filter: OrderFilter): Promise<number> {
  const { count } = await foundOrders(db, access, filter)
    .clearSelect()
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function foundOrders(db: Database, access: Access, { contact, statuses, createdFrom, createdTo }: OrderFilter) {
  return visibleOrders(db, access)
    .$if(contact !== undefined, (orders) => orders.where("contactId", "=", contact ?? 0))
    .$if(statuses !== undefined, (orders) => orders.where("status", "in", statuses ?? []))
    .$if(createdFrom !== undefined, (orders) => orders.where("createdAt", ">=", createdFrom ?? new Date(0)))
    .$if(createdTo !== undefined, (orders) => orders.where("createdAt", "<", createdTo ?? new Date(0)));
}

/** Throws `order.not_found`. */
export async function requireOrder(db: Database, access: Access, id: number): Promise<StoredOrder> {
  const row = await visibleOrders(db, access).where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new AppError("order.not_found", say`there is no order ${{ id }}`);
  return toOrder(row);
}

/** One contact's orders as the engine sees them: one by id, or the latest. */
export async function loadOrders(
  db: Database,
  contactId: number,
  which: { readonly id: number } | { readonly latest: number },
): Promise<Order[]> {
  const rows = await db
    .selectFrom("orders")
    .select(["id", "status", "currency", "lines", "total", "details", "createdAt", "updatedAt"])
    .where("contactId", "=", contactId)
    .$if("id" in which, (orders) => orders.where("id", "=", "id" in which ? which.id : 0))
    .orderBy("id", "desc")
    .limit("latest" in which ? which.latest : 1)
    .execute();
  return rows.map(toOrder);
}

/** Ids that no order has or will have but the caller's. */
export async function takeOrderIds(db: Database, count: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('orders', 'id')) as id from generate_series(1, ${count}::integer)`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Stores orders, made or changed; the contacts' rows are locked by the caller. */
export async function writeOrders(
  trx: Database,
  orders: readonly (StoredOrder & { readonly workspaceId: number })[],
): Promise<void> {
  if (orders.length === 0) return;
  await sql`/* prepare */
    insert into orders (id, workspace_id, bot_id, contact_id, status, currency, lines, total, details, created_at, updated_at)
    select o.id, o."workspaceId", o."botId", o."contactId", o.status, o.currency, o.lines, o.total, o.details,
      to_timestamp(o."createdAt" / 1000.0), to_timestamp(o."updatedAt" / 1000.0)
    from json_to_recordset(${JSON.stringify(orders)}::json) as o(id bigint, "workspaceId" bigint, "botId" bigint,
      "contactId" bigint, status text, currency text, lines jsonb, total bigint, details jsonb, "createdAt" bigint,
      "updatedAt" bigint)
    on conflict (id) do update set status = excluded.status, lines = excluded.lines, total = excluded.total,
      details = excluded.details, updated_at = excluded.updated_at`.execute(trx);
}

/** Gives a contact's orders to another. */
export async function moveOrders(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("orders").set({ contactId: to }).where("contactId", "=", from).execute();
}
