import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { conversationStatuses } from "../model/conversation.ts";
import { say } from "../model/sentence.ts";

export const moveConversation = defineAction({
  name: "move_conversation",
  title: "Close the conversation, or reopen it",
  group: "conversation",
  description:
    "Marks the conversation as open, pending, spam or done. A closing note says why it ends; some ask for a summary, or for the address of a file.",
  args: z.object({
    status: z.enum(conversationStatuses),
    closingNote: z.string().min(1).max(200).optional(),
    summary: z.string().max(5000).default(""),
    attachment: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .optional(),
  }),
  example: { status: "done", closingNote: "Solved", summary: "Refunded" },
  check(bot, { closingNote, summary, attachment }) {
    if (closingNote === undefined) return undefined;
    const note = bot.closingNotes.get(closingNote);
    if (note === undefined) {
      return { code: "closing_note.not_found", ...say`there is no closing note "${{ closingNote }}"` };
    }
    if (note.requireSummary === 2 && summary.trim() === "") {
      return { code: "closing_note.summary_missing", ...say`the closing note "${{ closingNote }}" asks for a summary` };
    }
    if (note.requireAttachment !== 2 || attachment !== undefined) return undefined;
    return { code: "closing_note.attachment_missing", ...say`the closing note "${{ closingNote }}" asks for a file` };
  },
  apply({ conversation }, { status, closingNote, summary, attachment }) {
    const file = attachment === undefined ? {} : { attachment };
    const closing = closingNote === undefined ? undefined : { note: closingNote, summary: summary.trim(), ...file };
    return ok({ changed: conversation.move(status, closing) });
  },
});
