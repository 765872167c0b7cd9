import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { expect } from "vitest";
import type { Json } from "../src/model/field.ts";
import { createBroadcast } from "../src/store/broadcast-draft-store.ts";
import { moveBroadcast } from "../src/store/broadcast-store.ts";
import { writeDeliveries } from "../src/store/delivery-store.ts";
import { createImport, moveImport } from "../src/store/import-store.ts";
import { createIntegration } from "../src/store/integration-store.ts";
import { createInvitation } from "../src/store/invitation-store.ts";
import { createUser, joinWorkspace } from "../src/store/member-store.ts";
import { sealSecrets } from "../src/store/secret-box.ts";
import type { SecretKey } from "../src/store/secret-key.ts";
import { createSecret } from "../src/store/secret-store.ts";
import { createWebhook } from "../src/store/webhook-store.ts";
import { everybody, sayText } from "./broadcasts.ts";
import type { TestDatabase } from "./database.ts";
import type { Receiver } from "./receiver.ts";
import { aShop, contactOf, echoFlow, type TestShell } from "./shell.ts";

export type JobTenant = Awaited<ReturnType<typeof aJobTenant>>;

/** What a workspace stands on, and whom it tells things. */
export interface JobGround {
  readonly database: TestDatabase;
  readonly one: TestShell;
  readonly receiver: Receiver;
  readonly secretKey: SecretKey;
}

/** A workspace with one of everything that a job can name; `name` stands in everything that is its own. */
export async function aJobTenant(
  { database: { db }, one, receiver, secretKey }: JobGround,
  { name, phone }: { readonly name: string; readonly phone: string },
) {
  const at = new Date(one.clock.now());
  const shop = await aShop(one, {
    fields: [{ key: name, name, kind: "text" }],
    sequences: [{ ref: `s-${name}`, name, steps: [] }],
    flows: [echoFlow],
  });
  const { workspaceId, botId } = shop;
  const contactId = contactOf(await one.shell.submit(shop.from(name, name)));
  const actions = [
    { action: "set_profile", args: { key: "phone", value: phone } },
    { action: "set_profile", args: { key: "email", value: `${name}@example.com` } },
    { action: "set_field", args: { field: name, value: name } },
    { action: "subscribe_sequence", args: { sequence: `s-${name}` } },
  ];
  const done = await one.shell.submit({
    target: { contactId },
    happening: { kind: "actions", actions },
    source: "api",
  });
  expect(done).toMatchObject({ status: "done", results: actions.map(() => ({ ok: true })) });
  const integration = await createIntegration(db, workspaceId, {
    kind: "getcourse",
    name,
    settings: { account: receiver.url },
    sealedSecrets: sealSecrets({ key: name }, secretKey),
    active: true,
  });
  const given = {
    format: "chatbot",
    name,
    url: `${receiver.url}/chatbot`,
    events: ["message_in"],
    active: true,
  } as const;
  const hook = { ...given, secret: name, messageMatch: null, headers: {}, basicAuth: null };
  const webhook = await createWebhook(db, { workspaceId, botId: null }, hook, secretKey);
  await createSecret(
    db,
    { id: botId, workspaceId },
    { key: "token", name: "token", description: "", value: `${name} secret` },
    secretKey,
  );
  const { id: sequenceId } = await db
    .selectFrom("sequences")
    .select("id")
    .where("botId", "=", botId)
    .executeTakeFirstOrThrow();
  const email = `member@${name}.example`;
  const userId = await createUser(db, { email, name, passwordHash: "a hash" });
  await joinWorkspace(db, workspaceId, userId, "owner");
  const { cuid } = await db.selectFrom("contacts").select("cuid").where("id", "=", contactId).executeTakeFirstOrThrow();
  return {
    ...{ shop, name, phone, contactId, cuid, integration, webhook, sequenceId, sequence: `s-${name}` },
    member: { userId, email },
    async invite(whom: string) {
      const wanted = { workspaceId, email: whom, role: "viewer", invitedBy: userId, at } as const;
      return (await createInvitation(db, wanted)).secret;
    },
    /** A broadcast that is about to begin. */
    async broadcast(wanted: Partial<Parameters<typeof createBroadcast>[1]> = {}) {
      const whole = {
        workspaceId,
        botId,
        name,
        audience: everybody,
        perMinute: null,
        startAt: null,
        actions: [sayText(name)],
        at,
      };
      const { id } = await createBroadcast(db, { ...whole, ...wanted });
      await db.transaction().execute((trx) => moveBroadcast(trx, shop, id, "start", at));
      return { id };
    },
    async import(text: string, mapping: readonly string[]) {
      const settings = { separator: ",", encoding: "utf-8", mapping, tags: [name] } as never;
      const content = Buffer.from(`${mapping.join(",")}\n${text}`);
      const made = await createImport(db, { workspaceId, botId, name, settings, lines: 0, content, at });
      await db.transaction().execute((trx) => moveImport(trx, made, "running", at));
      return { id: made.id };
    },
    /** Where somebody of here stands and waits for a job. */
    async position(state: Json, whose = contactId) {
      const id = randomUUID();
      const place = { flowRef: "echo", stepRef: "tag", stepKind: "action", waitsFor: "job", wakeAt: null } as const;
      await db
        .insertInto("positions")
        .values({
          id,
          contactId: whose,
          ...place,
          state: JSON.stringify(state) as never,
          channelId: null,
          enteredAt: at,
        })
        .execute();
      return id;
    },
    async delivery(whose: number, body: string) {
      const id = randomUUID();
      const { id: eventId } = await db
        .selectFrom("events")
        .select("id")
        .where("contactId", "=", whose)
        .executeTakeFirstOrThrow();
      const event = { event: "message_in", eventId, at: at.getTime() } as const;
      await writeDeliveries(db, [{ id, webhookId: webhook.id, contactId: whose, body, ...event }]);
      return { delivery: id };
    },
  };
}

/** All rows of all tables that name a workspace, or what is in it by one of these columns. */
export async function rowsOf({ db }: Pick<TestDatabase, "db">, tenant: JobTenant): Promise<readonly string[]> {
  const { rows: found } = await sql<{ table: string; column: string }>`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = current_schema() and table_name in
      (select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE')
    and column_name in ('workspace_id', 'bot_id', 'contact_id', 'channel_id', 'sequence_id', 'webhook_id', 'integration_id')`.execute(
    db,
  );
  const { workspaceId, botId, channelId } = tenant.shop;
  const values: Readonly<Record<string, number>> = {
    workspace_id: workspaceId,
    bot_id: botId,
    contact_id: tenant.contactId,
    channel_id: channelId,
    sequence_id: tenant.sequenceId,
    webhook_id: tenant.webhook.id,
    integration_id: tenant.integration.id,
  };
  const all: string[] = [];
  for (const { table, column } of found) {
    const { rows } = await sql<{ row: string }>`select row_to_json(r)::text as row from ${sql.table(table)} r
      where ${sql.ref(column)} = ${values[column] ?? 0}`.execute(db);
    all.push(...rows.map(({ row }) => `${table}.${column} ${row}`));
  }
  expect(found.length).toBeGreaterThan(40);
  return all.sort();
}
