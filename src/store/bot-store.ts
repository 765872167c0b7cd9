import { type RawBuilder, sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { createRef } from "./ref.ts";
import { type Access, bumpRevision } from "./workspace-store.ts";

export interface Bot {
  readonly id: number;
  readonly workspaceId: number;
  readonly ref: string;
  readonly name: string;
  readonly createdAt: Date;
}

const columns = ["id", "workspaceId", "ref", "name", "createdAt"] as const;

/** Throws `bot.ref_taken` where a ref is asked for that another bot (of any workspace) has. */
export async function createBot(
  db: Database,
  bot: { readonly workspaceId: number; readonly name: string; readonly ref?: string | undefined },
): Promise<Bot> {
  const { workspaceId, name, ref = createRef() } = bot;
  const row = await db
    .insertInto("bots")
    .values({ workspaceId, name, ref })
    .onConflict((conflict) => conflict.column("ref").doNothing())
    .returning(columns)
    .executeTakeFirst();
  if (row === undefined)
    throw new AppError("bot.ref_taken", say`the ref "${{ ref }}" is taken; choose another or leave it out`);
  return row;
}

export async function listBots(db: Database, access: Access): Promise<Bot[]> {
  return await visibleBots(db, access).orderBy("id").execute();
}

/** By id or ref; a text of digits alone is an id. Undefined: no such bot for this caller. */
export async function findBot(db: Database, access: Access, idOrRef: number | string): Promise<Bot | undefined> {
  const id = typeof idOrRef === "number" ? idOrRef : /^\d{1,15}$/.test(idOrRef) ? Number(idOrRef) : undefined;
  const bots = visibleBots(db, access);
  return await (id === undefined
    ? bots.where("ref", "=", String(idOrRef))
    : bots.where("id", "=", id)
  ).executeTakeFirst();
}

/** Throws `bot.not_found`. */
export async function requireBot(db: Database, access: Access, idOrRef: number | string): Promise<Bot> {
  const bot = await findBot(db, access, idOrRef);
  if (bot === undefined) throw new AppError("bot.not_found", say`there is no bot "${{ idOrRef }}"`);
  return bot;
}

export async function renameBot(trx: Database, bot: Bot, name: string): Promise<Bot> {
  await trx.updateTable("bots").set({ name }).where("id", "=", bot.id).execute();
  await bumpRevision(trx, bot.workspaceId);
  return { ...bot, name };
}

/** For good: with its channels, flows, contacts, and their events, messages, calls and jobs. */
export async function deleteBot(
  trx: Database,
  bot: Bot,
  forgetJobs: (trx: Database, contactIds: RawBuilder<unknown>) => Promise<void>,
): Promise<void> {
  // Locked first: what a batch is writing about them right now is then there to be deleted.
  await trx.selectFrom("contacts").select("id").where("botId", "=", bot.id).orderBy("id").forUpdate().execute();
  const contacts = trx.selectFrom("contacts").select("id").where("botId", "=", bot.id);
  await trx.deleteFrom("messages").where("contactId", "in", contacts).execute();
  await trx.deleteFrom("events").where("contactId", "in", contacts).execute();
  await trx.deleteFrom("integrationLog").where("contactId", "in", contacts).execute();
  await trx.deleteFrom("webhookDeliveries").where("contactId", "in", contacts).execute();
  await forgetJobs(trx, sql`select id from contacts where bot_id = ${bot.id}`);
  await trx.deleteFrom("bots").where("id", "=", bot.id).execute();
  await bumpRevision(trx, bot.workspaceId);
}

function visibleBots(db: Database, { workspaceId, botId }: Access) {
  const bots = db.selectFrom("bots").select(columns).where("workspaceId", "=", workspaceId);
  return botId === undefined ? bots : bots.where("id", "=", botId);
}
