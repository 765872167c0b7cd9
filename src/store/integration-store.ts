import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import type { Json } from "../model/field.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { createRef } from "./ref.ts";
import { type Access, bumpRevision } from "./workspace-store.ts";

/** An integration's row. Its secrets stay sealed here; `secret-box.ts` opens them. */
export interface Integration {
  readonly id: number;
  readonly workspaceId: number;
  readonly ref: string;
  readonly kind: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, Json>>;
  readonly secrets: string | null;
  readonly active: boolean;
  /** The latest failure; null again after a success. */
  readonly error: string | null;
  readonly errorAt: Date | null;
  readonly createdAt: Date;
}

/** In the order in which they were made. */
export async function listIntegrations(
  db: Database,
  { workspaceId }: Pick<Access, "workspaceId">,
): Promise<Integration[]> {
  return await db.selectFrom("integrations").selectAll().where("workspaceId", "=", workspaceId).orderBy("id").execute();
}

/** Whoever's it is: for those who make its calls. */
export async function getIntegration(db: Database, id: number): Promise<Integration | undefined> {
  return await db.selectFrom("integrations").selectAll().where("id", "=", id).executeTakeFirst();
}

/** `lock`: nobody else changes it until the transaction ends. Throws `integration.not_found`. */
export async function requireIntegration(
  db: Database,
  access: Pick<Access, "workspaceId">,
  id: number,
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<Integration> {
  const query = db.selectFrom("integrations").selectAll().where("id", "=", id);
  const found = await (lock ? query.forUpdate() : query).executeTakeFirst();
  if (found?.workspaceId !== access.workspaceId)
    throw new AppError("integration.not_found", say`there is no integration ${{ id }}`);
  return found;
}

export async function createIntegration(
  trx: Database,
  workspaceId: number,
  values: {
    readonly kind: string;
    readonly name: string;
    readonly settings: Readonly<Record<string, Json>>;
    readonly sealedSecrets: string | null;
    readonly active: boolean;
  },
): Promise<Integration> {
  const { settings, sealedSecrets, ...rest } = values;
  const made = await trx
    .insertInto("integrations")
    .values({
      ...rest,
      workspaceId,
      ref: createRef(),
      settings: JSON.stringify(settings),
      secrets: sealedSecrets,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await bumpRevision(trx, workspaceId);
  return made;
}

/** What is given is changed; new settings or secrets clear the latest failure. Throws `integration.not_found`. */
export async function changeIntegration(
  trx: Database,
  access: Pick<Access, "workspaceId">,
  id: number,
  change: {
    readonly name?: string | undefined;
    readonly active?: boolean | undefined;
    readonly settings?: Readonly<Record<string, Json>> | undefined;
    readonly sealedSecrets?: string | null | undefined;
  },
): Promise<Integration> {
  await bumpRevision(trx, access.workspaceId);
  const old = await requireIntegration(trx, access, id);
  const { name = old.name, active = old.active, settings, sealedSecrets = old.secrets } = change;
  const isSetUpAnew = settings !== undefined || sealedSecrets !== old.secrets;
  return await trx
    .updateTable("integrations")
    .set({ name, active, settings: JSON.stringify(settings ?? old.settings), secrets: sealedSecrets })
    .$if(isSetUpAnew, (update) => update.set({ error: null, errorAt: null }))
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** With what it keeps of contacts; the log of its calls stays. Throws `integration.not_found`. */
export async function deleteIntegration(trx: Database, access: Pick<Access, "workspaceId">, id: number): Promise<void> {
  await requireIntegration(trx, access, id);
  await trx.deleteFrom("integrations").where("id", "=", id).execute();
  await bumpRevision(trx, access.workspaceId);
}

/** Keeps the latest failure in sight, or (null) that it works. Flows do not depend on it. */
export async function noteIntegrationError(
  db: Database,
  id: number,
  { error, at }: { readonly error: string | null; readonly at: Date },
): Promise<void> {
  await db
    .updateTable("integrations")
    .set({ error, errorAt: error === null ? null : at })
    .where("id", "=", id)
    .$if(error === null, (update) => update.where("error", "is not", null))
    .execute();
}

/**
 * Takes the integration's next turn: milliseconds until it comes, by the database's clock, which all processes share. Undefined, and no turn taken: it would come later than `mostMs`
 * from now.
 */
export async function takeTurn(
  db: Database,
  integrationId: number,
  { everyMs, mostMs }: { readonly everyMs: number; readonly mostMs: number },
): Promise<number | undefined> {
  const { rows } = await sql<{ waitMs: number }>`
    insert into integration_turns as t (integration_id, next_at)
    values (${integrationId}, clock_timestamp() + make_interval(secs => ${everyMs / 1000}))
    on conflict (integration_id) do update
      set next_at = greatest(t.next_at, clock_timestamp()) + make_interval(secs => ${everyMs / 1000})
      where t.next_at < clock_timestamp() + make_interval(secs => ${mostMs / 1000})
    returning greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000 - ${everyMs})::float8 as wait_ms
  `.execute(db);
  return rows[0]?.waitMs;
}

/** What the other system calls a contact, by name. */
export async function readLinks(
  db: Database,
  integrationId: number,
  contactId: number,
): Promise<Readonly<Record<string, string>>> {
  const rows = await db
    .selectFrom("integrationLinks")
    .select(["name", "value"])
    .where("integrationId", "=", integrationId)
    .where("contactId", "=", contactId)
    .execute();
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** `value` null: forgets it. Nothing where the contact is gone. */
export async function setLink(
  db: Database,
  link: { readonly integrationId: number; readonly contactId: number; readonly name: string },
  value: string | null,
  at: Date,
): Promise<void> {
  const { integrationId, contactId, name } = link;
  if (value === null) {
    await db
      .deleteFrom("integrationLinks")
      .where("integrationId", "=", integrationId)
      .where("contactId", "=", contactId)
      .where("name", "=", name)
      .execute();
    return;
  }
  await sql`insert into integration_links (integration_id, contact_id, name, value, updated_at)
    select ${integrationId}, id, ${name}, ${value}, ${at} from contacts where id = ${contactId}
    on conflict (integration_id, contact_id, name) do update set value = excluded.value, updated_at = excluded.updated_at`.execute(
    db,
  );
}

/** Gives a contact's names at other systems to another, where that has none of the same. */
export async function moveLinks(trx: Database, from: number, to: number): Promise<void> {
  await sql`insert into integration_links (integration_id, contact_id, name, value, updated_at)
    select integration_id, ${to}, name, value, updated_at from integration_links where contact_id = ${from}
    on conflict do nothing`.execute(trx);
  await trx.deleteFrom("integrationLinks").where("contactId", "=", from).execute();
}
