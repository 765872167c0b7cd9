import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import type { DealStatus, DealStatusKind, Distribution, PlanState, SalesPlan } from "../model/sales-plan.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { createRef } from "./ref.ts";
import { lockStock } from "./variant-store.ts";
import { bumpRevision } from "./workspace-store.ts";

/** A status as people give it; one without a known ref is new. */
export interface StatusValues {
  readonly ref?: string | undefined;
  readonly name: string;
  readonly kind: DealStatusKind;
}

export interface PlanValues {
  readonly name: string;
  readonly currency: string;
  readonly averageCheck: number | null;
  readonly label: string;
  readonly distribution: Distribution;
  /** In their order. */
  readonly statuses: readonly StatusValues[];
  readonly managers: readonly number[];
}

/** Keys that are absent or undefined stay as they are. */
export type PlanChange = { readonly [K in keyof PlanValues]?: PlanValues[K] | undefined };

type PlanRow = Omit<SalesPlan, "averageCheck"> & {
  readonly averageCheck: number | null;
  readonly lastManagerId: number | null;
};

/**
 * Until the transaction ends nobody else changes the workspace's plans, or gives them deals: a decision counts on the statuses and the turns that it has read. It is the very lock of the
 * stock: of two locks, one process would take them in this order and another in that.
 */
export async function lockSalesPlans(trx: Database, workspaceId: number): Promise<void> {
  await lockStock(trx, workspaceId);
}

/** In the order in which they were made. */
export async function listSalesPlans(db: Database, workspaceId: number): Promise<SalesPlan[]> {
  return (await readPlans(db, workspaceId)).map(toPlan);
}

/** Throws `sales_plan.not_found`. */
export async function requireSalesPlan(db: Database, workspaceId: number, ref: string): Promise<SalesPlan> {
  const plan = (await listSalesPlans(db, workspaceId)).find((other) => other.ref === ref);
  if (plan === undefined) throw new AppError("sales_plan.not_found", say`there is no sales plan "${{ ref }}"`);
  return plan;
}

async function readPlans(db: Database, workspaceId: number): Promise<PlanRow[]> {
  const { rows } = await sql<PlanRow>`
    select p.id, p.ref, p.name, p.currency, p.average_check, p.label, p.distribution, p.last_manager_id,
      (select coalesce(json_agg(json_build_object('ref', s.ref, 'name', s.name, 'kind', s.kind) order by s.place, s.id), '[]')
        from sales_plan_statuses s where s.plan_id = p.id) as statuses,
      (select coalesce(json_agg(m.member_id order by m.place, m.member_id), '[]')
        from sales_plan_managers m where m.plan_id = p.id) as managers
    from sales_plans p where p.workspace_id = ${workspaceId} order by p.id`.execute(db);
  return rows;
}

function toPlan({ lastManagerId: _turn, averageCheck, ...plan }: PlanRow): SalesPlan {
  return averageCheck === null ? plan : { ...plan, averageCheck };
}

/** A plan with whose turn it is and who has how many open deals; null: it is gone. The caller holds the lock. */
export async function loadPlanState(trx: Database, workspaceId: number, planId: number): Promise<PlanState | null> {
  const row = (await readPlans(trx, workspaceId)).find(({ id }) => id === planId);
  if (row === undefined) return null;
  const counts = await trx
    .selectFrom("deals")
    .select((eb) => ["managerId", eb.fn.countAll<number>().as("count")])
    .where("planId", "=", planId)
    .where("closedAt", "is", null)
    .where("managerId", "is not", null)
    .groupBy("managerId")
    .execute();
  return {
    plan: toPlan(row),
    openDeals: new Map(counts.map(({ managerId, count }) => [managerId ?? 0, Number(count)])),
    lastManager: row.lastManagerId ?? undefined,
  };
}

/** Remembers who got a deal last, by plan. */
export async function writeTurns(trx: Database, turns: ReadonlyMap<number, number>): Promise<void> {
  if (turns.size === 0) return;
  await sql`update sales_plans p set last_manager_id = t.manager
    from unnest(${[...turns.keys()]}::bigint[], ${[...turns.values()]}::bigint[]) as t (plan, manager)
    where p.id = t.plan`.execute(trx);
}

/** Throws `sales_plan.ref_taken`, `sales_plan.name_taken`, `member.not_found`. */
export async function createSalesPlan(
  trx: Database,
  workspaceId: number,
  { ref = createRef(), statuses, managers, ...values }: PlanValues & { readonly ref?: string | undefined },
): Promise<SalesPlan> {
  await lockSalesPlans(trx, workspaceId);
  const there = await listSalesPlans(trx, workspaceId);
  if (there.some((plan) => plan.ref === ref))
    throw new AppError("sales_plan.ref_taken", say`the ref "${{ ref }}" is taken`);
  requireFreeName(there, values.name);
  await requireMembers(trx, workspaceId, managers);
  const { id } = await trx
    .insertInto("salesPlans")
    .values({ ...values, ref, workspaceId })
    .returning("id")
    .executeTakeFirstOrThrow();
  await writeStatuses(trx, id, [], statuses);
  await writeManagers(trx, id, managers);
  await bumpRevision(trx, workspaceId);
  return await requireSalesPlan(trx, workspaceId, ref);
}

