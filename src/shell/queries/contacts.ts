import { type Contact, profileKeys } from "../../model/contact.ts";
import type { Json } from "../../model/field.ts";
import { type ContactFilter, listContacts } from "../../store/contact-store.ts";
import type { Query, QueryContext } from "./query-context.ts";

interface Where {
  readonly scope: "bot" | "workspace";
  readonly others: boolean;
  readonly limit: number;
}

export const findContactsByPhone: Query<"find_contacts_by_phone"> = async (context, { phone, ...where }) =>
  present(await find(context, { phone }, where), where);

export const findContactsByEmail: Query<"find_contacts_by_email"> = async (context, { email, ...where }) =>
  present(await find(context, { email }, where), where);

/** A channel's id of a person comes before our own public id. */
export const findContactsByUserId: Query<"find_contacts_by_user_id"> = async (context, { userId, ...where }) => {
  const byChannel = await find(context, { channelUserId: userId }, where);
  const byCuid = await find(context, { cuid: userId }, where);
  const known = new Set(byChannel.map(({ id }) => id));
  return present([...byChannel, ...byCuid.filter(({ id }) => !known.has(id))], where);
};

async function find(context: QueryContext, filter: ContactFilter, { scope, others, limit }: Where): Promise<Contact[]> {
  const { db, access, botId, contactId } = context;
  const inScope = scope === "bot" ? { ...filter, bot: botId } : filter;
  const contacts = await listContacts(db, access, inScope, { limit: limit + 1 });
  return others ? contacts.filter(({ id }) => id !== contactId) : contacts;
}

function present(contacts: readonly Contact[], { limit }: Where): Json {
  const shown = contacts.slice(0, limit).map(presentContact);
  return { count: shown.length, contacts: shown };
}

function presentContact(contact: Contact): Json {
  const { id, cuid, botId, profile, tags, labels, fields, identities } = contact;
  return {
    id,
    cuid,
    botId,
    ...Object.fromEntries(profileKeys.map((key) => [key, profile[key] ?? null])),
    tags: [...tags],
    labels: [...labels],
    fields: { ...fields },
    channels: identities.map(({ channelId, channelKind, externalId, username, status }) => ({
      channelId,
      kind: channelKind,
      userId: externalId,
      username: username ?? null,
      status,
    })),
  };
}
