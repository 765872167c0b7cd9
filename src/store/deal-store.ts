import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import type { Deal } from "../model/sales-plan.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** A deal with whose it is, for lists. */
export interface StoredDeal extends Deal {
  readonly contactId: number;
  readonly botId: number;
  readonly planRef: string;
  readonly contactName: string | null;
}

/** What a list of deals can be narrowed by; everything given has to hold. */
export interface DealFilter {
  /** Id of a plan. */
  readonly plan?: number | undefined;
  /** Refs of statuses. */
  readonly statuses?: readonly string[] | undefined;
  /** null: nobody's. */
  readonly manager?: number | null | undefined;
  readonly contact?: number | undefined;
  readonly open?: boolean | undefined;
}

interface DealRow {
  readonly id: number;
  readonly plan: number;
  readonly status: string;
  readonly title: string;
  readonly sum: number;
  readonly currency: string;
  readonly manager: number | null;
  readonly note: string;
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly closedAt: Date | null;
}

function toDeal<Row extends DealRow>({ manager, closedAt, createdAt, changedAt, ...rest }: Row) {
  return {
    ...rest,
    ...(manager === null ? {} : { manager }),
    createdAt: createdAt.getTime(),
    changedAt: changedAt.getTime(),
    ...(closedAt === null ? {} : { closedAt: closedAt.getTime() }),
  };
}

const columns = [
  "deals.id",
  "deals.planId as plan",
  "salesPlanStatuses.ref as status",
  "deals.title",
  "deals.sum",
  "deals.currency",
  "deals.managerId as manager",
  "deals.note",
  "deals.createdAt",
  "deals.changedAt",
  "deals.closedAt",
] as const;

function dealsWithStatus(db: Database) {
  return db.selectFrom("deals").innerJoin("salesPlanStatuses", "salesPlanStatuses.id", "deals.statusId");
}

function visibleDeals(db: Database, { workspaceId, botId }: Access) {
  return dealsWithStatus(db)
    .innerJoin("salesPlans", "salesPlans.id", "deals.planId")
    .innerJoin("contacts", "contacts.id", "deals.contactId")
    .select(columns)
    .select(["deals.contactId", "deals.botId", "salesPlans.ref as planRef"])
    .select(
      sql<string | null>`coalesce(contacts.name, nullif(concat_ws(' ', contacts.first_name, contacts.last_name), ''),
        contacts.email, contacts.phone)`.as("contactName"),
    )
    .where("deals.workspaceId", "=", workspaceId)
    .$if(botId !== undefined, (deals) => deals.where("deals.botId", "=", botId ?? 0));
}

