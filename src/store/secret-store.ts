import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { openSecrets, sealSecrets } from "./secret-box.ts";
import type { SecretKey } from "./secret-key.ts";
import { type Access, bumpRevision, isOfAccess } from "./workspace-store.ts";

/** A secret of a bot, without its value: that goes into requests, and to nobody. */
export interface Secret {
  readonly id: number;
  readonly botId: number;
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export async function listSecrets(db: Database, access: Access): Promise<Secret[]> {
  return await visibleSecrets(db, access).orderBy("secrets.id").execute();
}

/** Throws `secret.not_found`. */
export async function requireSecret(db: Database, access: Access, id: number): Promise<Secret> {
  const secret = await visibleSecrets(db, access).where("secrets.id", "=", id).executeTakeFirst();
  if (secret === undefined) throw new AppError("secret.not_found", say`there is no secret ${{ id }}`);
  return secret;
}

/** Throws `secret.key_taken` where another secret of the bot has the key or the name. */
export async function createSecret(
  trx: Database,
  bot: { readonly id: number; readonly workspaceId: number },
  { value, ...definition }: Pick<Secret, "key" | "name" | "description"> & { readonly value: string },
  secretKey: SecretKey,
): Promise<Secret> {
  await bumpRevision(trx, bot.workspaceId);
  const made = await trx
    .insertInto("secrets")
    .values({ ...definition, botId: bot.id, sealed: sealSecrets({ value }, secretKey) })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) {
    throw new AppError(
      "secret.key_taken",
      say`the bot already has a secret "${{ key: definition.key }}", or one of this name`,
    );
  }
  return await requireSecret(trx, { workspaceId: bot.workspaceId }, made.id);
}

/** The key stays as it is. Throws `secret.not_found`, `secret.key_taken`. */
export async function changeSecret(
  trx: Database,
  access: Access,
  id: number,
  change: {
    readonly name?: string | undefined;
    readonly description?: string | undefined;
    readonly value?: string | undefined;
    readonly at: Date;
  },
  secretKey: SecretKey,
): Promise<Secret> {
  const old = await requireSecret(trx, access, id);
  const { name = old.name, description = old.description, value, at: updatedAt } = change;
  const others = trx.selectFrom("secrets").select("id").where("botId", "=", old.botId).where("id", "!=", id);
  if ((await others.where("name", "=", name).executeTakeFirst()) !== undefined) {
    throw new AppError("secret.key_taken", say`the bot already has a secret "${{ name }}"`);
  }
  await trx
    .updateTable("secrets")
    .set({
      name,
      description,
      updatedAt,
      ...(value === undefined ? {} : { sealed: sealSecrets({ value }, secretKey) }),
    })
    .where("id", "=", id)
    .execute();
  return { ...old, name, description, updatedAt };
}

/** Throws `secret.not_found`. */
export async function deleteSecret(trx: Database, access: Access, id: number): Promise<void> {
  await requireSecret(trx, access, id);
  await trx.deleteFrom("secrets").where("id", "=", id).execute();
  await bumpRevision(trx, access.workspaceId);
}

/** The values by key, for the moment in which a request is made. */
export async function openSecretsOf(
  db: Database,
  botId: number,
  secretKey: SecretKey,
): Promise<Record<string, string>> {
  const rows = await db.selectFrom("secrets").select(["key", "sealed"]).where("botId", "=", botId).execute();
  return Object.fromEntries(rows.map(({ key, sealed }) => [key, String(openSecrets(sealed, secretKey).value)]));
}

function visibleSecrets(db: Database, access: Access) {
  return db
    .selectFrom("secrets")
    .innerJoin("bots", "bots.id", "secrets.botId")
    .select([
      "secrets.id",
      "secrets.botId",
      "secrets.key",
      "secrets.name",
      "secrets.description",
      "secrets.createdAt",
      "secrets.updatedAt",
    ])
    .where(isOfAccess(access));
}
