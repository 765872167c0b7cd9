import { previewMerge } from "../../engine/merge.ts";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { countContactRows, exportContactData } from "../../store/contact-data-store.ts";
import { requireContact, requireContactId } from "../../store/contact-store.ts";
import { contactDataSchema, contactParams, mergePreviewQuery, mergePreviewSchema } from "../contract/contacts.ts";
import { presentContact } from "./present-contact.ts";
import { type ApiResource, route } from "./route.ts";

const read = { tag: "Contacts", scope: "contacts:read" } as const;

/** Everything about one contact: for whoever asks what is kept of them, and before two become one. */
export const contactDataResource: ApiResource = (app, { db }) => {
  app.get(
    "/contacts/:id/data",
    route(
      {
        ...read,
        id: "exportContactData",
        summary: "Everything that is kept of one contact",
        description: "For a person who asks for their data. Every table that knows of the contact is in it.",
      },
      { params: contactParams },
      contactDataSchema,
    ),
    async ({ caller, params }) => ({ ...(await exportContactData(db, await requireContactId(db, caller, params.id))) }),
  );
  app.get(
    "/contacts/:id/merge-preview",
    route(
      { ...read, id: "previewMerge", summary: "What a merge of another contact into this one would move and lose" },
      { params: contactParams, querystring: mergePreviewQuery },
      mergePreviewSchema,
    ),
    async ({ caller, params, query }) => {
      const primary = await requireContact(db, caller, params.id);
      const secondary = await requireContact(db, caller, query.secondary);
      if (primary.id === secondary.id) {
        throw new AppError("contact.merge_itself", say`a contact cannot be merged into itself`);
      }
      if (primary.botId !== secondary.botId) {
        const sentence = say`the two contacts belong to different bots; only contacts of one bot can be merged`;
        throw new AppError("contact.merge_other_bot", sentence);
      }
      const { merged, lost, ended } = previewMerge(primary, secondary);
      return {
        merged: presentContact(merged),
        secondary: presentContact(secondary),
        moved: { ...(await countContactRows(db, secondary.id)) },
        lost: { profile: { ...lost.profile }, fields: { ...lost.fields } },
        ended: [...ended],
      };
    },
  );
};
