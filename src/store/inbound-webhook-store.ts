import { randomBytes } from "node:crypto";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { InboundMapping } from "../model/webhook.ts";
import type { Database } from "./database.ts";
import { type Access, isOfAccess } from "./workspace-store.ts";

/** An address where another system says something of a bot's contact. */
export interface InboundWebhook {
  readonly id: number;
  readonly workspaceId: number;
  readonly botId: number;
  /** Stands in the address; whoever knows it may call. */
  readonly uid: string;
  readonly name: string;
  /** Refs of the flow that a call starts, and of its step. */
  readonly flow: string | null;
  readonly step: string | null;
  readonly mapping: readonly InboundMapping[];
  readonly active: boolean;
  readonly createdAt: Date;
}

export type InboundWebhookValues = Pick<InboundWebhook, "name" | "flow" | "step" | "mapping" | "active">;

export async function listInboundWebhooks(db: Database, access: Access): Promise<InboundWebhook[]> {
  return await visible(db, access).orderBy("inboundWebhooks.id").execute();
}

/** Throws `inbound_webhook.not_found`. */
export async function requireInboundWebhook(db: Database, access: Access, id: number): Promise<InboundWebhook> {
  const found = await visible(db, access).where("inboundWebhooks.id", "=", id).executeTakeFirst();
  if (found === undefined) throw new AppError("inbound_webhook.not_found", say`there is no inbound webhook ${{ id }}`);
  return found;
}

/** The one that is called at an address. Undefined: none, or one that is switched off. */
export async function findInboundWebhookByUid(db: Database, uid: string): Promise<InboundWebhook | undefined> {
  const webhooks = all(db).where("inboundWebhooks.uid", "=", uid).where("inboundWebhooks.active", "=", true);
  return await webhooks.executeTakeFirst();
}

export async function createInboundWebhook(
  trx: Database,
  bot: { readonly id: number; readonly workspaceId: number },
  { name, flow, step, mapping, active }: InboundWebhookValues,
): Promise<InboundWebhook> {
  const uid = randomBytes(18).toString("base64url");
  const values = { botId: bot.id, uid, name, flowRef: flow, stepRef: step, mapping: JSON.stringify(mapping), active };
  const { id } = await trx.insertInto("inboundWebhooks").values(values).returning("id").executeTakeFirstOrThrow();
  return await requireInboundWebhook(trx, { workspaceId: bot.workspaceId }, id);
}

/** What is given is changed; the address never is. Throws `inbound_webhook.not_found`. */
export async function changeInboundWebhook(
  trx: Database,
  access: Access,
  id: number,
  change: { readonly [K in keyof InboundWebhookValues]?: InboundWebhookValues[K] | undefined },
): Promise<InboundWebhook> {
  await requireInboundWebhook(trx, access, id);
  const { name, flow, step, mapping, active } = change;
  await trx
    .updateTable("inboundWebhooks")
    .set((eb) => ({
      name: name ?? eb.ref("name"),
      active: active ?? eb.ref("active"),
      ...(flow === undefined ? {} : { flowRef: flow }),
      ...(step === undefined ? {} : { stepRef: step }),
      ...(mapping === undefined ? {} : { mapping: JSON.stringify(mapping) }),
    }))
    .where("id", "=", id)
    .execute();
  return await requireInboundWebhook(trx, access, id);
}

/** Throws `inbound_webhook.not_found`. */
export async function deleteInboundWebhook(trx: Database, access: Access, id: number): Promise<void> {
  await requireInboundWebhook(trx, access, id);
  await trx.deleteFrom("inboundWebhooks").where("id", "=", id).execute();
}

function visible(db: Database, access: Access) {
  return all(db).where(isOfAccess(access));
}

function all(db: Database) {
  return db
    .selectFrom("inboundWebhooks")
    .innerJoin("bots", "bots.id", "inboundWebhooks.botId")
    .select([
      "inboundWebhooks.id",
      "bots.workspaceId",
      "inboundWebhooks.botId",
      "inboundWebhooks.uid",
      "inboundWebhooks.name",
      "inboundWebhooks.flowRef as flow",
      "inboundWebhooks.stepRef as step",
      "inboundWebhooks.mapping",
      "inboundWebhooks.active",
      "inboundWebhooks.createdAt",
    ]);
}
