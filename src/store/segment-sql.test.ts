import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { evaluateCondition } from "../engine/condition.ts";
import { latestChannel } from "../engine/draft.ts";
import { type Comparison, type ConditionGroup, operators } from "../model/condition.ts";
import type { FieldValue } from "../model/field.ts";
import type { BotSnapshot } from "../model/world.ts";
import { createBot } from "./bot-store.ts";
import { loadDealsOf } from "./deal-store.ts";
import { toSearchKey } from "./field-search.ts";
import { createSalesPlan } from "./sales-plan-store.ts";
import { countSegment, isInSegment, listSegmentIds } from "./segment-member-store.ts";
import { compileSegment } from "./segment-sql.ts";
import { loadSnapshot, loadVariables } from "./snapshot-store.ts";
import { createWorkspace } from "./workspace-store.ts";
import { loadContacts } from "./world-store.ts";

const now = Date.UTC(2026, 10, 20, 12);
const texts = [
  "",
  "Ann",
  " ann ",
  "ANN LEE",
  "ann@example.org",
  "+4915112345",
  "5",
  "5.0",
  "Ünal",
  "\u212aim",
  "x\ny",
  "İ",
  "a%b_c",
  "\u00a0\u041c\u043e\u0441\u043a\u0432\u0430 ",
  "\u043c\u043e\u0441\u043a\u0432\u0430",
  "\u03a3\u03a3",
  "\u03c3\u03c2",
  "\u{10400}x",
  `${"long ".repeat(60)}\u{1f600}`,
  `${"LONG ".repeat(60)}\u{1f601}`,
  "2026-11-20",
];
const numbers = [-1, 0, 0.1, 5, 1e21, 3.5];
const instants = [
  "2026-11-19T12:00:00.001Z",
  "2026-11-20T12:00:00Z",
  "2026-11-20",
  "2026-11-21T01:00",
  "1763640000",
  "soon",
];
const fieldKinds = {
  text: "text",
  number: "number",
  boolean: "boolean",
  date: "date",
  datetime: "datetime",
  list: "list",
  json: "json",
};

let database: TestDatabase;
let workspaceId: number;
let botIds: number[];
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  workspaceId = (await createWorkspace(db, { domain: "mine", name: "Mine" })).id;
  const other = await createWorkspace(db, { domain: "other", name: "Other" });
  botIds = [];
  for (const name of ["A", "B"]) botIds.push((await createBot(db, { workspaceId, name })).id);
  const strangers = await createBot(db, { workspaceId: other.id, name: "C" });
  for (const owner of [workspaceId, other.id]) {
    await sql`insert into tags (workspace_id, name) values (${owner}, 'vip'), (${owner}, 'new')`.execute(db);
    await sql`insert into labels (workspace_id, name) values (${owner}, 'hot')`.execute(db);
  }
  for (const [key, kind] of Object.entries(fieldKinds)) {
    await sql`insert into fields (workspace_id, key, name, kind) values (${workspaceId}, ${`f_${key}`}, ${`Field ${key}`}, ${kind})`.execute(
      db,
    );
  }
  await sql`insert into sequences (bot_id, ref, name) values (${botIds[0]}, 's1', 'Warm up'), (${botIds[1]}, 's2', 's1')`.execute(
    db,
  );
  await createSalesPlan(db, workspaceId, { ...aPlan, ref: "p1", name: "Course", currency: "EUR" });
  await createSalesPlan(db, workspaceId, { ...aPlan, ref: "p2", name: "p1", currency: "JPY" });
  await createSalesPlan(db, other.id, { ...aPlan, ref: "p1", name: "Course", currency: "EUR" });
  for (const [seed, contact] of fc.sample(aRow, { numRuns: 120, seed: 7 }).entries()) {
    await insertContact({ ...contact, cuid: `c${seed}` }, workspaceId, botIds[contact.second ? 1 : 0] ?? 0);
  }
  const [stranger] = fc.sample(aRow, { numRuns: 1, seed: 8 });
  if (stranger !== undefined) await insertContact({ ...stranger, cuid: "stranger" }, other.id, strangers.id);
});
beforeAll(async () => {
  known = await readKnown();
});
afterAll(async () => await database.close());

