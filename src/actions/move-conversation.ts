import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { conversationStatuses } from "../model/conversation.ts";

export const moveConversation = defineAction({
  name: "move_conversation",
  title: "Move the conversation",
  group: "conversation",
  description:
    "Marks the conversation as open, pending, spam or done. A closing note says why it ends; some ask for a summary.",
  args: z.object({
    status: z.enum(conversationStatuses),
    closingNote: z.string().min(1).max(200).optional(),
    summary: z.string().max(5000).default(""),
  }),
  example: { status: "done", closingNote: "Solved", summary: "Refunded" },
  check(bot, { closingNote, summary }) {
    if (closingNote === undefined) return undefined;
    const note = bot.closingNotes.get(closingNote);
    if (note === undefined) {
      return { code: "closing_note.not_found", message: `there is no closing note "${closingNote}"` };
    }
    if (note.requireSummary !== 2 || summary.trim() !== "") return undefined;
    return { code: "closing_note.summary_missing", message: `the closing note "${closingNote}" asks for a summary` };
  },
  apply({ conversation }, { status, closingNote, summary }) {
    const closing = closingNote === undefined ? undefined : { note: closingNote, summary: summary.trim() };
    return ok({ changed: conversation.move(status, closing) });
  },
});