/**
 * Statuses that stay (by ref) keep their deals, whatever their name and place; their deals are open or closed as the status then is. One that is left out has to be empty. Throws `sales_plan.not_found`,
 * `sales_plan.name_taken`, `sales_plan.status_in_use`, `member.not_found`.
 */
export async function changeSalesPlan(
  trx: Database,
  workspaceId: number,
  ref: string,
  { statuses, managers, ...values }: PlanChange,
): Promise<SalesPlan> {
  await lockSalesPlans(trx, workspaceId);
  const plan = await requireSalesPlan(trx, workspaceId, ref);
  if (values.name !== undefined && values.name !== plan.name) {
    requireFreeName(await listSalesPlans(trx, workspaceId), values.name);
  }
  const given = Object.values(values).some((value) => value !== undefined);
  if (given) await trx.updateTable("salesPlans").set(values).where("id", "=", plan.id).execute();
  if (statuses !== undefined) await writeStatuses(trx, plan.id, plan.statuses, statuses);
  if (managers !== undefined) {
    await requireMembers(trx, workspaceId, managers);
    await writeManagers(trx, plan.id, managers);
  }
  await bumpRevision(trx, workspaceId);
  return await requireSalesPlan(trx, workspaceId, ref);
}

/** Throws `sales_plan.not_found`, and `sales_plan.has_deals` where it has some that are not to be deleted with it. */
export async function deleteSalesPlan(
  trx: Database,
  workspaceId: number,
  ref: string,
  { withDeals }: { readonly withDeals: boolean },
): Promise<void> {
  await lockSalesPlans(trx, workspaceId);
  const { id, name } = await requireSalesPlan(trx, workspaceId, ref);
  const deals = await countDealsOf(trx, { planId: id });
  if (deals > 0 && !withDeals) {
    throw new AppError(
      "sales_plan.has_deals",
      say`"${{ name }}" has ${{ deals }} deals; move them, or say that they are to be deleted with it`,
      { details: { deals } },
    );
  }
  await trx.deleteFrom("deals").where("planId", "=", id).execute();
  await trx.deleteFrom("salesPlans").where("id", "=", id).execute();
  await bumpRevision(trx, workspaceId);
}

function requireFreeName(plans: readonly SalesPlan[], name: string): void {
  if (plans.some((plan) => plan.name === name)) {
    throw new AppError("sales_plan.name_taken", say`there is already a sales plan "${{ name }}"`);
  }
}

async function requireMembers(trx: Database, workspaceId: number, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const known = await trx
    .selectFrom("members")
    .select("id")
    .where("workspaceId", "=", workspaceId)
    .where("id", "in", ids)
    .execute();
  const missing = ids.find((id) => known.every((member) => member.id !== id));
  if (missing !== undefined) throw new AppError("member.not_found", say`there is no member ${{ missing }}`);
}

async function countDealsOf(
  trx: Database,
  { planId, status }: { readonly planId: number; readonly status?: string },
): Promise<number> {
  const { count } = await trx
    .selectFrom("deals")
    .innerJoin("salesPlanStatuses", "salesPlanStatuses.id", "deals.statusId")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("deals.planId", "=", planId)
    .$if(status !== undefined, (deals) => deals.where("salesPlanStatuses.ref", "=", status ?? ""))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function writeStatuses(
  trx: Database,
  planId: number,
  before: readonly DealStatus[],
  after: readonly StatusValues[],
): Promise<void> {
  for (const { ref, name } of before.filter((old) => after.every((status) => status.ref !== old.ref))) {
    const deals = await countDealsOf(trx, { planId, status: ref });
    if (deals > 0) {
      const sentence = say`the status "${{ name }}" has ${{ deals }} deals; move them to another first`;
      throw new AppError("sales_plan.status_in_use", sentence, { details: { status: ref, deals } });
    }
    await trx.deleteFrom("salesPlanStatuses").where("planId", "=", planId).where("ref", "=", ref).execute();
  }
  for (const [place, { ref = createRef(), name, kind }] of after.entries()) {
    await trx
      .insertInto("salesPlanStatuses")
      .values({ planId, ref, name, kind, place })
      .onConflict((conflict) => conflict.columns(["planId", "ref"]).doUpdateSet({ name, kind, place }))
      .execute();
    const old = before.find((status) => status.ref === ref);
    if (old !== undefined && old.kind !== kind) await followKind(trx, planId, ref, kind);
  }
}

/** The deals of a status are open as it is; those that were won before it was lost keep their time. */
async function followKind(trx: Database, planId: number, ref: string, kind: DealStatusKind): Promise<void> {
  await sql`update deals d set closed_at = case when ${kind === "open"}::boolean then null else coalesce(d.closed_at, now()) end
    from sales_plan_statuses s
    where s.plan_id = ${planId} and s.ref = ${ref} and d.status_id = s.id`.execute(trx);
}

async function writeManagers(trx: Database, planId: number, managers: readonly number[]): Promise<void> {
  await trx.deleteFrom("salesPlanManagers").where("planId", "=", planId).execute();
  if (managers.length === 0) return;
  const rows = managers.map((memberId, place) => ({ planId, memberId, place }));
  await trx.insertInto("salesPlanManagers").values(rows).execute();
}
