import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { refSchema } from "../model/flow.ts";
import { say } from "../model/sentence.ts";

export const subscribeSequence = defineAction({
  name: "subscribe_sequence",
  title: "Subscribe to a sequence",
  group: "sequences",
  description: "Subscribes the contact to a sequence, named by its ref.",
  args: z.object({ sequence: refSchema }),
  example: { sequence: "q1" },
  check(bot, { sequence }) {
    if (bot.sequences.has(sequence)) return undefined;
    return { code: "sequence.not_found", ...say`there is no sequence with the ref "${{ sequence }}"` };
  },
  apply: (context, { sequence }) => ok({ subscribed: context.subscribeToSequence(sequence) }),
});
