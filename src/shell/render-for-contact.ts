import { type Rendered, renderTemplate } from "../engine/template.ts";
import type { Contact } from "../model/contact.ts";
import { preparePublishedFlow } from "../steps/advance.ts";
import type { Database } from "../store/database.ts";
import { loadSnapshot, loadVariables } from "../store/snapshot-store.ts";

/** What a template says to a contact. Nothing is changed or sent. */
export async function renderForContact(
  db: Database,
  { contact, template, now }: { readonly contact: Contact; readonly template: string; readonly now: number },
): Promise<Rendered> {
  const { botId } = contact;
  const bot = (await loadSnapshot(db, botId, preparePublishedFlow))?.snapshot;
  if (bot === undefined) throw new Error(`there is no bot ${botId} to its contact`);
  const variables = (await loadVariables(db, [botId])).get(botId) ?? {};
  return renderTemplate(template, { contact, bot, variables, values: {} }, now);
}
