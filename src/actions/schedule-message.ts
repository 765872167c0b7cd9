import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { fillContent } from "../engine/fill-content.ts";
import { toSendable } from "../engine/sendable.ts";
import { dateToMillis, zoneOf } from "../engine/time.ts";
import { messageContentSchema } from "../model/message.ts";
import { say } from "../model/sentence.ts";

/** As far ahead as anybody plans. */
const longestMs = 3 * 366 * 86_400_000;

export const scheduleMessage = defineAction({
  name: "schedule_message",
  title: "Send a message later",
  group: "messages",
  description:
    "Sends a message later: after some minutes, or at a date and time in the contact's zone (a template). It is put together now, goes out also while the bot is paused, and can be removed until then. Gives its id.",
  args: z
    .object({
      content: z.union([z.string().min(1).max(20_000), messageContentSchema]),
      minutes: z.number().positive().max(1_600_000).optional(),
      at: z.string().min(1).max(200).optional().describe("ISO 8601, with a zone or in the contact's."),
      channelId: z
        .number()
        .int()
        .positive()
        .optional()
        .describe("Absent: the channel the contact is heard on last by then."),
      author: z.enum(["agent"]).optional(),
    })
    .refine(({ minutes, at }) => (minutes === undefined) !== (at === undefined), {
      error: "name either minutes or a time",
    }),
  example: { content: "It begins in an hour.", minutes: 60 },
  apply(context, { content, minutes, at: written, channelId, author }) {
    const message =
      typeof content === "string"
        ? { text: context.render(content), attachments: [], buttons: [], quickReplies: [] }
        : fillContent(content, (text) => context.render(text));
    const sendable = toSendable(message, context);
    if (sendable === undefined) return refuse("message.empty", say`the message has neither text nor attachment`);
    const rendered = context.render(written ?? "").trim();
    const at =
      minutes === undefined
        ? dateToMillis(rendered, zoneOf(context.contact, context.bot), "09:00")
        : context.now + Math.round(minutes * 60_000);
    if (at === undefined)
      return refuse("message.bad_time", say`"${{ rendered: rendered.slice(0, 60) }}" is no date and time`);
    if (at <= context.now) return refuse("message.bad_time", say`the time is over already`);
    if (at > context.now + longestMs) return refuse("message.bad_time", say`the time is more than three years ahead`);
    return ok({ id: context.scheduled.add({ content: sendable, at, channelId, author }) });
  },
});
