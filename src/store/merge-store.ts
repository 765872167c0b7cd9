import { sql } from "kysely";
import type { Contact } from "../model/contact.ts";
import { moveRecipients } from "./broadcast-ledger-store.ts";
import { moveCart } from "./cart-store.ts";
import { moveClosingNotes, moveCustomEvents } from "./conversation-store.ts";
import type { Database } from "./database.ts";
import { moveDeals } from "./deal-store.ts";
import { moveDeliveries } from "./delivery-store.ts";
import { moveEvents } from "./event-store.ts";
import { moveFiles } from "./file-store.ts";
import { moveWalks } from "./flow-walk-store.ts";
import { moveIntegrationCalls } from "./integration-log-store.ts";
import { moveLinks } from "./integration-store.ts";
import { moveMentions } from "./mention-store.ts";
import { moveMessages } from "./message-store.ts";
import { moveNotes } from "./note-store.ts";
import { moveOrders } from "./order-store.ts";
import { moveSequenceEnds, moveSubscriptions } from "./subscription-store.ts";
import type { Tables } from "./tables.ts";

/** Gives one contact's rows to another. Both rows in `contacts` are locked by the caller. */
export type Move = (trx: Database, from: number, to: number) => Promise<void>;

/**
 * Every table with a `contact_id`, and how its rows get from a contact that is merged away to the one that stays. A test compares this with the database's
 * catalogue: whoever adds such a table adds a line here, and the function beside the table's other statements.
 */
export const movers = {
  broadcastRecipients: moveRecipients,
  carts: moveCart,
  contactAliases: moveAliases,
  contactClosingNotes: moveClosingNotes,
  contactFields: moveFields,
  contactLabels: moveLabels,
  contactTags: moveTags,
  customEventLog: moveCustomEvents,
  deals: moveDeals,
  events: moveEvents,
  identities: moveIdentities,
  integrationLinks: moveLinks,
  integrationLog: moveIntegrationCalls,
  files: moveFiles,
  flowWalks: moveWalks,
  mentions: moveMentions,
  messages: moveMessages,
  notes: moveNotes,
  orders: moveOrders,
  positions: movePositions,
  sequenceEnds: moveSequenceEnds,
  subscriptions: moveSubscriptions,
  webhookDeliveries: moveDeliveries,
} as const satisfies { readonly [T in keyof Tables]?: Move };

/** What the engine has decided of a merge. */
export interface Merge {
  readonly primary: Pick<Contact, "id" | "cuid">;
  readonly secondary: Pick<Contact, "id" | "cuid">;
  readonly deleteSecondary: boolean;
  readonly at: Date;
  /** The door it was asked through. */
  readonly author: string;
}

/**
 * Moves all that a contact has to another, both locked: one statement or two a table. Then the secondary is deleted, its cuid finding the primary from now on; or it
 * is left with its name alone and a note of where it went, so that no look-up finds an empty contact instead of the whole one.
 */
export async function absorbContact(trx: Database, merge: Merge): Promise<void> {
  const { primary, secondary, deleteSecondary, at, author } = merge;
  for (const move of Object.values(movers)) await move(trx, secondary.id, primary.id);
  if (deleteSecondary) {
    await trx.deleteFrom("contacts").where("id", "=", secondary.id).execute();
    const alias = { cuid: secondary.cuid, contactId: primary.id, createdAt: at };
    await trx.insertInto("contactAliases").values(alias).execute();
    return;
  }
  await trx
    .updateTable("contacts")
    .set({ email: null, phone: null, clientExternalId: null, utm: "{}", entry: null, splits: "{}", inbound: "{}" })
    .set({ lastInboundAt: null, optedOutAt: null, conversation: null, consents: null, bannedAt: null })
    .where("id", "=", secondary.id)
    .execute();
  const text = `Merged into contact ${primary.id} (${primary.cuid}).`;
  await trx.insertInto("notes").values({ contactId: secondary.id, text, author, createdAt: at }).execute();
}

async function moveAliases(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("contactAliases").set({ contactId: to }).where("contactId", "=", from).execute();
}

async function moveIdentities(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("identities").set({ contactId: to }).where("contactId", "=", from).execute();
}

/** Positions' ids are unique for ever. What must not go on beside the primary's is ended by the batch that asked. */
async function movePositions(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("positions").set({ contactId: to }).where("contactId", "=", from).execute();
}

async function moveTags(trx: Database, from: number, to: number): Promise<void> {
  await sql`insert into contact_tags (contact_id, tag_id, added_at)
    select ${to}, tag_id, added_at from contact_tags where contact_id = ${from} on conflict do nothing`.execute(trx);
  await trx.deleteFrom("contactTags").where("contactId", "=", from).execute();
}

async function moveLabels(trx: Database, from: number, to: number): Promise<void> {
  await sql`insert into contact_labels (contact_id, label_id, added_at)
    select ${to}, label_id, added_at from contact_labels where contact_id = ${from} on conflict do nothing`.execute(
    trx,
  );
  await trx.deleteFrom("contactLabels").where("contactId", "=", from).execute();
}

async function moveFields(trx: Database, from: number, to: number): Promise<void> {
  await sql`insert into contact_fields (contact_id, field_id, value, updated_at, search_key)
    select ${to}, field_id, value, updated_at, search_key from contact_fields where contact_id = ${from}
    on conflict do nothing`.execute(trx);
  await trx.deleteFrom("contactFields").where("contactId", "=", from).execute();
}
