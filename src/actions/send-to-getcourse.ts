import { z } from "zod";
import { type ContactContext, defineAction, refuse } from "../engine/action-type.ts";
import { callIntegration, findIntegration, integrationArg, saveArg } from "../engine/call-integration.ts";
import type { Json } from "../model/field.ts";
import { say } from "../model/sentence.ts";

const template = z.string().max(2_000);
const additionalFields = z.record(z.string().min(1).max(200), template).describe("By GetCourse's name of the field.");

/** Statuses that the import knows (https://getcourse.ru/help/api). */
const dealStatuses = [
  "new",
  "payed",
  "cancelled",
  "in_work",
  "payment_waiting",
  "part_payed",
  "waiting_for_return",
  "not_confirmed",
  "pending",
  "false",
] as const;

const dealSchema = z
  .object({
    number: template.optional().describe("A deal with a number is changed when it is sent again."),
    offerCode: template.optional(),
    productTitle: template.optional(),
    productDescription: template.optional(),
    quantity: template.optional(),
    cost: template.optional(),
    currency: template.optional(),
    status: z.enum(dealStatuses).optional(),
    isPaid: z.boolean().optional(),
    managerEmail: template.optional(),
    comment: template.optional(),
    paymentType: template.optional(),
    paymentStatus: template.optional(),
    partnerEmail: template.optional(),
    funnelId: template.optional(),
    funnelStageId: template.optional(),
    fields: additionalFields.optional(),
  })
  .refine(({ offerCode, productTitle }) => offerCode !== undefined || productTitle !== undefined, {
    error: "a deal needs an offer's code or a product's title",
  });
type Deal = z.output<typeof dealSchema>;

const kind = { kind: "getcourse", title: "GetCourse" } as const;

/** BotHelp's and Leeloo's "send to GetCourse" (WIRE-FORMATS 3.4). */
export const sendToGetcourse = defineAction({
  name: "send_to_getcourse",
  title: "Send to GetCourse",
  group: "integrations",
  description:
    "Sends the contact to GetCourse as a user (groups, additional fields, the contact's cuid for action links), and a deal where one is described. All texts are templates; what came of it stands in the integration log.",
  args: z.object({
    integration: integrationArg,
    email: template.default("{{ contact.email }}"),
    phone: template.default("{{ contact.phone }}"),
    firstName: template.default("{{ contact.first_name }}"),
    lastName: template.default("{{ contact.last_name }}"),
    city: template.optional(),
    country: template.optional(),
    groups: z.array(template).max(50).default([]),
    fields: additionalFields.default({}),
    refresh: z.boolean().default(true).describe("Change a user who is there already."),
    deal: dealSchema.optional(),
    save: saveArg,
  }),
  example: {
    groups: ["Webinar"],
    fields: { Level: "{{ fields.level | default: 'new' }}" },
    refresh: true,
    deal: { offerCode: "OFFER-1", cost: "990", status: "new" },
    email: "{{ contact.email }}",
    phone: "{{ contact.phone }}",
    firstName: "{{ contact.first_name }}",
    lastName: "{{ contact.last_name }}",
  },
  check: (bot, { integration: ref }) => {
    const found = findIntegration(bot, { ...kind, ref });
    return "code" in found ? found : undefined;
  },
  apply(context, args) {
    const email = context.render(args.email).trim();
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
      return refuse("getcourse.no_email", say`GetCourse knows users by their e-mail address, and the contact has none`);
    }
    const { contact } = context;
    const user = filled({
      email,
      phone: context.render(args.phone),
      first_name: context.render(args.firstName),
      last_name: context.render(args.lastName),
      city: context.render(args.city ?? ""),
      country: context.render(args.country ?? ""),
      group_name: args.groups.map((group) => context.render(group)).filter((group) => group !== ""),
      addfields: renderAll(context, args.fields),
    });
    const system = {
      refresh_if_exists: args.refresh ? 1 : 0,
      ...(args.deal === undefined ? {} : { return_payment_link: 1, return_deal_number: 1 }),
      ...filled({ partner_email: context.render(args.deal?.partnerEmail ?? "") }),
    };
    const session = filled({ ...contact.utm });
    const deal = args.deal && toDeal(context, args.deal);
    return callIntegration(
      context,
      { ...kind, ref: args.integration },
      {
        operation: deal === undefined ? "send_user" : "send_deal",
        args: { params: { user, system, session, ...(deal === undefined ? {} : { deal }) }, cuid: contact.cuid },
        save: args.save,
      },
    );
  },
});

/** In GetCourse's names. */
function toDeal(context: ContactContext, deal: Deal): Record<string, Json> {
  const render = (text: string | undefined) => (text === undefined ? "" : context.render(text));
  return filled({
    deal_number: render(deal.number),
    offer_code: render(deal.offerCode),
    product_title: render(deal.productTitle),
    product_description: render(deal.productDescription),
    quantity: render(deal.quantity),
    deal_cost: render(deal.cost),
    deal_currency: render(deal.currency),
    deal_status: deal.status ?? "",
    deal_is_paid: deal.isPaid === undefined ? "" : Number(deal.isPaid),
    manager_email: render(deal.managerEmail),
    deal_comment: render(deal.comment),
    payment_type: render(deal.paymentType),
    payment_status: render(deal.paymentStatus),
    funnel_id: render(deal.funnelId),
    funnel_stage_id: render(deal.funnelStageId),
    addfields: renderAll(context, deal.fields ?? {}),
  });
}

function renderAll(context: ContactContext, fields: Readonly<Record<string, string>>): Record<string, Json> {
  return filled(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, context.render(value)])));
}

/** Without what is empty: an empty value would clear what GetCourse has. */
function filled(values: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  const isFilled = (value: Json | undefined): value is Json => {
    if (value === undefined || value === null || value === "") return false;
    if (Array.isArray(value)) return value.length > 0;
    return typeof value !== "object" || Object.keys(value).length > 0;
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (isFilled(value) ? [[key, value] as const] : [])),
  );
}
