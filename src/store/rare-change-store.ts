import { sql } from "kysely";
import type { Batch, ContactChange } from "./batch.ts";
import { noParts } from "./batch-rows.ts";
import { writeConversationLog } from "./conversation-store.ts";
import type { Database } from "./database.ts";
import { writeReceipts } from "./receipt-store.ts";
import { writeSubscriptions } from "./subscription-store.ts";

/** Tags and labels that an action named and the workspace does not know yet; that changes what bots know, so the revision goes up. */
export async function createMissingNames(trx: Database, { contacts }: Batch): Promise<void> {
  for (const list of ["tags", "labels"] as const) {
    const missing = contacts.flatMap(({ before, after, bot }) =>
      after[list] === before[list]
        ? []
        : after[list]
            .filter((name) => !bot[list].has(name) && !before[list].includes(name))
            .map((name) => ({ workspaceId: bot.workspaceId, name })),
    );
    if (missing.length === 0) continue;
    await trx
      .insertInto(list)
      .values(missing)
      .onConflict((conflict) => conflict.columns(["workspaceId", "name"]).doNothing())
      .execute();
    const workspaceIds = [...new Set(missing.map(({ workspaceId }) => workspaceId))].sort((a, b) => a - b);
    await trx
      .updateTable("workspaces")
      .set((eb) => ({ revision: eb("revision", "+", 1) }))
      .where("id", "in", workspaceIds)
      .execute();
  }
}

/** What few events bring: a statement for each change. */
export async function writeRare(trx: Database, batch: Batch): Promise<void> {
  for (const change of batch.contacts) {
    const { before, after } = change;
    if (after.labels !== before.labels) await writeLabels(trx, change);
    if (after.identities !== before.identities) await writeIdentities(trx, change);
  }
  for (const [botId, values] of batch.variables) {
    for (const [key, value] of Object.entries(values)) {
      await trx
        .updateTable("variables")
        .set({ value: value === null ? null : JSON.stringify(value) })
        .where("botId", "=", botId)
        .where("key", "=", key)
        .execute();
    }
  }
  await writeSubscriptions(trx, batch);
  await writeNotes(trx, batch);
  await writeConversationLog(trx, batch.handled);
  await writeEdits(trx, batch);
  await writeReceipts(trx, batch);
}

async function writeLabels(trx: Database, { before, after, bot, at }: ContactChange): Promise<void> {
  const ids = (names: readonly string[]) =>
    trx
      .selectFrom("labels")
      .select("id")
      .where("workspaceId", "=", bot.workspaceId)
      .where("name", "in", [...names, ""]);
  const gone = before.labels.filter((name) => !after.labels.includes(name));
  const added = after.labels.filter((name) => !before.labels.includes(name));
  if (gone.length > 0) {
    await trx.deleteFrom("contactLabels").where("contactId", "=", after.id).where("labelId", "in", ids(gone)).execute();
  }
  for (const { id } of added.length > 0 ? await ids(added).execute() : []) {
    await trx
      .insertInto("contactLabels")
      .values({ contactId: after.id, labelId: id, addedAt: new Date(at) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function writeIdentities(trx: Database, { before, after, at }: ContactChange): Promise<void> {
  for (const identity of after.identities) {
    if (identity.id === 0) {
      // An address that another contact has by now stays theirs; a channel that is gone by now gets nobody.
      await sql`
        insert into identities (contact_id, channel_id, external_id, status, created_at)
        select ${after.id}, id, ${identity.externalId}, ${identity.status}, ${new Date(at)} from channels where id = ${identity.channelId}
        on conflict do nothing`.execute(trx);
      continue;
    }
    const old = before.identities.find(({ id }) => id === identity.id);
    if (old?.status === identity.status && old.username === identity.username) continue;
    await trx
      .updateTable("identities")
      .set({ status: identity.status, username: identity.username ?? null })
      .where("id", "=", identity.id)
      .execute();
  }
}

async function writeNotes(trx: Database, { handled }: Batch): Promise<void> {
  const notes = handled.flatMap(({ event, contactId, notes: written }) =>
    written.map(({ text, flow }) => ({
      contactId,
      text,
      author: event.source,
      memberId: flow === undefined ? (event.by ?? null) : null,
      createdAt: new Date(event.at),
    })),
  );
  if (notes.length > 0) await trx.insertInto("notes").values(notes).execute();
}

async function writeEdits(trx: Database, { handled }: Batch): Promise<void> {
  for (const { event } of handled) {
    if (event.kind !== "message_edited" || event.message.externalId === undefined) continue;
    const { text, attachments } = event.message;
    const content = { ...noParts, ...(text === undefined ? {} : { text }), attachments };
    await trx
      .updateTable("messages")
      .set({ content: JSON.stringify(content), editedAt: new Date(event.at) })
      .where("channelId", "=", event.channelId ?? 0)
      .where("externalId", "=", event.message.externalId)
      .execute();
  }
}
