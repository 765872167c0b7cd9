import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { toSendable } from "../engine/sendable.ts";
import { messageContentSchema } from "../model/message.ts";

export const sendMessage = defineAction({
  name: "send_message",
  title: "Send a message",
  group: "messages",
  description: "Sends a text (a template) or a whole message on the contact's latest channel, or on the one given.",
  args: z.object({
    content: z.union([z.string().min(1).max(20_000), messageContentSchema]),
    channelId: z.number().int().positive().optional(),
    /** Who writes; absent: the bot. */
    author: z.enum(["agent"]).optional(),
  }),
  example: { content: 'Hello, {{ contact.first_name | default: "friend" }}!' },
  apply(context, { content, channelId, author }) {
    const message =
      typeof content === "string"
        ? { text: context.render(content), attachments: [], buttons: [], quickReplies: [] }
        : { ...content, ...(content.text === undefined ? {} : { text: context.render(content.text) }) };
    const sendable = toSendable(message, context);
    if (sendable === undefined) return refuse("message.empty", "the message has neither text nor attachment");
    return context.send(sendable, { channelId, author })
      ? ok()
      : refuse("message.not_sendable", "the contact has no open channel for this message");
  },
});