const aPlan = {
  averageCheck: null,
  label: "",
  distribution: "manual" as const,
  managers: [],
  statuses: [
    { ref: "new", name: "New", kind: "open" as const },
    { ref: "won", name: "new", kind: "won" as const },
  ],
};

const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: null });
const aRow = fc.record({
  second: fc.boolean(),
  name: maybe(texts),
  email: maybe(["ann@example.org", "Ann@example.org", "\u212aim@example.org"]),
  phone: maybe(["+4915112345"]),
  zone: maybe(["Pacific/Kiritimati", "Etc/GMT+12"]),
  source: maybe(texts),
  entry: maybe([
    { payload: "p", at: 1, variables: { a: 5 } },
    { payload: "p", link: "l1", at: 1, variables: { a: "Ann" } },
  ]),
  optedOut: maybe([now]),
  inbound: maybe([now, now - 86_400_000, now + 1, now - 86_400_001]),
  tags: fc.subarray(["vip", "new"]),
  labels: fc.subarray(["hot"]),
  sequence: fc.boolean(),
  ended: maybe(["finished", "unsubscribed", "replied"]),
  deals: fc.array(
    fc.record({
      plan: fc.constantFrom("p1", "p2"),
      status: fc.constantFrom("new", "won"),
      sum: fc.constantFrom(0, 10, 500, 350, 100_000),
      currency: fc.constantFrom("EUR", "JPY"),
    }),
    { maxLength: 3 },
  ),
  fields: fc.record(
    {
      text: fc.constantFrom(...texts),
      number: fc.constantFrom(...numbers),
      boolean: fc.boolean(),
      date: fc.constantFrom("2026-11-20", "2026-11-19", "2026-11-21", "2025-11-20"),
      datetime: fc.constantFrom("2026-11-20T12:00:00.000Z", "2026-11-13T11:59:59.999Z"),
      list: fc.constantFrom([], ["Ann"], ["x", 5]),
      json: fc.constantFrom("", { a: 1 }, []),
    },
    { requiredKeys: [] },
  ),
});
type Row = {
  [K in keyof (typeof aRow extends fc.Arbitrary<infer R> ? R : never)]: (typeof aRow extends fc.Arbitrary<infer R>
    ? R
    : never)[K];
};

async function insertContact(row: Row & { cuid: string }, workspace: number, botId: number) {
  const { db } = database;
  const made = await db
    .insertInto("contacts")
    .values({
      workspaceId: workspace,
      botId,
      cuid: row.cuid,
      name: row.name,
      email: row.email,
      phone: row.phone,
      timeZone: row.zone,
      utm: JSON.stringify(row.source === null ? {} : { source: row.source }),
      entry: row.entry === null ? null : JSON.stringify(row.entry),
      optedOutAt: row.optedOut === null ? null : new Date(row.optedOut),
      lastInboundAt: row.inbound === null ? null : new Date(row.inbound),
      createdAt: new Date(now - 86_400_000),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await sql`insert into contact_tags select ${made.id}::bigint, id, now() from tags
    where workspace_id = ${workspace} and name = any(${row.tags}::text[])`.execute(db);
  await sql`insert into contact_labels select ${made.id}::bigint, id, now() from labels
    where workspace_id = ${workspace} and name = any(${row.labels}::text[])`.execute(db);
  for (const [key, value] of Object.entries(row.fields)) {
    await sql`insert into contact_fields select ${made.id}::bigint, id, ${JSON.stringify(value)}::jsonb, now(), ${toSearchKey(value as FieldValue)} from fields
      where workspace_id = ${workspace} and key = ${`f_${key}`}`.execute(db);
  }
  for (const { plan, status, sum, currency } of row.deals) {
    await sql`insert into deals (workspace_id, bot_id, contact_id, plan_id, status_id, title, sum, currency, created_at, changed_at, closed_at)
      select ${workspace}::bigint, ${botId}::bigint, ${made.id}::bigint, p.id, s.id, '', ${sum}::bigint, ${currency}, now(), now(),
        case when s.kind = 'open' then null else now() end
      from sales_plans p join sales_plan_statuses s on s.plan_id = p.id and s.ref = ${status}
      where p.workspace_id = ${workspace} and p.ref = ${plan}`.execute(db);
  }
  if (row.ended !== null) {
    await sql`insert into sequence_ends (contact_id, sequence_id, reason, ended_at, passed)
      select ${made.id}::bigint, id, ${row.ended}, now(), '[]' from sequences where bot_id = ${botId}`.execute(db);
  }
  if (row.sequence) {
    await sql`insert into subscriptions select ${made.id}::bigint, id, now() from sequences where bot_id = ${botId}`.execute(
      db,
    );
  }
}

/** One that fits, nearly always. */
function anOperator({ subject, key = "" }: Pick<Comparison, "subject" | "key">) {
  const kind = key.replace(/^f_/, "");
  if (subject === "field" && Object.hasOwn(operators, kind)) return operators[kind as keyof typeof operators];
  if (subject === "sequence") return operators.subscription;
  if (subject === "tag" || subject === "label") return operators.membership;
  if (subject === "sales_plan") return operators.membership;
  if (subject === "deal_status") return operators.status;
  if (subject === "deal_sum") return operators.number;
  if (subject === "opted_out") return operators.boolean;
  if (subject === "created_at" || subject === "last_inbound_at") return operators.datetime;
  if (subject === "profile" || subject === "utm" || subject === "entry_link") return operators.text;
  return [...new Set(Object.values(operators).flat())];
}
const anOperand = fc.constantFrom<string | number | boolean>(
  ...texts,
  ...numbers,
  ...instants,
  1,
  true,
  "{{ name }}",
  "^A",
);
const aValueOf = (operand: typeof anOperand) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary: operand },
    { weight: 2, arbitrary: fc.array(operand, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom("09:00", "13:00"), fc.constantFrom("12:00", "02:00")) },
  );
