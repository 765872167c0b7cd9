import { z } from "zod";
import { refSchema } from "../../model/flow.ts";
import {
  dealStatusesSchema,
  dealStatusKinds,
  distributions,
  maxDealSum,
  maxPlanManagers,
  planLabelSchema,
} from "../../model/sales-plan.ts";
import { currencySchema } from "../../model/shop.ts";
import { idSchema, instantSchema, nameSchema, pageQuery } from "./common.ts";
import { contactReferenceSchema } from "./contacts.ts";

const distribution = z
  .enum(distributions)
  .describe(
    "Who gets a new deal: `manual` nobody, `even` each manager in turn, `random` anybody, `fewest` who has the fewest open ones, `agent` the conversation's agent where that is a manager, else each in turn.",
  );

export const salesPlanSchema = z
  .object({
    id: z.number(),
    ref: z.string(),
    name: z.string(),
    currency: z.string(),
    averageCheck: z.number().nullable().describe("Minor units: what a deal is worth where nobody says it."),
    label: z.string().describe("Shown in the inbox at contacts with an open deal."),
    distribution,
    statuses: z.array(z.object({ ref: z.string(), name: z.string(), kind: z.enum(dealStatusKinds) })),
    managers: z.array(z.number()).describe("Ids of members, in the order of their turns."),
  })
  .meta({ id: "SalesPlan" });
export type SalesPlanBody = z.infer<typeof salesPlanSchema>;

const managers = z
  .array(idSchema)
  .max(maxPlanManagers)
  .refine((ids) => new Set(ids).size === ids.length, "names a member twice");
const planShape = {
  name: nameSchema,
  currency: currencySchema.describe("ISO 4217."),
  averageCheck: z.number().int().min(0).max(maxDealSum).nullable().describe("Minor units."),
  label: planLabelSchema.describe("12 characters at most; empty: none."),
  distribution,
  statuses: dealStatusesSchema.describe(
    "In their order. One with a known `ref` stays, with its deals, whatever its name and place; one that is left out has to be empty.",
  ),
  managers: managers.describe("Ids of members, in the order of their turns."),
};

export const salesPlanCreateSchema = z.strictObject({
  ...planShape,
  ref: refSchema.optional(),
  averageCheck: planShape.averageCheck.default(null),
  label: planLabelSchema.default(""),
  distribution: distribution.default("manual"),
  managers: managers.default([]),
});
export const salesPlanChangeSchema = z.strictObject(planShape).partial();
export const salesPlanDeleteQuery = z.strictObject({
  withDeals: z
    .enum(["true", "false"])
    .default("false")
    .transform((word) => word === "true")
    .describe("Its deals are deleted with it; else a plan that has some stays."),
});

const managerQuery = z
  .union([z.literal("none").transform(() => null), idSchema])
  .optional()
  .describe("Id of a member, or `none`: nobody's.");
export const salesPlanSumsQuery = z.strictObject({ manager: managerQuery });

export const salesPlanSumsSchema = z
  .object({
    data: z.array(
      z.object({
        status: z.string(),
        count: z.number(),
        sums: z
          .array(z.object({ currency: z.string(), sum: z.number().describe("Minor units."), sumText: z.string() }))
          .describe("One a currency."),
      }),
    ),
  })
  .meta({ id: "SalesPlanSums" });
export type SalesPlanSumsBody = z.infer<typeof salesPlanSumsSchema>;

export const dealSchema = z
  .object({
    id: z.number(),
    contactId: z.number(),
    contactName: z.string().nullable().describe("Name, else e-mail, else phone."),
    botId: z.number(),
    plan: z.string().describe("Ref of the sales plan."),
    status: z.string().describe("Ref of the status."),
    title: z.string(),
    sum: z.number().describe("Minor units."),
    sumText: z.string().describe("The sum as a decimal number, for people."),
    currency: z.string(),
    manager: z.number().nullable().describe("Id of a member."),
    note: z.string(),
    createdAt: instantSchema,
    changedAt: instantSchema,
    closedAt: instantSchema.nullable().describe("When it was won or lost; null: it is open."),
  })
  .meta({ id: "Deal" });
export type DealBody = z.infer<typeof dealSchema>;

const dealShape = {
  status: z.string().trim().min(1).max(200).optional().describe("Ref or name of a status of the plan."),
  title: z.string().max(500).optional(),
  sum: z.number().int().min(0).max(maxDealSum).optional().describe("Minor units."),
  currency: currencySchema.optional().describe("ISO 4217; absent: the plan's."),
  manager: idSchema.nullable().optional().describe("Id of a member; null: nobody."),
  note: z.string().max(5000).optional(),
};

export const dealCreateSchema = z.strictObject({
  contact: contactReferenceSchema,
  plan: z.string().trim().min(1).max(200).describe("Ref or name of a sales plan."),
  ...dealShape,
  manager: idSchema.optional().describe("Id of a member; absent: as the plan distributes deals."),
  ifOpen: z
    .enum(["keep", "update", "another"])
    .default("another")
    .describe("What becomes of a deal that the contact has open in the plan."),
});
export const dealChangeSchema = z.strictObject(dealShape);
export type DealChange = z.infer<typeof dealChangeSchema>;

const yesNo = z.enum(["true", "false"]).transform((word) => word === "true");
export const dealQuery = z.strictObject({
  ...pageQuery,
  plan: z.string().max(20).optional().describe("Ref of a sales plan."),
  status: z
    .union([refSchema.transform((one) => [one]), z.array(refSchema).max(50)])
    .optional()
    .describe("Ref of a status; several times: any of them."),
  manager: managerQuery,
  contact: idSchema.optional(),
  open: yesNo.optional(),
});
