import { type SqlBool, sql } from "kysely";
import { byKeyAndName } from "../engine/by-key-and-name.ts";
import { asksForDeals, evaluateCondition } from "../engine/condition.ts";
import { latestChannel } from "../engine/draft.ts";
import type { PublishedFlow } from "../engine/prepare-flow.ts";
import type { ConditionGroup } from "../model/condition.ts";
import type { Contact } from "../model/contact.ts";
import type { FieldValue } from "../model/field.ts";
import type { PreparedFlow } from "../model/flow.ts";
import type { Deal } from "../model/sales-plan.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { Database } from "./database.ts";
import { loadDealsOf } from "./deal-store.ts";
import { findCleanFields } from "./field-search.ts";
import { listFields } from "./field-store.ts";
import { listSalesPlans } from "./sales-plan-store.ts";
import { matchesSearch } from "./search-sql.ts";
import { partsNeededBy } from "./segment-needs.ts";
import type { SegmentSql } from "./segment-parts.ts";
import { compileSegment, fieldsAskedFor, namesAskedFor } from "./segment-sql.ts";
import { loadSnapshot, loadVariables } from "./snapshot-store.ts";
import type { Access } from "./workspace-store.ts";
import { type ContactParts, loadContacts } from "./world-store.ts";

/** Who is asked about (a workspace's contacts or one bot's), what, and when (Unix milliseconds). */
export interface SegmentQuestion {
  readonly access: Access;
  readonly condition: ConditionGroup;
  /** What they are called, or a part of it. */
  readonly search?: string | undefined;
  readonly now: number;
}

/** How many contacts are read at once where the engine has to be asked. */
const pieceSize = 1_000;

/** How many contacts the condition holds for. */
export async function countSegment(db: Database, question: SegmentQuestion): Promise<number> {
  const compiled = await compile(db, question);
  const row = await candidates(db, question, compiled)
    .select(sql<number>`count(*)`.as("count"))
    .where(compiled.isExact ? sql<SqlBool>`true` : compiled.holds)
    .executeTakeFirst();
  let count = row?.count ?? 0;
  if (compiled.isExact) return count;
  const judge = createJudge(db, question);
  for (let after = 0; ; ) {
    const ids = await candidates(db, question, compiled)
      .select("contacts.id")
      .where(sql<SqlBool>`(${compiled.holds}) is null`)
      .where("contacts.id", ">", after)
      .orderBy("contacts.id")
      .limit(pieceSize)
      .execute();
    count += (await judge(ids.map(({ id }) => id))).size;
    const last = ids.at(-1);
    if (last === undefined || ids.length < pieceSize) return count;
    after = last.id;
  }
}

/** Ids of contacts for whom the condition holds, rising, beginning after id `after`. */
export async function listSegmentIds(
  db: Database,
  question: SegmentQuestion,
  { after = 0, limit }: { readonly after?: number | undefined; readonly limit: number },
): Promise<number[]> {
  const compiled = await compile(db, question);
  const judge = createJudge(db, question);
  const found: number[] = [];
  for (let from = after; ; ) {
    const rows = await candidates(db, question, compiled)
      .select(["contacts.id", sayHolds(compiled)])
      .where("contacts.id", ">", from)
      .orderBy("contacts.id")
      .limit(compiled.isExact ? limit : pieceSize)
      .execute();
    const judged = await judge(rows.flatMap(({ id, holds }) => (holds === null ? [id] : [])));
    found.push(...rows.flatMap(({ id, holds }) => (holds === true || judged.has(id) ? [id] : [])));
    const last = rows.at(-1);
    if (last === undefined || compiled.isExact || found.length >= limit || rows.length < pieceSize) break;
    from = last.id;
  }
  return found.slice(0, limit);
}

/** Whether the condition holds for one contact. The contact has to be one that `question.access` may see. */
export async function isInSegment(db: Database, question: SegmentQuestion, contactId: number): Promise<boolean> {
  return (await createJudge(db, question)([contactId])).has(contactId);
}

export async function compile(db: Database, { access, condition, now }: SegmentQuestion): Promise<SegmentSql> {
  const fields = byKeyAndName(await listFields(db, access.workspaceId));
  const plans = asksForDeals(condition) ? await listSalesPlans(db, access.workspaceId) : [];
  const names = namesAskedFor(condition);
  const [cleanFields, tagIds, labelIds, sequenceIds] = await Promise.all([
    findCleanFields(db, fieldsAskedFor(condition, fields)),
    findIds(db, "tags", access.workspaceId, names.tag),
    findIds(db, "labels", access.workspaceId, names.label),
    findSequenceIds(db, access.workspaceId, names.sequence),
  ]);
  return compileSegment(condition, {
    workspaceId: access.workspaceId,
    fields,
    cleanFields,
    tagIds,
    labelIds,
    sequenceIds,
    plans,
    now,
  });
}

