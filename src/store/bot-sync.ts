import { isDeepStrictEqual } from "node:util";
import type { FieldValue } from "../model/field.ts";
import type { EntryData } from "../model/flow.ts";
import type { BotFile } from "./bot-file.ts";
import { addNames } from "./bot-file.ts";
import type { Bot } from "./bot-store.ts";
import { renameBot } from "./bot-store.ts";
import type { Database } from "./database.ts";
import { changeEntryLink, createEntryLink, deleteEntryLink } from "./entry-link-store.ts";
import { changeField, createField, listFields } from "./field-store.ts";
import { createFlow, deleteFlow, listFlows, publishFlow, requireFlow, saveDraft, unpublishFlow } from "./flow-store.ts";
import { labelStore } from "./label-store.ts";
import { addSalesPlans } from "./plan-file.ts";
import { changeSequence, createSequence, deleteSequence, type Sequence } from "./sequence-store.ts";
import { loadPublishedFlows } from "./snapshot-store.ts";
import { tagStore } from "./tag-store.ts";
import { changeVariable, createVariable, deleteVariable, listVariables } from "./variable-store.ts";

/** Refs are the whole server's: those of a file that belong to something else than this bot's own. */
export async function findForeignRefs(
  db: Database,
  bot: Bot | undefined,
  file: BotFile,
): Promise<readonly { readonly what: "flows" | "sequences" | "entryLinks"; readonly ref: string }[]> {
  const found = [];
  for (const what of ["flows", "sequences", "entryLinks"] as const) {
    const refs = file[what].map(({ ref }) => ref);
    if (refs.length === 0) continue;
    const rows = await db.selectFrom(what).select(["ref", "botId"]).where("ref", "in", refs).execute();
    found.push(...rows.filter(({ botId }) => botId !== bot?.id).map(({ ref }) => ({ what, ref })));
  }
  return found;
}

interface SyncOptions {
  readonly at: Date;
  /** Delete what the bot has and the file does not: flows, sequences, entry links, variables. */
  readonly prune: boolean;
  /** Publish and unpublish as the file says; else flows are changed as drafts. */
  readonly publish: boolean;
}

/**
 * Brings a bot to what a file says, by refs and keys; `current` is the bot as it is now. Tags, labels, fields and sales plans are the whole workspace's:
 * what the file lacks of them stays. The caller has looked for what cannot be (kinds that differ, foreign refs). Returns the sequences whose subscribers have
 * to be put right.
 */
export async function syncBot(
  trx: Database,
  bot: Bot,
  { current, wanted }: { readonly current: BotFile; readonly wanted: BotFile },
  options: SyncOptions,
): Promise<readonly Sequence[]> {
  if (bot.name !== wanted.name) await renameBot(trx, bot, wanted.name);
  await addNames(trx, tagStore, bot.workspaceId, wanted.tags);
  await addNames(trx, labelStore, bot.workspaceId, wanted.labels);
  await syncFields(trx, bot.workspaceId, wanted.fields);
  await addSalesPlans(trx, bot.workspaceId, wanted.salesPlans);
  await syncVariables(trx, bot, wanted.variables, options.prune);
  const ids = await syncFlows(trx, bot, { current, wanted }, options);
  await syncEntryLinks(trx, bot, { current, wanted }, ids);
  const moved = await syncSequences(trx, bot, current, wanted);
  if (options.prune) await prune(trx, bot, current, wanted);
  return moved;
}

async function syncFields(trx: Database, workspaceId: number, fields: BotFile["fields"]): Promise<void> {
  const there = new Map((await listFields(trx, workspaceId)).map((field) => [field.key, field]));
  for (const field of fields) {
    const known = there.get(field.key);
    if (known === undefined) await createField(trx, workspaceId, field);
    else if (known.name !== field.name || known.description !== field.description) {
      await changeField(trx, workspaceId, known.id, { name: field.name, description: field.description });
    }
  }
}

