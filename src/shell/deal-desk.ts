import { withDeal } from "../engine/deal-context.ts";
import type { DealNeeds } from "../engine/must-read.ts";
import type { Deal, DealChanges, DealView, PlanState } from "../model/sales-plan.ts";
import type { Database } from "../store/database.ts";
import { deleteDeals, loadDeal, loadDeals, takeDealIds, type WrittenDeal, writeDeals } from "../store/deal-store.ts";
import { loadPlanState, lockSalesPlans, writeTurns } from "../store/sales-plan-store.ts";
import type { ShopOwner } from "./shop-desk.ts";

/** One contact's deals, as far as this batch has read them. */
interface Folder {
  readonly workspaceId: number;
  deals: readonly Deal[] | undefined;
  others: ReadonlyMap<number, Deal | null>;
}

const untouched: DealView = { others: new Map(), plans: new Map(), dealIds: [] };

/** Reads of deals and plans what the decisions of one batch ask for, keeps what they change, and writes that at the end. */
export function createDealDesk(trx: Database) {
  const folders = new Map<number, Folder>();
  const plans = new Map<number, Map<number, PlanState | null>>();
  const written = new Map<number, WrittenDeal>();
  const removed = new Set<number>();
  const turns = new Map<number, number>();
  let dealIds: readonly number[] = [];

  function folderOf({ contactId, workspaceId }: ShopOwner): Folder {
    const folder = folders.get(contactId) ?? { workspaceId, deals: undefined, others: new Map() };
    folders.set(contactId, folder);
    return folder;
  }

  async function lockPlans(workspaceId: number): Promise<Map<number, PlanState | null>> {
    const known = plans.get(workspaceId);
    if (known !== undefined) return known;
    await lockSalesPlans(trx, workspaceId);
    const states = new Map<number, PlanState | null>();
    plans.set(workspaceId, states);
    // What was read before the lock may be gone with its plan, or closed with its status.
    for (const [contactId, folder] of folders) if (folder.workspaceId === workspaceId) folders.delete(contactId);
    return states;
  }

  /** What this batch has decided is not written yet. */
  function withDecided(contactId: number, found: readonly Deal[]): readonly Deal[] {
    const own = [...written.values()].filter((deal) => deal.contactId === contactId);
    const rest = found.filter(({ id }) => !removed.has(id) && !written.has(id));
    return [...own, ...rest].sort((a, b) => b.id - a.id);
  }

  return {
    /** What decisions over this contact know so far. */
    viewOf({ contactId, workspaceId }: ShopOwner): DealView {
      const [folder, states] = [folders.get(contactId), plans.get(workspaceId)];
      if (folder === undefined && states === undefined && dealIds.length === 0) return untouched;
      return {
        deals: folder?.deals,
        others: folder?.others ?? untouched.others,
        plans: states ?? untouched.plans,
        dealIds,
      };
    },

    /** Reads what a decision asked for, so that the next view holds it. */
    async read(owner: ShopOwner, { deals, deal, plan, dealIds: wanted = 0 }: DealNeeds): Promise<void> {
      if (plan !== undefined) {
        const states = await lockPlans(owner.workspaceId);
        if (!states.has(plan)) states.set(plan, await loadPlanState(trx, owner.workspaceId, plan));
      }
      const folder = folderOf(owner);
      if (deals === true && folder.deals === undefined) {
        folder.deals = withDecided(owner.contactId, await loadDeals(trx, owner.contactId));
      }
      if (deal !== undefined && !folder.others.has(deal)) {
        const decided = written.get(deal);
        const isOwn = decided?.contactId === owner.contactId;
        const found = isOwn ? decided : removed.has(deal) ? null : await loadDeal(trx, owner.contactId, deal);
        folder.others = new Map(folder.others).set(deal, found);
      }
      const lacking = wanted - dealIds.length;
      if (lacking > 0) dealIds = [...dealIds, ...(await takeDealIds(trx, lacking))];
    },

    /** Takes over what a decision changed. */
    keep(owner: ShopOwner, changes: DealChanges): void {
      dealIds = dealIds.slice(changes.dealIdsTaken);
      const folder = folderOf(owner);
      for (const [id, deal] of changes.deals) {
        Object.assign(folder, withDeal(folder, id, deal ?? undefined));
        if (deal === null) {
          written.delete(id);
          removed.add(id);
        } else written.set(id, { ...deal, ...owner });
      }
      for (const [id, state] of changes.plans) {
        plans.get(owner.workspaceId)?.set(id, state);
        if (state.lastManager !== undefined) turns.set(id, state.lastManager);
      }
    },

    /** One statement each for deals and turns; none where nothing was changed. */
    async write(): Promise<void> {
      await writeDeals(trx, [...written.values()]);
      await deleteDeals(trx, [...removed]);
      await writeTurns(trx, turns);
    },
  };
}
