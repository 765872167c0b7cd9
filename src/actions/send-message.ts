import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { fillContent } from "../engine/fill-content.ts";
import { toSendable } from "../engine/sendable.ts";
import { messageContentSchema } from "../model/message.ts";
import { say } from "../model/sentence.ts";

export const sendMessage = defineAction({
  name: "send_message",
  title: "Send a message",
  group: "messages",
  description:
    "Sends a text (a template) or a whole message, whose texts and addresses are templates too, on the contact's latest channel, or on the one given. An approved template alone goes to the latest channel that has such and, with `byPhone`, to the phone of who has written on none (WhatsApp).",
  args: z.object({
    content: z.union([z.string().min(1).max(20_000), messageContentSchema]),
    channelId: z.number().int().positive().optional(),
    /** A template alone may go to the phone of a contact who is on no channel that has such; absent: it may not. */
    byPhone: z.boolean().optional(),
    /** Who writes; absent: the bot. */
    author: z.enum(["agent"]).optional(),
  }),
  example: { content: 'Hello, {{ contact.first_name | default: "friend" }}!' },
  apply(context, { content, channelId, byPhone, author }) {
    const message =
      typeof content === "string"
        ? { text: context.render(content), attachments: [], buttons: [], quickReplies: [] }
        : fillContent(content, (text) => context.render(text));
    const sendable = toSendable(message, context);
    if (sendable === undefined) return refuse("message.empty", say`the message has neither text nor attachment`);
    if (context.send(sendable, { channelId, author, byPhone, seeksTemplates: true })) return ok();
    if (context.contact.optedOutAt !== undefined) {
      return refuse("contact.opted_out", say`the contact wants no more messages, and has not written since`);
    }
    return refuse("message.not_sendable", say`the contact has no open channel for this message`);
  },
});
