import type { QueryName } from "../../model/query.ts";
import { listClosingNotes } from "./closing-notes.ts";
import { findContactsByEmail, findContactsByPhone, findContactsByUserId } from "./contacts.ts";
import { mergeContact } from "./merge.ts";
import { getMessage, getMessages, listMessages } from "./messages.ts";
import type { Query } from "./query-context.ts";

/** What every query of `model/query.ts` does. */
export const queries = {
  list_messages: listMessages,
  get_message: getMessage,
  get_messages: getMessages,
  list_closing_notes: listClosingNotes,
  find_contacts_by_phone: findContactsByPhone,
  find_contacts_by_email: findContactsByEmail,
  find_contacts_by_user_id: findContactsByUserId,
  merge_contact: mergeContact,
} as const satisfies { readonly [Name in QueryName]: Query<Name> };
