import { sql } from "kysely";
import { expect } from "vitest";
import type { ActionCall } from "../src/model/action-call.ts";
import type { Contact } from "../src/model/contact.ts";
import { createChannel } from "../src/store/channel-store.ts";
import type { Database } from "../src/store/database.ts";
import { loadContacts } from "../src/store/world-store.ts";
import { contactOf, type Shop, type TestShell } from "./shell.ts";

/** Connects the shop's bot to another fake channel; the channel's id. */
export async function aSecondChannel({ db }: { readonly db: Database }, shop: Shop): Promise<number> {
  const made = { kind: "fake", name: "Second", settings: {}, sealedSecrets: null, status: "connected" } as const;
  return (await createChannel(db, { id: shop.botId, workspaceId: shop.workspaceId }, made)).id;
}

/** Where the people live who are to be merged. */
interface Place {
  readonly one: TestShell;
  readonly shop: Shop;
  /** The bot's other channel. */
  readonly secondChannel: number;
}

/** What tests of merges do, in the place of the moment. */
export function mergeCalls(place: () => Place) {
  const submit: TestShell["shell"]["submit"] = (submission) => place().one.shell.submit(submission);

  const tell = async (person: string, text: string, channelId = place().shop.channelId) =>
    await submit({ ...place().shop.from(person, text), target: { channelId, externalId: person } });

  const act = async (contactId: number, ...actions: [string, ActionCall["args"]][]) => {
    const calls = actions.map(([action, args]) => ({ action, args }));
    const reply = await submit({
      target: { contactId },
      happening: { kind: "actions", actions: calls },
      source: "api",
    });
    expect(reply).toMatchObject({ status: "done", results: calls.map(() => ({ ok: true })) });
  };

  const merge = (primary: number, secondary: number, deleteSecondary = true) =>
    submit({
      target: { contactId: primary },
      happening: { kind: "merge", secondaryId: secondary, deleteSecondary },
      source: "api",
    });

  const load = async (id: number): Promise<Contact | undefined> =>
    (await loadContacts(place().one.database.db, [id]))[0]?.contact;

  const access = () => ({ workspaceId: place().shop.workspaceId });

  let people = 0;
  /** Names that nobody has yet. */
  const newNames = () => {
    people += 1;
    return { ann: `ann${people}`, anna: `anna${people}` };
  };

  /** Two contacts of the bot, each with a life of its own: Ann on the first channel, Anna on the second. */
  async function twoPeople() {
    const { ann, anna } = newNames();
    const primary = contactOf(await tell(ann, "hello"));
    place().one.clock.pass(1000);
    const secondary = contactOf(await tell(anna, "hi", place().secondChannel));
    return { ann, anna, primary, secondary };
  }

  return { tell, act, merge, load, access, newNames, twoPeople };
}

/** Every table that belongs to a contact, as PostgreSQL calls it. */
export async function contactTables(db: Database): Promise<string[]> {
  const { rows } = await sql<{ tableName: string }>`
    select table_name from information_schema.columns
    where column_name = 'contact_id' and table_schema = current_schema() order by table_name`.execute(db);
  return rows.map(({ tableName }) => tableName);
}

/** Those that hold rows of the contact. */
export async function tablesWith(db: Database, contactId: number): Promise<string[]> {
  const held = await Promise.all(
    (await contactTables(db)).map(async (table) => {
      const { rows } = await sql`select 1 from ${sql.table(table)} where contact_id = ${contactId} limit 1`.execute(db);
      return rows.length > 0 ? [table] : [];
    }),
  );
  return held.flat();
}
