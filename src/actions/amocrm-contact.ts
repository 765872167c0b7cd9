import { z } from "zod";
import type { ContactContext } from "../engine/action-type.ts";
import type { Json } from "../model/field.ts";

/** What the actions for amoCRM have in common: the contact as it is sent there. */
export const amocrmKind = { kind: "amocrm", title: "amoCRM" } as const;

export const amocrmTemplate = z.string().max(2_000);
/** Pipelines, statuses, users: numbers of amoCRM's, which `GET /integrations/ID/lookups/NAME` lists. */
export const amocrmId = z.number().int().positive();
export const amocrmTags = z.array(amocrmTemplate).max(50).default([]);
export const amocrmFields = z
  .record(z.string().min(1).max(100), amocrmTemplate)
  .default({})
  .describe("By the field's id or code in amoCRM.");

export const amocrmContactShape = {
  name: amocrmTemplate.default("{{ contact.name }}").describe("Absent: the contact's."),
  firstName: amocrmTemplate.default("").describe("For accounts that keep first and last names apart."),
  lastName: amocrmTemplate.default(""),
  rename: z.boolean().default(true).describe("Change the name of a contact who is there already."),
  phone: amocrmTemplate.default("{{ contact.phone }}").describe("Absent: the contact's. Empty: none is sent."),
  email: amocrmTemplate.default("{{ contact.email }}").describe("Absent: the contact's. Empty: none is sent."),
  responsibleUser: amocrmId.optional().describe("Id of a user in amoCRM."),
  tags: amocrmTags.describe("Besides the contact's own tags, which always go along."),
  fields: amocrmFields,
};
type ContactArgs = z.output<z.ZodObject<typeof amocrmContactShape>>;

export function toAmocrmContact(context: ContactContext, args: ContactArgs): Record<string, Json> {
  const { rename, responsibleUser } = args;
  const render = (template: string) => context.render(template).trim();
  return {
    name: render(args.name),
    firstName: render(args.firstName),
    lastName: render(args.lastName),
    rename,
    phone: render(args.phone),
    email: render(args.email),
    ...(responsibleUser === undefined ? {} : { responsibleUser }),
    tags: [...new Set([...context.contact.tags, ...renderAmocrmTags(context, args.tags)])],
    fields: renderAmocrmFields(context, args.fields),
  };
}

export function renderAmocrmTags(context: ContactContext, tags: readonly string[]): string[] {
  const rendered = tags.map((tag) => context.render(tag).trim()).filter((tag) => tag !== "");
  return [...new Set(rendered)];
}

export function renderAmocrmFields(
  context: ContactContext,
  fields: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, context.render(value)]));
}
