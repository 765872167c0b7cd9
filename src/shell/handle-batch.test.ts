import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noon } from "../../test/builders.ts";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import {
  fieldKinds,
  flowDocument,
  flowRefs,
  happening,
  sequenceRefs,
  shopCall,
  stocks,
  tagNames,
  variableKinds,
} from "../../test/random-flows.ts";
import { aShop, type Shop, testClock } from "../../test/shell.ts";
import type { Happening } from "../model/event.ts";
import type { FieldKind } from "../model/field.ts";
import type { FlowDocument } from "../model/flow.ts";
import type { Fact } from "../model/outcome.ts";
import { advance, preparePublishedFlow } from "../steps/advance.ts";
import { findCart } from "../store/cart-store.ts";
import { listOrders } from "../store/order-store.ts";
import { createProduct, listProducts } from "../store/product-store.ts";
import { loadVariables } from "../store/snapshot-store.ts";
import { loadContacts } from "../store/world-store.ts";
import { type BatchDependencies, handleBatch } from "./handle-batch.ts";
import { createSnapshots } from "./snapshots.ts";
import type { Arrival } from "./submission.ts";

interface Arriving {
  readonly person: string;
  readonly happening: Happening;
  readonly source: "channel" | "api";
  /** Milliseconds since the one before. */
  readonly after: number;
  /** Whether a batch ends with it. */
  readonly cut: boolean;
  /** Whether it is the one before, delivered once more. */
  readonly isAgain: boolean;
}

const arriving = fc.record({
  person: fc.constantFrom("ann", "bob", "eve"),
  happening: fc.oneof(
    { weight: 6, arbitrary: happening },
    { weight: 2, arbitrary: fc.nat(12).map((index): Happening => ({ kind: "timer", positionId: `${index + 1}-0` })) },
  ),
  source: fc.constantFrom("channel" as const, "api" as const),
  after: fc.constantFrom(1, 60_000, 7_200_000),
  cut: fc.boolean(),
  isAgain: fc.boolean(),
});

const story = fc.record({
  flows: fc.array(flowDocument, { minLength: 2, maxLength: 2 }),
  arrivals: fc.array(arriving, { minLength: 1, maxLength: 16 }),
});

const shopping = fc.array(
  fc.record({
    person: fc.constantFrom("ann", "bob"),
    happening: fc
      .array(shopCall, { minLength: 1, maxLength: 3 })
      .map((actions): Happening => ({ kind: "actions", actions })),
    source: fc.constant("api" as const),
    after: fc.constant(1000),
    cut: fc.constantFrom(false, false, true),
    isAgain: fc.constant(false),
  }),
  { minLength: 2, maxLength: 10, size: "max" },
);

let database: TestDatabase;
let dependencies: BatchDependencies;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const definitions = (kinds: Readonly<Record<string, FieldKind>>) =>
  Object.entries(kinds).map(([key, kind]) => ({ key, name: key, kind }));

/** A split goes by the contact's cuid, which is drawn anew in every run: here it has one way only. */
const withOneWay = (document: FlowDocument): FlowDocument => ({
  ...document,
  steps: document.steps.map((step) =>
    step.kind === "split"
      ? {
          ...step,
          config: {
            branches: [
              { id: "b1", weight: 0 },
              { id: "b2", weight: 1 },
            ],
          },
        }
      : step,
  ),
});

/** Handles the arrivals over a bot of their own; what is then in the database. `whole`: in batches as they are cut, or one by one. */
async function run(flows: readonly FlowDocument[], arrivals: readonly Arriving[], whole: boolean) {
  const { db } = database;
  await db.deleteFrom("events").execute();
  await db.deleteFrom("messages").execute();
  const shop = await aShop(
    { database, clock: testClock() },
    {
      tags: [tagNames[0]],
      fields: definitions(fieldKinds),
      variables: definitions(variableKinds),
      sequences: sequenceRefs.map((ref) => ({ ref, name: ref })),
    },
  );
  const variants = Object.entries(stocks).map(([sku, stock]) => aVariant({ sku, stock }));
  await createProduct(db, shop.workspaceId, { ...aProduct, variants });
  // Not checked: what cannot run has to end visibly.
  for (const [index, document] of flows.entries())
    await insertPublished(shop, flowRefs[index] ?? "", withOneWay(document));
  dependencies = {
    advance,
    snapshots: createSnapshots(preparePublishedFlow),
    isPullChannel: () => false,
    enqueueJobs: async () => {},
    moveJobs: async () => {},
    leaseOwner: () => null,
    planDepartures: () => () => undefined,
  };
  try {
    for (const batch of batchesOf(shop, arrivals, whole)) {
      await database.transact((trx) => handleBatch(trx, batch, dependencies));
    }
    return await stateOf(shop);
  } finally {
    await db.deleteFrom("workspaces").where("id", "=", shop.workspaceId).execute();
  }
}

/** Ids that are drawn anew in every run. */
function withoutIds(fact: Fact): Fact {
  if ("channelId" in fact) return { ...fact, channelId: 0 };
  return "order" in fact ? { ...fact, order: 0 } : fact;
}

