import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const logEvent = defineAction({
  name: "log_event",
  title: "Record a custom event",
  group: "conversation",
  description:
    "Logs that something happened, with a text, a price or a number; the event is known from its first time on. Text is a template.",
  args: z.object({
    event: z.string().trim().min(1).max(200),
    text: z.string().max(2000).optional(),
    price: z.number().optional(),
    number: z.number().optional(),
  }),
  example: { event: "purchase", text: "course", price: 990 },
  apply(context, { event, text, ...values }) {
    context.conversation.logEvent({ event, ...values, ...(text === undefined ? {} : { text: context.render(text) }) });
    return ok();
  },
});
