import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const listSequences = defineAction({
  name: "list_sequences",
  title: "Read the sequences",
  group: "sequences",
  isForCallers: true,
  description: "Gives the sequences that the contact is subscribed to.",
  args: z.object({}),
  example: {},
  apply: ({ contact, bot }) =>
    ok({ sequences: contact.sequences.map((ref) => ({ ref, name: bot.sequences.get(ref)?.name ?? ref })) }),
});