const texts = { name: "", description: "", imageUrl: null, active: true };
const aProduct = { ...texts, name: "Drinks" };
const aVariant = (own: { readonly sku: string; readonly stock: number | null }) => ({
  ...{ ...texts, ...own },
  ...{ price: 250, comparePrice: null, currency: "EUR" },
});

async function insertPublished(shop: Shop, ref: string, document: FlowDocument): Promise<void> {
  const { db } = database;
  const { id } = await db
    .insertInto("flows")
    .values({ botId: shop.botId, ref, name: ref, draft: JSON.stringify(document), publishedVersion: 1 })
    .returning("id")
    .executeTakeFirstOrThrow();
  const version = { flowId: id, version: 1, document: JSON.stringify(document) };
  await db.insertInto("flowVersions").values(version).execute();
}

function batchesOf(shop: Shop, arrivals: readonly Arriving[], whole: boolean): Arrival[][] {
  let at = noon;
  const batches: Arrival[][] = [[]];
  for (const [index, arrival] of arrivals.entries()) {
    const { after, cut, isAgain } = arrival;
    at += after;
    // A platform delivers the same event again now and then.
    const origin = isAgain && index > 0 ? index - 1 : index;
    const { person, happening: what, source } = arrivals[origin] ?? arrival;
    const submission = { ...shop.from(person, what, String(origin)), source };
    batches.at(-1)?.push({ submission, eventId: index + 1, at, seed: index * 31 });
    if (cut || !whole) batches.push([]);
  }
  return batches.filter((batch) => batch.length > 0);
}

async function stateOf(shop: Shop) {
  const { db } = database;
  const identities = await db
    .selectFrom("identities")
    .select(["contactId", "externalId"])
    .where("channelId", "=", shop.channelId)
    .execute();
  const personOf = new Map(identities.map(({ contactId, externalId }) => [contactId, externalId]));
  const loaded = await loadContacts(db, [...personOf.keys()]);
  const contacts = loaded.map(
    ({ contact: { id, cuid, botId, createdAt, tags, labels, sequences, positions, ...rest } }) => ({
      ...rest,
      identities: rest.identities.map(({ externalId, status, lastInboundAt }) => ({
        externalId,
        status,
        lastInboundAt,
      })),
      tags: [...tags].sort(),
      labels: [...labels].sort(),
      sequences: [...sequences].sort(),
      positions: positions.map(({ channelId, ...position }) => position),
    }),
  );
  const messages = await db.selectFrom("messages").selectAll().orderBy("eventId").orderBy("ordinal").execute();
  const events = await db.selectFrom("events").selectAll().orderBy("id").execute();
  const notes = await db
    .selectFrom("notes")
    .select(["contactId", "text", "createdAt"])
    .orderBy("createdAt")
    .orderBy("id")
    .execute();
  return {
    contacts: contacts.sort((a, b) =>
      (a.identities[0]?.externalId ?? "").localeCompare(b.identities[0]?.externalId ?? ""),
    ),
    variables: (await loadVariables(db, [shop.botId])).get(shop.botId),
    messages: messages.map(
      ({ contactId, direction, eventId, ordinal, content, status, flowRef, stepRef, createdAt }) => ({
        person: personOf.get(contactId),
        ...{ direction, eventId, ordinal, content, status, flowRef, stepRef, createdAt },
      }),
    ),
    events: events.map(({ id, contactId, kind, facts, failed }) => ({
      ...{ id, kind, failed },
      person: personOf.get(contactId),
      facts: facts.map((fact) => withoutIds(fact)),
    })),
    orders: (await listOrders(db, { workspaceId: shop.workspaceId }, {}, { limit: 1000 })).map(
      ({ contactId, status, total, lines, details, createdAt }) => ({
        ...{ person: personOf.get(contactId), status, total, details, createdAt },
        lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
      }),
    ),
    carts: await Promise.all(
      [...personOf]
        .sort(([, a], [, b]) => a.localeCompare(b))
        .map(async ([id, person]) => {
          const cart = await findCart(db, id);
          return { ...cart, person, lines: cart?.lines.map(({ sku, quantity }) => ({ sku, quantity })) };
        }),
    ),
    stock: (await listProducts(db, shop.workspaceId, {}, { limit: 1 }))[0]?.variants.map(({ sku, stock }) => ({
      sku,
      stock,
    })),
    notes: notes.map(({ contactId, ...note }) => ({ ...note, person: personOf.get(contactId) })),
  };
}

describe("events in batches, however they are cut", () => {
  // Before the other, which may leave a run behind when its time is up.
  it("leave the same behind as one by one where nothing but the shop is asked for", async () => {
    await fc.assert(
      fc.asyncProperty(shopping, async (arrivals) => {
        expect(await run([], arrivals, true)).toEqual(await run([], arrivals, false));
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it("leave the same behind as one by one: contacts, positions, variables, messages, history", async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ flows, arrivals }) => {
        const together = await run(flows, arrivals, true);
        const apart = await run(flows, arrivals, false);
        expect(together).toEqual(apart);
      }),
      { numRuns: 40, interruptAfterTimeLimit: 15_000 },
    );
  }, 60_000);
});
