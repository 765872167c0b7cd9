import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { refSchema } from "../model/flow.ts";
import { say } from "../model/sentence.ts";

export const unsubscribeSequence = defineAction({
  name: "unsubscribe_sequence",
  title: "Unsubscribe from a sequence",
  group: "sequences",
  description: "Ends the contact's subscription to a sequence, named by its ref: no more messages come from it.",
  args: z.object({ sequence: refSchema }),
  example: { sequence: "q1" },
  check(bot, { sequence }) {
    if (bot.sequences.has(sequence)) return undefined;
    return { code: "sequence.not_found", ...say`there is no sequence with the ref "${{ sequence }}"` };
  },
  apply: (context, { sequence }) => ok({ unsubscribed: context.unsubscribeFromSequence(sequence) }),
});