async function syncVariables(trx: Database, bot: Bot, wanted: BotFile["variables"], isPruned: boolean): Promise<void> {
  const access = { workspaceId: bot.workspaceId, botId: bot.id };
  const there = new Map((await listVariables(trx, access)).map((variable) => [variable.key, variable]));
  const keys = new Set(wanted.map(({ key }) => key));
  // First: one that goes leaves its name to others.
  for (const [key, { id }] of there) if (isPruned && !keys.has(key)) await deleteVariable(trx, access, id);
  for (const { value, ...definition } of wanted) {
    const known = there.get(definition.key);
    const given = (value ?? undefined) as FieldValue | undefined;
    if (known === undefined) await createVariable(trx, bot, { ...definition, value: given });
    else {
      const { name, description } = definition;
      await changeVariable(trx, access, known.id, { name, description, value: given });
    }
  }
}

async function syncSequences(trx: Database, bot: Bot, current: BotFile, wanted: BotFile): Promise<Sequence[]> {
  const there = new Map(current.sequences.map((sequence) => [sequence.ref, sequence]));
  const moved: Sequence[] = [];
  for (const sequence of wanted.sequences) {
    const { ref, name, steps, ...settings } = sequence;
    const known = there.get(ref);
    if (known === undefined) await createSequence(trx, bot, { ref, name, steps, settings });
    else if (!isDeepStrictEqual(plain(known), plain(sequence))) {
      const changed = await changeSequence(trx, { workspaceId: bot.workspaceId }, ref, { name, steps, settings });
      if (changed.movesWaits) moved.push(changed.sequence);
    }
  }
  return moved;
}

/** Ids of the bot's flows by ref. */
async function syncFlows(
  trx: Database,
  bot: Bot,
  { current, wanted }: { readonly current: BotFile; readonly wanted: BotFile },
  { at, publish }: SyncOptions,
): Promise<ReadonlyMap<string, number>> {
  const access = { workspaceId: bot.workspaceId, botId: bot.id };
  const there = new Set(current.flows.map(({ ref }) => ref));
  const live = new Map((await loadPublishedFlows(trx, bot.id)).map(({ ref, document }) => [ref, document]));
  for (const { ref, isPublished, ...document } of wanted.flows) {
    if (!there.has(ref)) await createFlow(trx, bot, { ref, document });
    else {
      const { draft, draftRevision } = await requireFlow(trx, access, ref);
      if (!isDeepStrictEqual(plain(draft), plain(document))) {
        await saveDraft(trx, access, ref, { document, draftRevision, at });
      }
    }
    if (!publish) continue;
    if (!isPublished && live.has(ref)) await unpublishFlow(trx, access, ref);
    if (isPublished && !isDeepStrictEqual(plain(live.get(ref) ?? null), plain(document))) {
      await publishFlow(trx, bot.workspaceId, await requireFlow(trx, access, ref), { note: "imported", at });
    }
  }
  return new Map((await listFlows(trx, access)).map(({ ref, id }) => [ref, id]));
}

const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

async function syncEntryLinks(
  trx: Database,
  bot: Bot,
  { current, wanted }: { readonly current: BotFile; readonly wanted: BotFile },
  ids: ReadonlyMap<string, number>,
): Promise<void> {
  const there = new Map(current.entryLinks.map((link) => [link.ref, link]));
  for (const link of wanted.entryLinks) {
    const known = there.get(link.ref);
    if (isDeepStrictEqual(known, link)) continue;
    const { ref, name, payload, step } = link;
    const flowId = link.flow === undefined ? undefined : ids.get(link.flow);
    const data = link.data as EntryData | undefined;
    if (known === undefined) await createEntryLink(trx, bot, { ref, name, payload, flowId, step, data });
    else {
      const change = { name, flowId: flowId ?? null, step: step ?? null, data: data ?? null };
      await changeEntryLink(trx, bot, ref, change);
    }
  }
}

async function prune(trx: Database, bot: Bot, current: BotFile, wanted: BotFile): Promise<void> {
  const access = { workspaceId: bot.workspaceId, botId: bot.id };
  const gone = (what: "flows" | "sequences" | "entryLinks") => {
    const kept = new Set(wanted[what].map(({ ref }) => ref));
    return current[what].filter(({ ref }) => !kept.has(ref)).map(({ ref }) => ref);
  };
  for (const ref of gone("entryLinks")) await deleteEntryLink(trx, access, ref);
  for (const ref of gone("flows")) await deleteFlow(trx, access, ref);
  for (const ref of gone("sequences")) await deleteSequence(trx, access, ref);
}
