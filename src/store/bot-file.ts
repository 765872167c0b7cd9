import { stringify } from "yaml";
import { z } from "zod";
import { AppError } from "../model/app-error.ts";
import { type FieldValue, fieldKeySchema, fieldKindSchema } from "../model/field.ts";
import { type EntryData, type FlowDocument, flowDocumentSchema, refSchema } from "../model/flow.ts";
import { say } from "../model/sentence.ts";
import { mostSequenceSteps, type SequenceStep, sequenceSettingsSchema, sequenceStepSchema } from "../model/sequence.ts";
import { type Bot, createBot } from "./bot-store.ts";
import type { Database } from "./database.ts";
import { createEntryLink, listEntryLinks } from "./entry-link-store.ts";
import { createField, listFields } from "./field-store.ts";
import { createFlow, listFlows, publishFlow, requireFlow } from "./flow-store.ts";
import { labelStore } from "./label-store.ts";
import type { NameStore } from "./name-store.ts";
import { addSalesPlans, planFileSchema, toPlanFile } from "./plan-file.ts";
import { createRef } from "./ref.ts";
import { listSalesPlans } from "./sales-plan-store.ts";
import { createSequence, listSequences } from "./sequence-store.ts";
import { tagStore } from "./tag-store.ts";
import { createVariable, listVariables } from "./variable-store.ts";

const nameSchema = z.string().min(1).max(200);
const definitionSchema = z.strictObject({
  key: fieldKeySchema,
  name: nameSchema,
  kind: fieldKindSchema,
  description: z.string().max(2000).default(""),
});

/**
 * A whole bot as one file, with what its flows name in the workspace. Channels are not in it: their credentials are secret, and two
 * servers on one messenger bot would answer twice. Neither are contacts.
 */
export const botFileSchema = z.strictObject({
  kind: z.literal("repartee-bot"),
  schema: z.literal(1).default(1),
  ref: refSchema,
  name: nameSchema,
  tags: z.array(nameSchema).default([]),
  labels: z.array(nameSchema).default([]),
  fields: z.array(definitionSchema).default([]),
  variables: z.array(definitionSchema.extend({ value: z.json().optional() })).default([]),
  sequences: z
    .array(
      z.strictObject({
        ref: refSchema,
        name: nameSchema,
        ...sequenceSettingsSchema.shape,
        steps: z.array(sequenceStepSchema).max(mostSequenceSteps).default([]),
      }),
    )
    .default([]),
  salesPlans: z.array(planFileSchema).default([]),
  flows: z.array(flowDocumentSchema.extend({ ref: refSchema, isPublished: z.boolean().default(true) })).default([]),
  entryLinks: z
    .array(
      z.strictObject({
        ref: refSchema,
        name: nameSchema,
        payload: z.string(),
        flow: refSchema.optional(),
        step: refSchema.optional(),
        data: z.record(z.string(), z.json()).optional(),
      }),
    )
    .default([]),
});
export type BotFile = z.output<typeof botFileSchema>;

export function formatBotFile(file: BotFile, format: "json" | "yaml"): string {
  return format === "json" ? `${JSON.stringify(file, undefined, 2)}\n` : stringify(file, { lineWidth: 0 });
}

/** The bot with its drafts as they are now; tags, labels and fields are those of its whole workspace. */
export async function exportBot(db: Database, bot: Pick<Bot, "id" | "workspaceId" | "ref" | "name">): Promise<BotFile> {
  const access = { workspaceId: bot.workspaceId, botId: bot.id };
  const flows = await listFlows(db, access);
  const links = await listEntryLinks(db, access);
  return botFileSchema.parse({
    kind: "repartee-bot",
    ref: bot.ref,
    name: bot.name,
    tags: await namesOf(db, tagStore, bot.workspaceId),
    labels: await namesOf(db, labelStore, bot.workspaceId),
    fields: (await listFields(db, bot.workspaceId)).map(toDefinition),
    variables: (await listVariables(db, access)).map((variable) => ({
      ...toDefinition(variable),
      ...(variable.value === null ? {} : { value: variable.value }),
    })),
    sequences: (await listSequences(db, access)).map(
      ({ id: _id, botId: _bot, revision: _own, createdAt: _at, ...one }) => one,
    ),
    salesPlans: (await listSalesPlans(db, bot.workspaceId)).map(toPlanFile),
    flows: await Promise.all(
      flows.map(async ({ ref, publishedVersion }) => {
        const { draft } = await requireFlow(db, access, ref);
        return { ref, isPublished: publishedVersion !== null, ...draft };
      }),
    ),
    entryLinks: links.toReversed().map(({ ref, name, payload, flow, step, data }) => ({
      ref,
      name,
      payload,
      ...(flow === null ? {} : { flow }),
      ...(step === null ? {} : { step }),
      ...(data === null ? {} : { data }),
    })),
  });
}

function toDefinition<T extends z.output<typeof definitionSchema>>({ key, name, kind, description }: T) {
  return { key, name, kind, description };
}

async function namesOf(db: Database, store: NameStore, workspaceId: number): Promise<string[]> {
  return (await store.list(db, workspaceId)).map(({ name }) => name);
}

export interface ImportOptions {
  readonly at: Date;
  /** The flow's problems, as sentences; a flow that has any is kept as a draft. */
  readonly findProblems: (document: FlowDocument) => readonly string[];
}

export interface ImportedBot {
  readonly bot: Bot;
  /** Flows that were published in the file and could not be here. */
  readonly unpublished: readonly { readonly ref: string; readonly problems: readonly string[] }[];
}