const aValue = aValueOf(anOperand);
const aMoment = aValueOf(fc.constantFrom<string | number | boolean>(...instants, 0, 1, "1"));
const aStatus = aValueOf(fc.constantFrom<string | number | boolean>("new", "New", " won ", "none", "{{ 'won' }}", 5));
const aValueFor = (subject: Pick<Comparison, "subject">) => {
  if (subject.subject === "deal_status") return aStatus;
  return isMoment(subject) ? aMoment : aValue;
};
const isMoment = ({ subject }: Pick<Comparison, "subject">) =>
  subject === "created_at" || subject === "last_inbound_at";
const subjects: readonly Pick<Comparison, "subject" | "key">[] = [
  ...Object.keys(fieldKinds).map((key) => ({ subject: "field" as const, key: `f_${key}` })),
  { subject: "field", key: "Field number" },
  { subject: "field", key: "none" },
  { subject: "variable", key: "v" },
  { subject: "entry_variable", key: "a" },
  ...(["name", "email", "phone", "gender"] as const).map((key) => ({ subject: "profile" as const, key })),
  { subject: "utm", key: "source" },
  ...["vip", "new", "none"].map((key) => ({ subject: "tag" as const, key })),
  { subject: "label", key: "hot" },
  ...["p1", "Course", "none"].flatMap((key) =>
    (["sales_plan", "deal_status", "deal_sum"] as const).map((subject) => ({ subject, key })),
  ),
  { subject: "deal_sum", key: "p2" },
  ...["s1", "Warm up", "none"].map((key) => ({ subject: "sequence" as const, key })),
  ...(["channel", "entry_link", "time_of_day", "weekday", "opted_out", "created_at", "last_inbound_at"] as const).map(
    (subject) => ({ subject }),
  ),
];
const aComparisonOf = (some: typeof subjects): fc.Arbitrary<Comparison> =>
  fc
    .constantFrom(...some)
    .chain((subject) =>
      fc
        .tuple(fc.constantFrom<string>(...anOperator(subject), "is"), aValueFor(subject))
        .map(([operator, value]) => ({ ...subject, operator, ...(value === undefined ? {} : { value }) })),
    );
const aComparison = aComparisonOf(subjects);
const { condition: aCondition } = fc.letrec<{ condition: ConditionGroup }>((tie) => ({
  condition: fc.record({
    match: fc.constantFrom("all" as const, "any" as const),
    rules: fc.array(fc.oneof({ weight: 4, arbitrary: aComparison }, tie("condition")), { maxLength: 3 }),
  }),
}));

