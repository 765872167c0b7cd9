import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";

export const listSequences = defineAction({
  name: "list_sequences",
  title: "List the sequences",
  group: "sequences",
  description: "Gives the sequences that the contact is subscribed to.",
  args: z.object({}),
  example: {},
  apply: ({ contact, bot }) =>
    ok({ sequences: contact.sequences.map((ref) => ({ ref, name: bot.sequences.get(ref)?.name ?? ref })) }),
});