/**
 * Makes a bot of a file. Refs that are free are kept; those that are taken are replaced wherever the file names them. What the workspace
 * has already (tags, fields) is used. Throws `field.key_taken` where a field of the same key has another kind.
 */
export async function importBot(
  trx: Database,
  workspaceId: number,
  file: BotFile,
  options: ImportOptions,
): Promise<ImportedBot> {
  const ref = await freeRef(trx, "bots", file.ref);
  const bot = await createBot(trx, { workspaceId, name: file.name, ref });
  await addNames(trx, tagStore, workspaceId, file.tags);
  await addNames(trx, labelStore, workspaceId, file.labels);
  await addFields(trx, workspaceId, file.fields);
  await addSalesPlans(trx, workspaceId, file.salesPlans);
  for (const { value, ...definition } of file.variables) {
    await createVariable(trx, bot, { ...definition, value: (value ?? undefined) as FieldValue | undefined });
  }
  const renamed: Renamed = {
    sequence: await freeRefs(trx, "sequences", file.sequences),
    flow: await freeRefs(trx, "flows", file.flows),
    link: await freeRefs(trx, "entryLinks", file.entryLinks),
  };
  for (const sequence of file.sequences) {
    const { ref: oldRef, name, steps, ...settings } = sequence;
    await createSequence(trx, bot, {
      ...{ name, ref: renamed.sequence.get(oldRef), settings },
      steps: rename(steps, renamed) as readonly SequenceStep[],
    });
  }
  const ids = new Map<string, number>();
  const unpublished: { ref: string; problems: readonly string[] }[] = [];
  for (const { ref: oldRef, isPublished, ...drawn } of file.flows) {
    const document = rename(drawn, renamed) as FlowDocument;
    const flow = await createFlow(trx, bot, { document, ref: renamed.flow.get(oldRef) });
    ids.set(oldRef, flow.id);
    if (!isPublished) continue;
    const problems = options.findProblems(document);
    if (problems.length > 0) unpublished.push({ ref: flow.ref, problems });
    else await publishFlow(trx, workspaceId, flow, { note: "imported", at: options.at });
  }
  for (const link of file.entryLinks) {
    const fresh = renamed.link.get(link.ref) ?? link.ref;
    await createEntryLink(trx, bot, {
      ref: fresh,
      name: link.name,
      payload: link.payload === link.ref ? fresh : link.payload,
      flowId: link.flow === undefined ? undefined : ids.get(link.flow),
      step: link.step,
      data: link.data as EntryData | undefined,
    });
  }
  return { bot, unpublished };
}

export async function addNames(
  trx: Database,
  store: NameStore,
  workspaceId: number,
  names: readonly string[],
): Promise<void> {
  const there = new Set(await namesOf(trx, store, workspaceId));
  for (const name of new Set(names)) if (!there.has(name)) await store.create(trx, workspaceId, name);
}

async function addFields(trx: Database, workspaceId: number, fields: BotFile["fields"]): Promise<void> {
  const there = new Map((await listFields(trx, workspaceId)).map((field) => [field.key, field]));
  for (const field of fields) {
    const known = there.get(field.key);
    if (known === undefined) await createField(trx, workspaceId, field);
    else if (known.kind !== field.kind) {
      throw new AppError(
        "field.key_taken",
        say`the workspace's field "${{ key: field.key }}" is of kind ${{ kind: known.kind }}, the file's ${{ kindInFile: field.kind }}`,
      );
    }
  }
}

type RefTable = "bots" | "sequences" | "flows" | "entryLinks";

async function freeRef(trx: Database, table: RefTable, ref: string): Promise<string> {
  const holder = await trx.selectFrom(table).select("id").where("ref", "=", ref).executeTakeFirst();
  return holder === undefined ? ref : createRef();
}

/** The ref that each gets here, by the one it has in the file. */
async function freeRefs(
  trx: Database,
  table: RefTable,
  things: readonly { readonly ref: string }[],
): Promise<ReadonlyMap<string, string>> {
  const refs = new Map<string, string>();
  for (const { ref } of things) refs.set(ref, await freeRef(trx, table, ref));
  return refs;
}

/** New refs by old ones, by the key under which configs and triggers name such a thing. */
type Renamed = Readonly<Record<"flow" | "sequence" | "link", ReadonlyMap<string, string>>>;

function rename(value: unknown, renamed: Renamed): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, renamed));
  if (typeof value !== "object" || value === null) return value;
  const { subject, key: named, value: operand } = value as Readonly<Record<string, unknown>>;
  // Comparisons name a sequence by `key`, and an entry link by what it is compared with.
  if (subject === "sequence" && typeof named === "string") {
    return { ...value, key: renamed.sequence.get(named) ?? named };
  }
  if (subject === "entry_link" && typeof operand === "string") {
    return { ...value, value: renamed.link.get(operand) ?? operand };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      // A button of a message that belongs to no flow names where it leads: `flow:step`.
      if (key === "payload" && typeof inner === "string") {
        const [flow = "", ...rest] = inner.split(":");
        return [key, rest.length === 1 ? [renamed.flow.get(flow) ?? flow, ...rest].join(":") : inner];
      }
      const refs = key in renamed ? renamed[key as keyof Renamed] : undefined;
      return [key, typeof inner === "string" ? (refs?.get(inner) ?? inner) : rename(inner, renamed)];
    }),
  );
}
