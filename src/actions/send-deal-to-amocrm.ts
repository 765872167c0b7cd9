import { z } from "zod";
import { defineAction, refuse } from "../engine/action-type.ts";
import { callIntegration, findIntegration, integrationArg, saveArg } from "../engine/call-integration.ts";
import { say } from "../model/sentence.ts";
import {
  amocrmContactShape,
  amocrmFields,
  amocrmId,
  amocrmKind,
  amocrmTags,
  amocrmTemplate,
  renderAmocrmFields,
  renderAmocrmTags,
  toAmocrmContact,
} from "./amocrm-contact.ts";

/** Won and lost: they have the same numbers in every pipeline (https://www.amocrm.ru/developers/content/crm_platform/leads_pipelines). */
const closed = [142, 143];

/** Leeloo's "deal in amoCRM" (requirements/001). */
export const sendDealToAmocrm = defineAction({
  name: "send_deal_to_amocrm",
  title: "Send a deal to amoCRM",
  group: "integrations",
  description:
    "Makes a deal in amoCRM or Kommo, with the contact, its tags, phone and e-mail, or changes the one that was made before. All texts are templates; what came of it stands in the integration log.",
  args: z
    .object({
      integration: integrationArg,
      name: amocrmTemplate
        .default("{{ contact.name }}")
        .describe("Absent: the contact's name. Where it comes out empty: the contact's cuid."),
      price: amocrmTemplate.default("").describe("A number; rounded to whole units of the account's currency."),
      pipeline: amocrmId.optional().describe("Id of the pipeline in amoCRM; absent: the main one."),
      status: amocrmId.optional().describe("Id of the status in amoCRM; absent: the pipeline's first."),
      responsibleUser: amocrmId.optional().describe("Id of a user in amoCRM."),
      tags: amocrmTags.describe("Of the deal. The contact's tags go to the contact."),
      fields: amocrmFields,
      deal: z
        .string()
        .min(1)
        .max(60)
        .default("main")
        .describe("Which of the contact's deals: the same word changes the same deal, another word is another deal."),
      newEachTime: z.boolean().default(false).describe("Make a new deal each time."),
      contact: z.object(amocrmContactShape).prefault({}),
      save: saveArg,
    })
    .refine(({ pipeline, status = 0 }) => pipeline !== undefined || !closed.includes(status), {
      error: "the statuses 142 and 143 are in every pipeline: name the pipeline as well",
      path: ["pipeline"],
    }),
  example: {
    name: "Webinar in May",
    price: "{{ fields.price }}",
    pipeline: 3101,
    status: 142,
    tags: ["Repartee"],
    fields: { UTM_SOURCE: "{{ contact.utm.source }}" },
    deal: "main",
    newEachTime: false,
    contact: {
      name: "{{ contact.name }}",
      firstName: "",
      lastName: "",
      rename: true,
      phone: "{{ contact.phone }}",
      email: "{{ contact.email }}",
      tags: [],
      fields: {},
    },
  },
  check: (bot, { integration: ref }) => {
    const found = findIntegration(bot, { ...amocrmKind, ref });
    return "code" in found ? found : undefined;
  },
  apply(context, args) {
    const { pipeline, status, responsibleUser } = args;
    const written = context.render(args.price).trim();
    const price = toPrice(written);
    if (written !== "" && price === undefined) {
      return refuse(
        "amocrm.bad_price",
        say`the deal's price has to be a number, and "${{ written: written.slice(0, 100) }}" is none`,
      );
    }
    const deal = {
      key: args.deal,
      always: args.newEachTime,
      name: (context.render(args.name).trim() || context.contact.cuid).slice(0, longestName),
      ...(price === undefined ? {} : { price }),
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(status === undefined ? {} : { status }),
      ...(responsibleUser === undefined ? {} : { responsibleUser }),
      tags: renderAmocrmTags(context, args.tags),
      fields: renderAmocrmFields(context, args.fields),
    };
    return callIntegration(
      context,
      { ...amocrmKind, ref: args.integration },
      { operation: "send_deal", args: { deal, contact: toAmocrmContact(context, args.contact) }, save: args.save },
    );
  },
});

/** Of a deal, in characters. */
const longestName = 250;

/** amoCRM takes whole units. */
function toPrice(text: string): number | undefined {
  const number = text.replace(/\s/g, "").replace(",", ".");
  return /^\d{1,12}(\.\d+)?$/.test(number) ? Math.round(Number(number)) : undefined;
}
