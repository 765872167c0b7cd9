import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import type { FlowDocument } from "../model/flow.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { createRef } from "./ref.ts";
import { type Access, bumpRevision, isOfAccess } from "./workspace-store.ts";

/** A flow without its documents, as lists show it. */
export interface FlowSummary {
  readonly id: number;
  readonly botId: number;
  readonly ref: string;
  readonly name: string;
  readonly folder: string | null;
  readonly draftRevision: number;
  readonly publishedVersion: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Flow extends FlowSummary {
  readonly draft: FlowDocument;
}

export interface FlowVersion {
  readonly version: number;
  readonly note: string;
  readonly publishedAt: Date;
  /** Name or e-mail address of who published it; null: a token did, or somebody who is gone. */
  readonly publishedBy: string | null;
}

interface BotOfFlow {
  readonly id: number;
  readonly workspaceId: number;
}

export async function listFlows(db: Database, access: Access): Promise<FlowSummary[]> {
  return await visibleFlows(db, access).orderBy("flows.id").execute();
}

/** The same with what their drafts say of them. */
export async function listDescribedFlows(
  db: Database,
  access: Access,
): Promise<(FlowSummary & { readonly description: string | null })[]> {
  const description = sql<string | null>`flows.draft ->> 'description'`.as("description");
  return await visibleFlows(db, access).select(description).orderBy("flows.id").execute();
}

/** The steps of these flows' drafts, by ref of the flow: what lists call them by. */
export async function listStepsOfFlows(
  db: Database,
  access: Access,
  refs: readonly string[],
): Promise<ReadonlyMap<string, { ref: string; kind: string; name: string | null }[]>> {
  const steps = sql<{ ref: string; kind: string; name: string | null }[]>`(
    select coalesce(jsonb_agg(jsonb_build_object('ref', step ->> 'ref', 'kind', step ->> 'kind', 'name', step ->> 'name')), '[]')
    from jsonb_array_elements(flows.draft::jsonb -> 'steps') as step)`.as("steps");
  const rows = await visibleFlows(db, access).select(steps).where("flows.ref", "in", refs).execute();
  return new Map(rows.map((row) => [row.ref, row.steps]));
}

/** Throws `flow.not_found`. */
export async function requireFlow(db: Database, access: Access, ref: string): Promise<Flow> {
  const rows = visibleFlows(db, access).select("flows.draft").where("flows.ref", "=", ref);
  const flow = await rows.executeTakeFirst();
  if (flow === undefined) throw new AppError("flow.not_found", say`there is no flow "${{ ref }}"`);
  return flow;
}

export async function findFlowById(db: Database, access: Access, id: number): Promise<FlowSummary | undefined> {
  return await visibleFlows(db, access).where("flows.id", "=", id).executeTakeFirst();
}

/** The flow that a bot begins with, and the step: of the published ones the oldest with a trigger of kind `start`, as in `engine/triggers.ts`. */
export async function findMainFlow(
  db: Database,
  botId: number,
): Promise<{ readonly ref: string; readonly step: string | undefined } | undefined> {
  const flow = await db
    .selectFrom("flows")
    .innerJoin("flowVersions", (join) =>
      join.onRef("flowVersions.flowId", "=", "flows.id").onRef("flowVersions.version", "=", "flows.publishedVersion"),
    )
    .select(["flows.ref", sql<FlowDocument["triggers"]>`flow_versions.document -> 'triggers'`.as("triggers")])
    .where("flows.botId", "=", botId)
    .where(sql<boolean>`flow_versions.document @> '{"triggers":[{"kind":"start"}]}'`)
    .orderBy("flows.id")
    .executeTakeFirst();
  return flow && { ref: flow.ref, step: flow.triggers.find(({ kind }) => kind === "start")?.step };
}

/** The step with this name (or ref) in the published flows of a bot; of several the first of the oldest flow. */
export async function findStepByName(
  db: Database,
  botId: number,
  name: string,
): Promise<{ readonly flow: string; readonly step: string } | undefined> {
  const { rows } = await sql<{ flow: string; step: string }>`
    select f.ref as flow, s.step ->> 'ref' as step
    from flows f
    join flow_versions v on v.flow_id = f.id and v.version = f.published_version
    cross join lateral jsonb_array_elements(v.document -> 'steps') with ordinality as s(step, place)
    where f.bot_id = ${botId} and (lower(trim(s.step ->> 'name')) = lower(trim(${name}::text)) or s.step ->> 'ref' = ${name})
    order by f.id, s.place
    limit 1`.execute(db);
  return rows[0];
}

/** The same under a lock, for changes that rest on what was read. Throws `flow.not_found`. */
export async function lockFlow(trx: Database, access: Access, ref: string): Promise<Flow> {
  await trx.selectFrom("flows").select("id").where("ref", "=", ref).forUpdate().execute();
  return await requireFlow(trx, access, ref);
}

/** Makes a flow that is not published yet. Throws `flow.ref_taken`. */
export async function createFlow(
  trx: Database,
  bot: BotOfFlow,
  { document, ref = createRef() }: { readonly document: FlowDocument; readonly ref?: string | undefined },
): Promise<Flow> {
  const made = await trx
    .insertInto("flows")
    .values({
      botId: bot.id,
      ref,
      name: document.name,
      folder: document.folder ?? null,
      draft: JSON.stringify(document),
    })
    .onConflict((conflict) => conflict.column("ref").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) throw new AppError("flow.ref_taken", say`the ref "${{ ref }}" is taken`);
  return await requireFlow(trx, { workspaceId: bot.workspaceId }, ref);
}

/**
 * Saves a draft that was made from revision `draftRevision`. Throws `flow.draft_conflict`, with the present draft, where somebody
 * else saved in between.
 */
export async function saveDraft(
  trx: Database,
  access: Access,
  ref: string,
  {
    document,
    draftRevision,
    at,
  }: { readonly document: FlowDocument; readonly draftRevision: number; readonly at: Date },
): Promise<Flow> {
  const flow = await lockFlow(trx, access, ref);
  if (flow.draftRevision !== draftRevision) {
    const details = { draftRevision: flow.draftRevision, draft: flow.draft };
    throw new AppError(
      "flow.draft_conflict",
      say`the draft is at revision ${{ revision: flow.draftRevision }}, not ${{ draftRevision }}: somebody saved meanwhile`,
      { details },
    );
  }
  await writeDraft(trx, flow, document, at);
  return await requireFlow(trx, access, ref);
}

async function writeDraft(trx: Database, flow: FlowSummary, document: FlowDocument, at: Date): Promise<void> {
  await trx
    .updateTable("flows")
    .set({
      draft: JSON.stringify(document),
      draftRevision: flow.draftRevision + 1,
      name: document.name,
      folder: document.folder ?? null,
      updatedAt: at,
    })
    .where("id", "=", flow.id)
    .execute();
}

/** Makes the draft the newest version and the one that runs. The caller has locked and checked the flow (`engine/validate-flow.ts`). */
export async function publishFlow(
  trx: Database,
  workspaceId: number,
  flow: Flow,
  { note, at, userId }: { readonly note: string; readonly at: Date; readonly userId?: number | undefined },
): Promise<number> {
  const latest = await trx
    .selectFrom("flowVersions")
    .select((eb) => eb.fn.max("version").as("version"))
    .where("flowId", "=", flow.id)
    .executeTakeFirst();
  const version = (latest?.version ?? 0) + 1;
  const document = JSON.stringify(flow.draft);
  await trx
    .insertInto("flowVersions")
    .values({ flowId: flow.id, version, document, note, publishedAt: at, publishedBy: userId ?? null })
    .execute();
  await trx.updateTable("flows").set({ publishedVersion: version }).where("id", "=", flow.id).execute();
  await bumpRevision(trx, workspaceId);
  return version;
}

/** Takes the flow out of service; positions in it end at their next event. Throws `flow.not_found`, `flow.not_published`. */
export async function unpublishFlow(trx: Database, access: Access, ref: string): Promise<Flow> {
  const flow = await lockFlow(trx, access, ref);
  if (flow.publishedVersion === null)
    throw new AppError("flow.not_published", say`the flow "${{ ref }}" is not published`);
  await trx.updateTable("flows").set({ publishedVersion: null }).where("id", "=", flow.id).execute();
  await bumpRevision(trx, access.workspaceId);
  return { ...flow, publishedVersion: null };
}

/** Newest first. */
export async function listVersions(db: Database, flow: FlowSummary): Promise<FlowVersion[]> {
  return await versionsOf(db, flow).orderBy("flowVersions.version", "desc").execute();
}

function versionsOf(db: Database, flow: FlowSummary) {
  return db
    .selectFrom("flowVersions")
    .leftJoin("users", "users.id", "flowVersions.publishedBy")
    .select([
      "flowVersions.version",
      "flowVersions.note",
      "flowVersions.publishedAt",
      sql<string | null>`coalesce(nullif(users.name, ''), users.email)`.as("publishedBy"),
    ])
    .where("flowVersions.flowId", "=", flow.id);
}

/** Throws `flow.version_not_found`. */
export async function requireVersion(
  db: Database,
  flow: FlowSummary,
  version: number,
): Promise<FlowVersion & { readonly document: FlowDocument }> {
  const found = await versionsOf(db, flow)
    .select("flowVersions.document")
    .where("flowVersions.version", "=", version)
    .executeTakeFirst();
  if (found === undefined) {
    throw new AppError("flow.version_not_found", say`the flow "${{ ref: flow.ref }}" has no version ${{ version }}`);
  }
  return found;
}

/** Makes an earlier version the draft; what runs stays as it is. Throws `flow.not_found`, `flow.version_not_found`. */
export async function restoreVersion(
  trx: Database,
  access: Access,
  ref: string,
  { version, at }: { readonly version: number; readonly at: Date },
): Promise<Flow> {
  const flow = await lockFlow(trx, access, ref);
  const { document } = await requireVersion(trx, flow, version);
  await writeDraft(trx, flow, document, at);
  return await requireFlow(trx, access, ref);
}

/** With all its versions; positions in it end at their next event. Throws `flow.not_found`. */
export async function deleteFlow(trx: Database, access: Access, ref: string): Promise<void> {
  const flow = await lockFlow(trx, access, ref);
  await trx.deleteFrom("flows").where("id", "=", flow.id).execute();
  await bumpRevision(trx, access.workspaceId);
}

function visibleFlows(db: Database, access: Access) {
  return db
    .selectFrom("flows")
    .innerJoin("bots", "bots.id", "flows.botId")
    .select([
      "flows.id",
      "flows.botId",
      "flows.ref",
      "flows.name",
      "flows.folder",
      "flows.draftRevision",
      "flows.publishedVersion",
      "flows.createdAt",
      "flows.updatedAt",
    ])
    .where(isOfAccess(access));
}