/** A page of deals, newest first: those below id `before`. */
export async function listDeals(
  db: Database,
  access: Access,
  { plan, statuses, manager, contact, open }: DealFilter,
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<StoredDeal[]> {
  const rows = await visibleDeals(db, access)
    .$if(plan !== undefined, (deals) => deals.where("deals.planId", "=", plan ?? 0))
    .$if(statuses !== undefined, (deals) => deals.where("salesPlanStatuses.ref", "in", statuses ?? []))
    .$if(manager !== undefined, (deals) =>
      deals.where("deals.managerId", manager === null ? "is" : "=", manager ?? null),
    )
    .$if(contact !== undefined, (deals) => deals.where("deals.contactId", "=", contact ?? 0))
    .$if(open !== undefined, (deals) => deals.where("deals.closedAt", open === true ? "is" : "is not", null))
    .$if(page.before !== undefined, (deals) => deals.where("deals.id", "<", page.before ?? 0))
    .orderBy("deals.id", "desc")
    .limit(page.limit)
    .execute();
  return rows.map(toDeal);
}

export async function findDeal(db: Database, access: Access, id: number): Promise<StoredDeal | undefined> {
  const row = await visibleDeals(db, access).where("deals.id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : toDeal(row);
}

/** Throws `deal.not_found`. */
export async function requireDeal(db: Database, access: Access, id: number): Promise<StoredDeal> {
  const deal = await findDeal(db, access, id);
  if (deal === undefined) throw new AppError("deal.not_found", say`there is no deal ${{ id }}`);
  return deal;
}

/** What the deals of one status and currency come to. */
export interface DealSum {
  readonly status: string;
  readonly currency: string;
  readonly count: number;
  /** Minor units; exact below 2^53. */
  readonly sum: number;
}

/** How many deals each status of a plan holds, and what they are worth. */
export async function sumDeals(
  db: Database,
  { workspaceId, botId }: Access,
  plan: number,
  { manager }: Pick<DealFilter, "manager">,
): Promise<DealSum[]> {
  const rows = await dealsWithStatus(db)
    .select((eb) => [
      "salesPlanStatuses.ref as status",
      "deals.currency",
      eb.fn.countAll<number>().as("count"),
      sql<number>`sum(deals.sum)::float8`.as("sum"),
    ])
    .where("deals.workspaceId", "=", workspaceId)
    .where("deals.planId", "=", plan)
    .$if(botId !== undefined, (deals) => deals.where("deals.botId", "=", botId ?? 0))
    .$if(manager !== undefined, (deals) =>
      deals.where("deals.managerId", manager === null ? "is" : "=", manager ?? null),
    )
    .groupBy(["salesPlanStatuses.ref", "deals.currency"])
    .orderBy("deals.currency")
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/** A list of a contact's deals for an action holds so many at most; open ones are always in it. */
const mostDeals = 150;

/** A contact's deals as the engine sees them: all open ones and the newest of the others, newest first. */
export async function loadDeals(db: Database, contactId: number): Promise<Deal[]> {
  const rows = await dealsWithStatus(db)
    .select(columns)
    .where("deals.contactId", "=", contactId)
    .orderBy(sql`deals.closed_at is null`, "desc")
    .orderBy("deals.id", "desc")
    .limit(mostDeals)
    .execute();
  return rows.map(toDeal).sort((a, b) => b.id - a.id);
}

/** One of a contact's; null: it has no such deal. */
export async function loadDeal(db: Database, contactId: number, id: number): Promise<Deal | null> {
  const rows = dealsWithStatus(db).select(columns).where("deals.contactId", "=", contactId).where("deals.id", "=", id);
  const row = await rows.executeTakeFirst();
  return row === undefined ? null : toDeal(row);
}

/** All deals of these contacts, by contact. */
export async function loadDealsOf(db: Database, contactIds: readonly number[]): Promise<ReadonlyMap<number, Deal[]>> {
  const byContact = new Map<number, Deal[]>(contactIds.map((id) => [id, []]));
  if (contactIds.length === 0) return byContact;
  const rows = await dealsWithStatus(db)
    .select(columns)
    .select("deals.contactId")
    .where("deals.contactId", "in", contactIds)
    .orderBy("deals.id", "desc")
    .execute();
  for (const { contactId, ...row } of rows) byContact.get(contactId)?.push(toDeal(row));
  return byContact;
}

/** Labels of the plans in which these contacts have open deals, by contact. */
export async function listDealLabels(
  db: Database,
  contactIds: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (contactIds.length === 0) return new Map();
  const { rows } = await sql<{ contactId: number; labels: string[] }>`
    select d.contact_id, json_agg(p.label order by p.id) as labels
    from (select distinct contact_id, plan_id from deals where closed_at is null and contact_id = any(${contactIds}::bigint[])) d
    join sales_plans p on p.id = d.plan_id where p.label <> '' group by d.contact_id`.execute(db);
  return new Map(rows.map(({ contactId, labels }) => [contactId, labels]));
}

/** Ids that no deal has or will have but the caller's. */
export async function takeDealIds(db: Database, count: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select nextval(pg_get_serial_sequence('deals', 'id')) as id from generate_series(1, ${count}::integer)`.execute(db);
  return rows.map(({ id }) => id);
}

export type WrittenDeal = Deal & { readonly contactId: number; readonly botId: number; readonly workspaceId: number };

/** Stores deals, made or changed; the contacts' rows and the workspaces' plans are locked by the caller. */
export async function writeDeals(trx: Database, deals: readonly WrittenDeal[]): Promise<void> {
  if (deals.length === 0) return;
  // A member may have left since the decision read who there is: held here, it cannot go before the row names it.
  await sql`/* prepare */
    with held as (select id from members where id = any(${deals.map(({ manager = 0 }) => manager)}::bigint[]) for key share)
    insert into deals (id, workspace_id, bot_id, contact_id, plan_id, status_id, title, sum, currency, manager_id, note,
      created_at, changed_at, closed_at)
    select d.id, d."workspaceId", d."botId", d."contactId", d.plan, s.id, d.title, d.sum, d.currency, held.id, d.note,
      to_timestamp(d."createdAt" / 1000.0), to_timestamp(d."changedAt" / 1000.0), to_timestamp(d."closedAt" / 1000.0)
    from json_to_recordset(${JSON.stringify(deals)}::json) as d(id bigint, "workspaceId" bigint, "botId" bigint,
      "contactId" bigint, plan bigint, status text, title text, sum bigint, currency text, manager bigint, note text,
      "createdAt" bigint, "changedAt" bigint, "closedAt" bigint)
    join sales_plan_statuses s on s.plan_id = d.plan and s.ref = d.status
    left join held on held.id = d.manager
    on conflict (id) do update set status_id = excluded.status_id, title = excluded.title, sum = excluded.sum,
      currency = excluded.currency, manager_id = excluded.manager_id, note = excluded.note,
      changed_at = excluded.changed_at, closed_at = excluded.closed_at`.execute(trx);
}

export async function deleteDeals(trx: Database, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await trx.deleteFrom("deals").where("id", "in", ids).execute();
}

/** Gives a contact's deals to another. */
export async function moveDeals(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("deals").set({ contactId: to }).where("contactId", "=", from).execute();
}
