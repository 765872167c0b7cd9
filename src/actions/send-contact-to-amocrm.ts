import { z } from "zod";
import { defineAction } from "../engine/action-type.ts";
import { callIntegration, findIntegration, integrationArg, saveArg } from "../engine/call-integration.ts";
import { amocrmContactShape, amocrmKind, toAmocrmContact } from "./amocrm-contact.ts";

/** Leeloo's "contact in amoCRM" (requirements/001). */
export const sendContactToAmocrm = defineAction({
  name: "send_contact_to_amocrm",
  title: "Send the contact to amoCRM",
  group: "integrations",
  description:
    "Makes the contact in amoCRM or Kommo, with its tags, phone and e-mail, or brings it up to date: the one that was made before, or one with the same phone or e-mail. All texts are templates; what came of it stands in the integration log.",
  args: z.object({ integration: integrationArg, ...amocrmContactShape, save: saveArg }),
  example: {
    name: "{{ contact.name }}",
    firstName: "",
    lastName: "",
    rename: true,
    phone: "{{ contact.phone }}",
    email: "{{ contact.email }}",
    tags: ["Webinar"],
    fields: { "501": "{{ fields.city }}" },
  },
  check: (bot, { integration: ref }) => {
    const found = findIntegration(bot, { ...amocrmKind, ref });
    return "code" in found ? found : undefined;
  },
  apply: (context, args) =>
    callIntegration(
      context,
      { ...amocrmKind, ref: args.integration },
      { operation: "send_contact", args: { contact: toAmocrmContact(context, args) }, save: args.save },
    ),
});
