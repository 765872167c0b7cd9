import { AppError } from "../model/app-error.ts";
import type { Json } from "../model/field.ts";
import { say } from "../model/sentence.ts";
import type { MessageMatch, WebhookEvent, WebhookFormat, WebhookSubscription } from "../model/webhook.ts";
import type { Database } from "./database.ts";
import { openSecrets, sealSecrets } from "./secret-box.ts";
import type { SecretKey } from "./secret-key.ts";
import { type Access, bumpRevision } from "./workspace-store.ts";

/** What is sealed at rest. */
export interface WebhookSecrets {
  /** Signs the calls (native, BotHelp), or stands in the address (ChatBot). */
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly basicAuth: { readonly username: string; readonly password: string } | null;
}

/** A subscription of a receiver. */
export interface Webhook extends WebhookSecrets {
  readonly id: number;
  readonly workspaceId: number;
  /** Null: hears of all the workspace's bots. */
  readonly botId: number | null;
  readonly format: WebhookFormat;
  readonly name: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** Of the messages that come in, only these; null: all. */
  readonly messageMatch: MessageMatch | null;
  readonly active: boolean;
  /** The latest failure; null again after a success. */
  readonly error: string | null;
  readonly errorAt: Date | null;
  readonly createdAt: Date;
}

export type WebhookValues = Pick<Webhook, "name" | "url" | "events" | "messageMatch" | "active" | keyof WebhookSecrets>;

/** Those of one format, or all, in the order in which they were made. A token of one bot sees that bot's. */
export async function listWebhooks(
  db: Database,
  access: Access,
  secretKey: SecretKey,
  format?: WebhookFormat,
): Promise<Webhook[]> {
  const rows = await visible(db, access)
    .$if(format !== undefined, (all) => all.where("format", "=", format ?? "native"))
    .orderBy("id")
    .execute();
  return rows.map((row) => open(row, secretKey));
}

/** Undefined: there is none of this format. */
export async function findWebhook(
  db: Database,
  access: Access,
  id: number,
  { secretKey, format }: { readonly secretKey: SecretKey; readonly format?: WebhookFormat },
): Promise<Webhook | undefined> {
  const row = await visible(db, access)
    .where("id", "=", id)
    .$if(format !== undefined, (all) => all.where("format", "=", format ?? "native"))
    .executeTakeFirst();
  return row === undefined ? undefined : open(row, secretKey);
}

/** Throws `webhook.not_found`. */
export async function requireWebhook(db: Database, access: Access, id: number, secretKey: SecretKey): Promise<Webhook> {
  const found = await findWebhook(db, access, id, { secretKey });
  if (found === undefined) throw new AppError("webhook.not_found", say`there is no webhook ${{ id }}`);
  return found;
}

/** The same, whoever's it is: for those who deliver. */
export async function getWebhook(db: Database, id: number, secretKey: SecretKey): Promise<Webhook | undefined> {
  const row = await db.selectFrom("webhooks").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : open(row, secretKey);
}

export async function createWebhook(
  trx: Database,
  owner: { readonly workspaceId: number; readonly botId: number | null },
  { format, ...values }: WebhookValues & { readonly format: WebhookFormat },
  secretKey: SecretKey,
): Promise<Webhook> {
  const row = await trx
    .insertInto("webhooks")
    .values({ ...owner, format, ...toRow(values, secretKey) })
    .returningAll()
    .executeTakeFirstOrThrow();
  await bumpRevision(trx, owner.workspaceId);
  return open(row, secretKey);
}

/** What is given is changed. Throws `webhook.not_found`. */
export async function changeWebhook(
  trx: Database,
  access: Access,
  id: number,
  change: { readonly [K in keyof WebhookValues]?: WebhookValues[K] | undefined },
  secretKey: SecretKey,
): Promise<Webhook> {
  await bumpRevision(trx, access.workspaceId);
  const old = await requireWebhook(trx, access, id, secretKey);
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const values: WebhookValues = { ...old, ...Object.fromEntries(given) };
  const row = await trx
    .updateTable("webhooks")
    .set(toRow(values, secretKey))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return open(row, secretKey);
}

/** With its deliveries. Throws `webhook.not_found`. */
export async function deleteWebhook(trx: Database, access: Access, id: number): Promise<void> {
  const row = await visible(trx, access).where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new AppError("webhook.not_found", say`there is no webhook ${{ id }}`);
  await trx.deleteFrom("webhooks").where("id", "=", id).execute();
  await bumpRevision(trx, access.workspaceId);
}

/** What a bot's decisions have to know of the webhooks that hear of it. */
export async function listSubscriptions(
  db: Database,
  { workspaceId, botId }: { readonly workspaceId: number; readonly botId: number },
): Promise<WebhookSubscription[]> {
  const rows = await db
    .selectFrom("webhooks")
    .select(["id", "format", "name", "events", "messageMatch"])
    .where("workspaceId", "=", workspaceId)
    .where((eb) => eb.or([eb("botId", "is", null), eb("botId", "=", botId)]))
    .where("active", "=", true)
    .orderBy("id")
    .execute();
  return rows.map(({ events, ...row }) => ({ ...row, events: new Set(events) }));
}

/** Whether any webhook of the workspace wants to hear of this. */
export async function isHeard(db: Database, workspaceId: number, event: WebhookEvent): Promise<boolean> {
  const rows = await db
    .selectFrom("webhooks")
    .select("events")
    .where("workspaceId", "=", workspaceId)
    .where("active", "=", true)
    .execute();
  return rows.some(({ events }) => events.includes(event));
}

function visible(db: Database, { workspaceId, botId }: Access) {
  const webhooks = db.selectFrom("webhooks").selectAll().where("workspaceId", "=", workspaceId);
  return botId === undefined ? webhooks : webhooks.where("botId", "=", botId);
}

function toRow(values: WebhookValues, secretKey: SecretKey) {
  const { name, url, events, messageMatch, active, secret, headers, basicAuth } = values;
  const secrets = sealSecrets({ secret, headers: { ...headers }, basicAuth: basicAuth && { ...basicAuth } }, secretKey);
  return {
    name,
    url,
    events: JSON.stringify(events),
    messageMatch: messageMatch === null ? null : JSON.stringify(messageMatch),
    active,
    secrets,
  };
}

type Row = Omit<Webhook, keyof WebhookSecrets> & { readonly secrets: string };

function open({ secrets, ...row }: Row, secretKey: SecretKey): Webhook {
  const { secret, headers, basicAuth } = openSecrets(secrets, secretKey) as Record<string, Json> & WebhookSecrets;
  return { ...row, secret, headers, basicAuth };
}
