import { z } from "zod";
import { defineIntegration, defineOperation } from "../../engine/integration-type.ts";
import { asResult, openApi } from "./amocrm.api.ts";
import { contactArgsSchema, dealArgsSchema } from "./arguments.ts";
import { saveContact } from "./contact.ts";
import { saveDeal } from "./deal.ts";
import { openDesk } from "./desk.ts";
import { lookups } from "./lookups.ts";
import { oauth } from "./oauth.ts";
import { type Settings, settingsSchema } from "./settings.ts";

const sendContact = defineOperation<Settings, { contact: z.output<typeof contactArgsSchema> }>({
  args: z.object({ contact: contactArgsSchema }),
  run: async (call, ports) =>
    await asResult(async () => {
      const desk = openDesk(call, ports);
      const { id, isNew } = await saveContact(desk, call.args.contact);
      return {
        status: "done",
        summary: `the contact ${id} was ${isNew ? "made" : "changed"}`,
        result: { contactId: id, isNew, url: `${desk.api.account}/contacts/detail/${id}` },
      };
    }),
});

const dealArgs = z.object({ contact: contactArgsSchema, deal: dealArgsSchema });
const sendDeal = defineOperation<Settings, z.output<typeof dealArgs>>({
  args: dealArgs,
  run: async (call, ports) => await asResult(async () => await saveDeal(openDesk(call, ports), call.args)),
});

const accountSchema = z.looseObject({ name: z.string() });

/** https://www.amocrm.ru/developers/content/crm_platform/api-reference; Kommo is the same under another name. */
export const amocrm = defineIntegration({
  kind: "amocrm",
  title: "amoCRM",
  description: "Sends contacts and deals into an amoCRM or Kommo account, and keeps them up to date there.",
  settings: settingsSchema,
  secrets: ["clientSecret", "accessToken", "refreshToken"],
  operations: { send_contact: sendContact, send_deal: sendDeal },
  lookups,
  oauth,
  async health(integration, ports) {
    const answer = await asResult(async () => await openApi(integration, ports).get("/api/v4/account", accountSchema));
    if (answer === undefined) return { ok: false, message: "there is no such account" };
    if ("status" in answer && "message" in answer) return { ok: false, message: String(answer.message) };
    return { ok: true, message: `amoCRM answers: the account is "${answer.name}"` };
  },
});
