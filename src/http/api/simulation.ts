import type { BotSnapshot } from "../../model/world.ts";
import { preparePublishedFlow } from "../../steps/advance.ts";
import { requireBot } from "../../store/bot-store.ts";
import { requireContact } from "../../store/contact-store.ts";
import { loadPublishedFlows, loadSnapshot, loadVariables } from "../../store/snapshot-store.ts";
import { requireScope } from "../auth.ts";
import { botParams } from "../contract/bots.ts";
import { contactParams } from "../contract/contacts.ts";
import { type BotSnapshotBody, botSnapshotSchema, contactSnapshotSchema } from "../contract/simulation.ts";
import { type ApiResource, route } from "./route.ts";

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
      if (loaded === undefined) throw new Error(`the bot ${id} is gone while it is read`);
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