type Known = Omit<Parameters<typeof evaluateCondition>[1], "now">;
let known: readonly Known[];
async function readKnown(): Promise<Known[]> {
  const { db } = database;
  const rows = await db.selectFrom("contacts").select("id").where("workspaceId", "=", workspaceId).execute();
  const variables = await loadVariables(db, botIds);
  const bots = new Map<number, BotSnapshot>();
  for (const id of botIds) {
    const noFlow = () => {
      throw new Error("these bots have no flows");
    };
    const loaded = await loadSnapshot(db, id, noFlow);
    if (loaded !== undefined) bots.set(id, loaded.snapshot);
  }
  const contacts = await loadContacts(
    db,
    rows.map(({ id }) => id),
  );
  const deals = await loadDealsOf(
    db,
    rows.map(({ id }) => id),
  );
  return contacts.map(({ contact }) => {
    const bot = bots.get(contact.botId);
    if (bot === undefined) throw new Error("a contact without a bot");
    const ofBot = variables.get(contact.botId) ?? {};
    const ofContact = deals.get(contact.id) ?? [];
    return { bot, contact, variables: ofBot, values: {}, channelId: latestChannel(contact), deals: () => ofContact };
  });
}

const engineSays = (condition: ConditionGroup) =>
  known.flatMap((scope) => (evaluateCondition(condition, { ...scope, now }) ? [scope.contact.id] : []));

describe("a segment", () => {
  it("holds for just those of whom the engine says so, each rule alone", async () => {
    await fc.assert(
      fc.asyncProperty(aComparison, async (rule) => {
        const condition: ConditionGroup = { match: "all", rules: [rule] };
        const question = { access: { workspaceId }, condition, now };
        expect(await listSegmentIds(database.db, question, { limit: 1_000 })).toEqual(engineSays(condition));
      }),
      { numRuns: 250 },
    );
  }, 120_000);

  it("holds for just those of whom the engine says so, whatever the groups", async () => {
    await fc.assert(
      fc.asyncProperty(aCondition, async (condition) => {
        const question = { access: { workspaceId }, condition, now };
        const wanted = engineSays(condition);
        expect(await listSegmentIds(database.db, question, { limit: 1_000 })).toEqual(wanted);
        expect(await countSegment(database.db, question)).toBe(wanted.length);
        const [first] = wanted;
        if (first === undefined) return;
        expect(await isInSegment(database.db, question, first)).toBe(true);
        expect(await listSegmentIds(database.db, question, { after: first, limit: 1 })).toEqual(wanted.slice(1, 2));
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it("is the same where what fields are found by was not written", async () => {
    await sql`update contact_fields set search_key = null where contact_id % 2 = 0`.execute(database.db);
    const ofFields = subjects.filter(({ subject }) => subject === "field");
    await fc.assert(
      fc.asyncProperty(aComparisonOf(ofFields), async (rule) => {
        const condition: ConditionGroup = { match: "all", rules: [rule] };
        const question = { access: { workspaceId }, condition, now };
        expect(await listSegmentIds(database.db, question, { limit: 1_000 })).toEqual(engineSays(condition));
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it("is decided by the database alone where memberships and instants are asked for", () => {
    const scope = {
      workspaceId,
      fields: new Map(),
      cleanFields: new Map(),
      tagIds: new Map(),
      labelIds: new Map(),
      sequenceIds: new Map(),
      plans: [],
      now,
    };
    const rules: Comparison[] = [
      { subject: "tag", key: "vip", operator: "has" },
      { subject: "created_at", operator: "before", value: "2026-11-20T12:00:00Z" },
      { subject: "opted_out", operator: "is_false" },
      { subject: "sales_plan", key: "course", operator: "has_not" },
      { subject: "deal_status", key: "course", operator: "in", value: ["paid", "sent"] },
      { subject: "deal_sum", key: "course", operator: "gte", value: 100 },
    ];
    expect(compileSegment({ match: "all", rules }, scope).isExact).toBe(true);
    const zoned: Comparison = { subject: "created_at", operator: "before", value: "2026-11-20" };
    expect(compileSegment({ match: "all", rules: [zoned] }, scope).isExact).toBe(false);
  });
});
