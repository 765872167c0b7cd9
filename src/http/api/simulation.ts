import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import type { BotSnapshot } from "../../model/world.ts";
import { preparePublishedFlow } from "../../steps/advance.ts";
import { requireBot } from "../../store/bot-store.ts";
import { findCart } from "../../store/cart-store.ts";
import { requireContact, requireContactId } from "../../store/contact-store.ts";
import { loadDeals } from "../../store/deal-store.ts";
import { loadOrders } from "../../store/order-store.ts";
import { loadPublishedFlows, loadSnapshot, loadVariables } from "../../store/snapshot-store.ts";
import { findVariants } from "../../store/variant-store.ts";
import { requireScope } from "../auth.ts";
import { botParams } from "../contract/bots.ts";
import { contactParams } from "../contract/contacts.ts";
import {
  type BotSnapshotBody,
  botSnapshotSchema,
  contactGoodsSchema,
  contactSnapshotSchema,
  variantKeysSchema,
  variantSnapshotsSchema,
} from "../contract/simulation.ts";
import { type ApiResource, route } from "./route.ts";

/** Of a contact's orders a simulator knows the newest: those that somebody may still change. */
const mostOrders = 500;

/** What a simulator needs to decide as the server would. */
export const simulationResource: ApiResource = (app, { db }) => {
  app.get(
    "/bots/:bot/snapshot",
    route(
      {
        id: "getBotSnapshot",
        tag: "Flows",
        scope: "flows:read",
        summary: "A bot as its flows see it: what is published, and every name that a flow can use",
        description: "Needs `settings:read` as well: variables and members are in it.",
      },
      { params: botParams },
      botSnapshotSchema,
    ),
    async ({ caller, params }) => {
      requireScope(caller, "settings:read");
      const { id } = await requireBot(db, caller, params.bot);
      const loaded = await loadSnapshot(db, id, preparePublishedFlow);
      if (loaded === undefined) throw new AppError("bot.not_found", say`there is no bot "${{ idOrRef: params.bot }}"`);
      const values = (await loadVariables(db, [id])).get(id) ?? {};
      return { ...presentSnapshot(loaded.snapshot, values), flows: await loadPublishedFlows(db, id) };
    },
  );
  app.get(
    "/contacts/:id/snapshot",
    route(
      {
        id: "getContactSnapshot",
        tag: "Contacts",
        scope: "contacts:read",
        summary: "A contact as flows see it, with its positions",
      },
      { params: contactParams },
      contactSnapshotSchema,
    ),
    async ({ caller, params }) => await requireContact(db, caller, params.id),
  );
  app.get(
    "/contacts/:id/goods",
    route(
      {
        id: "getContactGoods",
        tag: "Contacts",
        scope: "contacts:read",
        summary: "A contact's cart, orders and deals as flows see them",
      },
      { params: contactParams },
      contactGoodsSchema,
    ),
    async ({ caller, params }) => {
      const id = await requireContactId(db, caller, params.id);
      const orders = await loadOrders(db, id, { latest: mostOrders });
      const deals = await loadDeals(db, id);
      return { cart: (await findCart(db, id)) ?? null, orders: orders.toReversed(), deals: deals.toReversed() };
    },
  );
  // Asked as flows come to them: a workspace may sell more than a page can hold.
  app.post(
    "/variants/snapshots",
    route(
      {
        id: "getVariantSnapshots",
        tag: "Products",
        scope: "settings:read",
        summary: "Variants as flows see them, by what flows call them; nothing is changed",
      },
      { body: variantKeysSchema },
      variantSnapshotsSchema,
    ),
    async ({ caller, body }) => {
      const found = await findVariants(db, caller.workspaceId, body.keys);
      return { data: body.keys.map((key) => found.get(key) ?? null) };
    },
  );
};

function presentSnapshot(
  bot: BotSnapshot,
  values: Readonly<Record<string, BotSnapshotBody["variables"][number]["value"]>>,
): Omit<BotSnapshotBody, "flows"> {
  const { id, ref, name, workspaceId, timeZone } = bot;
  // Found by key and by name, each is there twice.
  const fields = [...new Set(bot.fields.values())];
  const variables = [...new Set(bot.variableDefinitions.values())];
  return {
    id,
    ref,
    name,
    workspaceId,
    timeZone,
    tags: [...bot.tags],
    labels: [...bot.labels],
    fields: [...fields],
    variables: variables.map((definition) => ({ ...definition, value: values[definition.key] ?? null })),
    sequences: Array.from(bot.sequences.values(), (sequence) => ({
      ...sequence,
      steps: sequence.steps.filter((step) => step.isRemoved !== true),
    })),
    entryLinks: Array.from(bot.entryLinks.values(), (link) => ({
      ref: link.ref,
      name: link.name,
      flow: link.flow ?? null,
      step: link.step ?? null,
      data: (link.data ?? null) as BotSnapshotBody["entryLinks"][number]["data"],
    })),
    members: Array.from(bot.memberEmails, ([email, member]) => ({
      id: member,
      name: bot.members.get(member) ?? "",
      email,
    })),
    closingNotes: Array.from(bot.closingNotes.values(), (note) => ({
      id: note.id,
      name: note.name,
      requireSummary: note.requireSummary,
      requireAttachment: note.requireAttachment,
    })),
    salesPlans: Array.from(bot.salesPlans.values(), (plan) => ({
      ...plan,
      averageCheck: plan.averageCheck ?? null,
      statuses: [...plan.statuses],
      managers: [...plan.managers],
    })),
    integrations: [...bot.integrations],
    channels: Array.from(bot.channels, ([channel, kind]) => ({ id: channel, kind })),
  };
}
