import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { toContactDocument } from "../engine/contact-document.ts";
import { say } from "../model/sentence.ts";

/** BotHelp's "send subscriber data via webhook" (WIRE-FORMATS 3.3). */
export const sendWebhook = defineAction({
  name: "send_webhook",
  title: "Send the contact's data to another system",
  group: "contact",
  description:
    "Posts the contact as it is at this moment to an address, as JSON, after everything else is committed. Address and header values are templates; what came of it stands in the integration log.",
  args: z.object({
    url: z.string().trim().min(1).max(2_000),
    headers: z.record(z.string().min(1).max(100), z.string().max(2_000)).optional(),
  }),
  example: { url: "https://example.com/contacts", headers: { "X-Key": "1" } },
  apply(context, { url, headers = {} }) {
    const address = context.render(url).trim();
    if (!/^https?:\/\/./i.test(address))
      return refuse("webhook.bad_url", say`"${{ address: address.slice(0, 80) }}" is no http address`);
    const { contact, bot, now, eventId } = context;
    const rendered = Object.entries(headers).map(([name, value]) => [name, context.render(value)]);
    const body = JSON.stringify({
      event: "contact_data",
      occurredAt: new Date(now).toISOString(),
      workspace: bot.workspaceId,
      bot: { id: bot.id, ref: bot.ref, name: bot.name },
      contact: toContactDocument(contact),
    });
    // A receiver that keeps one of two calls with the same id would miss what an event sends twice.
    const deliveryId = `event-${eventId}-${context.jobCount + 1}`;
    const data = { workspaceId: bot.workspaceId, contactId: contact.id, deliveryId, url: address };
    const [, host = ""] = /^https?:\/\/([^/?#]*)/i.exec(address) ?? [];
    context.enqueue({
      kind: "send-webhook",
      data: { ...data, headers: Object.fromEntries(rendered), body },
      group: `${bot.workspaceId} ${host}`.slice(0, 200),
    });
    return ok();
  },
});