/** Ids by name. */
async function findIds(db: Database, table: "tags" | "labels", workspaceId: number, names: readonly string[]) {
  if (names.length === 0) return new Map<string, number>();
  const rows = await db
    .selectFrom(table)
    .select(["id", "name"])
    .where("workspaceId", "=", workspaceId)
    .where("name", "in", names)
    .execute();
  return new Map(rows.map(({ id, name }) => [name, id]));
}

async function findSequenceIds(db: Database, workspaceId: number, keys: readonly string[]) {
  if (keys.length === 0) return new Map<string, number[]>();
  const rows = await db
    .selectFrom("sequences")
    .innerJoin("bots", "bots.id", "sequences.botId")
    .select(["sequences.id", "sequences.ref", "sequences.name"])
    .where("bots.workspaceId", "=", workspaceId)
    .where((eb) => eb.or([eb("sequences.ref", "in", keys), eb("sequences.name", "in", keys)]))
    .execute();
  return new Map(
    keys.map((key) => [key, rows.filter(({ ref, name }) => ref === key || name === key).map(({ id }) => id)]),
  );
}

/** Whether everything holds for everybody. */
export function asksForAll({ condition, search }: SegmentQuestion): boolean {
  const isAll = ({ match, rules }: ConditionGroup): boolean =>
    match === "all" && rules.every((rule) => "rules" in rule && isAll(rule));
  return search === undefined && isAll(condition);
}

/** A column of candidates: true, false, or null: ask the engine. What decides alone has decided already; asked again beside each row it would gather all members first (1.8 s of half a million). */
export function sayHolds({ holds, isExact }: SegmentSql) {
  return (isExact ? sql<boolean | null>`true` : sql<boolean | null>`${holds}`).as("holds");
}

/** Contacts for whom it may hold. */
export function candidates(db: Database, { access, search }: SegmentQuestion, { could }: SegmentSql) {
  const { workspaceId, botId } = access;
  const contacts = db
    .selectFrom("contacts")
    .where("contacts.workspaceId", "=", workspaceId)
    .where(could)
    .$if(search !== undefined, (all) => all.where(matchesSearch(search ?? "", workspaceId)));
  return botId === undefined ? contacts : contacts.where("contacts.botId", "=", botId);
}

/** Those of the given contacts for whom the condition holds, as the engine says it. */
type Judge = (ids: readonly number[]) => Promise<ReadonlySet<number>>;

interface BotView {
  readonly bot: BotSnapshot;
  readonly variables: Readonly<Record<string, FieldValue>>;
}

export function createJudge(db: Database, { access, condition, now }: SegmentQuestion): Judge {
  let parts: Promise<ContactParts | undefined> | undefined;
  const views = new Map<number, BotView | undefined>();
  const viewOf = async (botId: number) => {
    if (!views.has(botId)) views.set(botId, await loadView(db, botId));
    return views.get(botId);
  };
  const holds = async (contact: Contact, deals: readonly Deal[]) => {
    const view = await viewOf(contact.botId);
    if (view === undefined) return false;
    const channelId = latestChannel(contact);
    return evaluateCondition(condition, { ...view, contact, values: {}, now, channelId, deals: () => deals });
  };
  return async (ids) => {
    const held = new Set<number>();
    if (ids.length === 0) return held;
    const deals = asksForDeals(condition) ? await loadDealsOf(db, ids) : new Map<number, readonly Deal[]>();
    parts ??= listFields(db, access.workspaceId).then((fields) => partsNeededBy(condition, byKeyAndName(fields)));
    for (const { contact } of await loadContacts(db, ids, await parts)) {
      if (await holds(contact, deals.get(contact.id) ?? [])) held.add(contact.id);
    }
    return held;
  };
}

async function loadView(db: Database, botId: number): Promise<BotView | undefined> {
  const loaded = await loadSnapshot(db, botId, withoutSteps);
  const variables = (await loadVariables(db, [botId])).get(botId) ?? {};
  return loaded === undefined ? undefined : { bot: loaded.snapshot, variables };
}

/** Conditions look at no flow. */
function withoutSteps({ id, ref, name, version }: PublishedFlow): PreparedFlow {
  return { id, ref, name, version, start: undefined, triggers: [], steps: new Map() };
}
