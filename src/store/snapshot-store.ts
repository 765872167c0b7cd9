import { byKeyAndName } from "../engine/by-key-and-name.ts";
import type { PublishedFlow } from "../engine/prepare-flow.ts";
import type { FieldValue, Json } from "../model/field.ts";
import type { PreparedFlow } from "../model/flow.ts";
import type { BotSnapshot } from "../model/world.ts";
import { listClosingNotes } from "./closing-note-store.ts";
import type { Database } from "./database.ts";
import { listIntegrations } from "./integration-store.ts";
import { listMembers } from "./member-store.ts";
import { listSalesPlans } from "./sales-plan-store.ts";
import { loadSequences } from "./sequence-store.ts";
import { listSubscriptions } from "./webhook-store.ts";

/** A bot as published, with the workspace revision at which it was read. */
export interface VersionedSnapshot {
  readonly revision: number;
  readonly snapshot: BotSnapshot;
  /** The bot's channels with what may be read of their settings. */
  readonly channels: readonly {
    readonly id: number;
    readonly kind: string;
    readonly settings: Readonly<Record<string, Json>>;
  }[];
}

/** Reads a bot's published state. `prepare` turns a stored flow into one that can be walked. Undefined: no such bot. */
export async function loadSnapshot(
  db: Database,
  botId: number,
  prepare: (flow: PublishedFlow) => PreparedFlow,
): Promise<VersionedSnapshot | undefined> {
  const bot = await db
    .selectFrom("bots")
    .innerJoin("workspaces", "workspaces.id", "bots.workspaceId")
    .select([
      "bots.id",
      "bots.ref",
      "bots.name",
      "bots.workspaceId",
      "workspaces.timeZone",
      "workspaces.assignsOnReply",
      "workspaces.revision",
    ])
    .where("bots.id", "=", botId)
    .executeTakeFirst();
  if (bot === undefined) return undefined;
  const { workspaceId } = bot;
  // One after the other: in a transaction (and embedded) there is one connection.
  const flows = await loadPublishedFlows(db, botId);
  const tags = await db.selectFrom("tags").select("name").where("workspaceId", "=", workspaceId).execute();
  const labels = await db.selectFrom("labels").select("name").where("workspaceId", "=", workspaceId).execute();
  const fields = await db
    .selectFrom("fields")
    .select(["id", "key", "name", "kind"])
    .where("workspaceId", "=", workspaceId)
    .orderBy("id")
    .execute();
  const variables = await db
    .selectFrom("variables")
    .select(["id", "key", "name", "kind"])
    .where("botId", "=", botId)
    .orderBy("id")
    .execute();
  const sequences = await loadSequences(db, botId);
  const channels = await db
    .selectFrom("channels")
    .select(["id", "kind", "settings"])
    .where("botId", "=", botId)
    .execute();
  const members = await listMembers(db, workspaceId);
  const closingNotes = await listClosingNotes(db, { workspaceId, botId });
  const integrations = await listIntegrations(db, { workspaceId });
  const salesPlans = await listSalesPlans(db, workspaceId);
  const webhooks = await listSubscriptions(db, { workspaceId, botId });
  const entryLinks = await db
    .selectFrom("entryLinks")
    .leftJoin("flows", "flows.id", "entryLinks.flowId")
    .select([
      "entryLinks.ref",
      "entryLinks.name",
      "flows.ref as flow",
      "entryLinks.stepRef",
      "entryLinks.data",
      "entryLinks.payload",
    ])
    .where("entryLinks.botId", "=", botId)
    .orderBy("entryLinks.id")
    .execute();
  return {
    revision: bot.revision,
    channels,
    snapshot: {
      id: bot.id,
      ref: bot.ref,
      name: bot.name,
      workspaceId,
      timeZone: bot.timeZone,
      assignsOnReply: bot.assignsOnReply,
      flows: new Map(flows.map((flow) => [flow.ref, prepare(flow)])),
      tags: new Set(tags.map(({ name }) => name)),
      labels: new Set(labels.map(({ name }) => name)),
      fields: byKeyAndName(fields),
      variableDefinitions: byKeyAndName(variables),
      sequences: new Map(sequences.map((sequence) => [sequence.ref, sequence])),
      members: new Map(members.map(({ id, name, email }) => [id, name === "" ? email : name])),
      memberEmails: new Map(members.map(({ id, email }) => [email.toLowerCase(), id])),
      closingNotes: new Map(closingNotes.map((note) => [note.name, note])),
      salesPlans: new Map(salesPlans.map((plan) => [plan.ref, plan])),
      webhooks,
      integrations: integrations.map(({ id, ref, kind, name }) => ({ id, ref, kind, name })),
      channels: new Map(channels.map(({ id, kind }) => [id, kind])),
      entryLinks: new Map(
        entryLinks.map((link) => [
          link.ref,
          {
            ref: link.ref,
            name: link.name,
            flow: link.flow ?? undefined,
            step: link.stepRef ?? undefined,
            data: link.data ?? undefined,
            payload: link.payload,
          },
        ]),
      ),
    },
  };
}

/** As stored, oldest first. */
export async function loadPublishedFlows(db: Database, botId: number): Promise<PublishedFlow[]> {
  return await db
    .selectFrom("flows")
    .innerJoin("flowVersions", (join) =>
      join.onRef("flowVersions.flowId", "=", "flows.id").onRef("flowVersions.version", "=", "flows.publishedVersion"),
    )
    .select(["flows.id", "flows.ref", "flows.name", "flowVersions.version", "flowVersions.document"])
    .where("flows.botId", "=", botId)
    .orderBy("flows.id")
    .execute();
}

/** The values of the bots' variables, by bot. `lock`: nobody else sets them until the transaction ends. */
export async function loadVariables(
  db: Database,
  botIds: readonly number[],
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<ReadonlyMap<number, Record<string, FieldValue>>> {
  const query = db.selectFrom("variables").select(["botId", "key", "value"]).where("botId", "in", botIds).orderBy("id");
  const rows = await (lock ? query.forUpdate() : query).execute();
  const byBot = new Map<number, Record<string, FieldValue>>(botIds.map((id) => [id, {}]));
  for (const { botId, key, value } of rows) {
    const values = byBot.get(botId);
    if (values !== undefined && value !== null) values[key] = value;
  }
  return byBot;
}
