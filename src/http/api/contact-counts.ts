import { countContactsBy } from "../../store/contact-count-store.ts";
import { listOf } from "../contract/common.ts";
import { contactCountParams, contactCountSchema } from "../contract/contact-counts.ts";
import { type ApiResource, route } from "./route.ts";

/** Apart from the lists of these things, because counting takes longer. */
export const contactCountResource: ApiResource = (app, { db }) => {
  app.get(
    "/contact-counts/:of",
    route(
      {
        id: "countContactsByName",
        tag: "Contacts",
        summary:
          "How many contacts have each tag, label or field, are in each sequence, or came last by each entry link",
        description: "What no contact has is left out.",
        scope: "contacts:read",
      },
      { params: contactCountParams },
      listOf(contactCountSchema),
    ),
    async ({ caller, params }) => ({ data: await countContactsBy(db, caller, params.of) }),
  );
};
