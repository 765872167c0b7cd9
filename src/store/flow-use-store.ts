import { sql } from "kysely";
import type { Database } from "./database.ts";
import type { FlowSummary } from "./flow-store.ts";

/** What starts a flow from outside of it. */
export interface FlowUses {
  readonly flows: readonly {
    readonly ref: string;
    readonly name: string;
    /** Refs of the steps that name it. */
    readonly steps: string[];
    /** Whether the published version does, not only the draft. */
    readonly published: boolean;
  }[];
  readonly entryLinks: readonly { readonly ref: string; readonly name: string }[];
  readonly inboundWebhooks: readonly { readonly id: number; readonly name: string; readonly active: boolean }[];
  /** Whose steps start it. */
  readonly sequences: readonly { readonly ref: string; readonly name: string }[];
  readonly broadcasts: readonly { readonly id: number; readonly name: string; readonly status: string }[];
}

/** Where a flow is used: configs and actions name flows by their ref, under the key `flow`, at any depth. */
export async function findFlowUses(db: Database, flow: FlowSummary): Promise<FlowUses> {
  const naming = JSON.stringify({ ref: flow.ref });
  const flows = await sql<FlowUses["flows"][number]>`
    select f.ref, f.name, u.published,
      (select coalesce(jsonb_agg(distinct s.ref), '[]'::jsonb) from (
        select jsonb_path_query(d.document, '$.steps[*] ? (exists(@.config.**.flow ? (@ == $ref))).ref', ${naming}::jsonb) as ref
        from (values (f.draft), (v.document)) as d (document)) s) as steps
    from flows f
    left join flow_versions v on v.flow_id = f.id and v.version = f.published_version
    cross join lateral (select
      coalesce(jsonb_path_exists(v.document, '$.steps[*].config.**.flow ? (@ == $ref)', ${naming}::jsonb), false) as published,
      jsonb_path_exists(f.draft, '$.steps[*].config.**.flow ? (@ == $ref)', ${naming}::jsonb) as drafted) u
    where f.bot_id = ${flow.botId} and f.id <> ${flow.id} and (u.published or u.drafted)
    order by f.id`.execute(db);
  const entryLinks = await db
    .selectFrom("entryLinks")
    .select(["ref", "name"])
    .where("flowId", "=", flow.id)
    .orderBy("id")
    .execute();
  const inboundWebhooks = await db
    .selectFrom("inboundWebhooks")
    .select(["id", "name", "active"])
    .where("botId", "=", flow.botId)
    .where("flowRef", "=", flow.ref)
    .orderBy("id")
    .execute();
  const broadcasts = await db
    .selectFrom("broadcasts")
    .select(["id", "name", "status"])
    .where("botId", "=", flow.botId)
    .where("deletedAt", "is", null)
    .where(sql<boolean>`jsonb_path_exists(actions, '$.**.flow ? (@ == $ref)', ${naming}::jsonb)`)
    .orderBy("id", "desc")
    .limit(50)
    .execute();
  const sequences = await db
    .selectFrom("sequences")
    .select(["ref", "name"])
    .where("botId", "=", flow.botId)
    .where(
      sql<boolean>`jsonb_path_exists(steps, '$[*] ? (!exists(@.isRemoved)).content.flow ? (@ == $ref)', ${naming}::jsonb)`,
    )
    .orderBy("id")
    .execute();
  return { flows: flows.rows, entryLinks, inboundWebhooks, broadcasts, sequences };
}
