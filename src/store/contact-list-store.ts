import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "./database.ts";
import { matchesPlainly } from "./search-sql.ts";
import { candidates, compile, createJudge, type SegmentQuestion } from "./segment-member-store.ts";
import type { SegmentSql } from "./segment-sql.ts";

/** Orders that an index serves. When a contact last wrote has none: every message would have to change it. */
export const contactOrders = ["newest", "oldest", "name"] as const;
export type ContactOrder = (typeof contactOrders)[number];

/** Where a page ends. `name` counts in that order alone. */
export interface ContactPlace {
  readonly id: number;
  readonly name: string;
}

/** What the index `contacts_named` holds. */
const named = sql<string>`lower(coalesce(contacts.name, contacts.email, contacts.phone, U&'\\+10FFFF'))`;

const orders: Readonly<
  Record<ContactOrder, { readonly by: RawBuilder<unknown>; after(place: ContactPlace): RawBuilder<SqlBool> }>
> = {
  newest: { by: sql`contacts.id desc`, after: ({ id }) => sql`contacts.id < ${id}` },
  oldest: { by: sql`contacts.id`, after: ({ id }) => sql`contacts.id > ${id}` },
  name: {
    by: sql`${named}, contacts.id`,
    after: ({ id, name }) => sql`(${named}, contacts.id) > (${name}, ${id}::bigint)`,
  },
};

/** How many contacts are read at once where the engine has to be asked. */
const pieceSize = 1_000;
/** How many contacts a search looks at before it asks the index, and at most where some of the first ones had it. */
const nearSize = 2_000;
const farSize = 40_000;
const everybody: SegmentSql = { holds: sql<SqlBool>`true`, could: sql<SqlBool>`true`, isExact: true };

interface Page {
  readonly order: ContactOrder;
  readonly after?: ContactPlace | undefined;
  readonly limit: number;
}

/** Contacts for whom it holds, in the order wanted, from after a place. */
export async function listContactPlaces(db: Database, question: SegmentQuestion, page: Page): Promise<ContactPlace[]> {
  const { order, limit } = page;
  const compiled = await compile(db, question);
  if (question.search !== undefined && compiled.isExact) {
    const near = await lookNear(db, question, page, compiled, nearSize);
    if (near.length === limit) return near;
    const worthAnother = near.length === 0 ? 0 : Math.ceil((1.5 * nearSize * limit) / near.length);
    if (worthAnother > 0 && worthAnother <= farSize) {
      const further = await lookNear(db, question, page, compiled, worthAnother);
      if (further.length === limit) return further;
    }
  }
  const judge = createJudge(db, question);
  const found: ContactPlace[] = [];
  for (let after = page.after; ; ) {
    const rows = await candidates(db, question, compiled)
      .select(["contacts.id", named.as("name"), sql<boolean | null>`${compiled.holds}`.as("holds")])
      .$if(after !== undefined, (all) => all.where(orders[order].after(after ?? { id: 0, name: "" })))
      .orderBy(orders[order].by)
      .limit(compiled.isExact ? limit : pieceSize)
      .execute();
    const judged = await judge(rows.flatMap(({ id, holds }) => (holds === null ? [id] : [])));
    found.push(...rows.flatMap(({ id, name, holds }) => (holds === true || judged.has(id) ? [{ id, name }] : [])));
    const last = rows.at(-1);
    if (last === undefined || compiled.isExact || found.length >= limit || rows.length < pieceSize) break;
    after = last;
  }
  return found.slice(0, limit);
}

/**
 * What a search finds among the next contacts in the order. A piece that many have ("iva", in Russia) is found there at once, where the index would have to gather all who have it first: 19 ms instead of
 * 1.1 s at 1,000,000 contacts.
 */
async function lookNear(
  db: Database,
  { search = "", ...question }: SegmentQuestion,
  { order, after, limit }: Page,
  compiled: SegmentSql,
  size: number,
): Promise<ContactPlace[]> {
  const next = (rows: ReturnType<typeof candidates>) =>
    rows
      .$if(after !== undefined, (all) => all.where(orders[order].after(after ?? { id: 0, name: "" })))
      .orderBy(orders[order].by);
  const near = next(candidates(db, { ...question, search: undefined }, everybody))
    .select("contacts.id")
    .limit(size);
  return await next(candidates(db, { ...question, search: undefined }, compiled))
    .select(["contacts.id", named.as("name")])
    .where("contacts.id", "in", near)
    .where(matchesPlainly(search))
    .limit(limit)
    .execute();
}

/** A part of a count. */
export interface CountPart {
  readonly count: number;
  /** The id up to which contacts were looked at; undefined: all were. */
  readonly upTo: number | undefined;
  /** How much of the whole is done, 0 to 1. */
  readonly share: number;
}

/**
 * How many contacts it holds for, counted for about so long, from above id `after`. Where the database can tell alone it is one part; else the engine is asked about each, and whoever wants the whole
 * asks again from where it stopped.
 */
export async function countContactPart(
  db: Database,
  question: SegmentQuestion,
  { after, forMs }: { readonly after: number; readonly forMs: number },
): Promise<CountPart> {
  const compiled = await compile(db, question);
  const rows = candidates(db, question, compiled);
  if (compiled.isExact) {
    const { count } = await rows.select(sql<number>`count(*)`.as("count")).executeTakeFirstOrThrow();
    return { count: Number(count), upTo: undefined, share: 1 };
  }
  const judge = createJudge(db, question);
  const end = performance.now() + forMs;
  let count = 0;
  for (let upTo = after; ; ) {
    const piece = await rows
      .select(["contacts.id", sql<boolean | null>`${compiled.holds}`.as("holds")])
      .where("contacts.id", ">", upTo)
      .orderBy("contacts.id")
      .limit(pieceSize)
      .execute();
    const judged = await judge(piece.flatMap(({ id, holds }) => (holds === null ? [id] : [])));
    count += piece.filter(({ holds }) => holds === true).length + judged.size;
    const last = piece.at(-1);
    if (last === undefined || piece.length < pieceSize) return { count, upTo: undefined, share: 1 };
    upTo = last.id;
    if (performance.now() > end) return { count, upTo, share: upTo / (await highestId(db, question)) };
  }
}

async function highestId(db: Database, { access }: SegmentQuestion): Promise<number> {
  const row = await db
    .selectFrom("contacts")
    .select(({ fn }) => fn.max("id").as("id"))
    .where("workspaceId", "=", access.workspaceId)
    .executeTakeFirst();
  return Math.max(1, row?.id ?? 1);
}
