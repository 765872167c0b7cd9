import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { say } from "../model/sentence.ts";

export const clearField = defineAction({
  name: "clear_field",
  title: "Empty a field",
  group: "fields",
  description: "Takes the value out of a field of the contact, named by key or by name.",
  args: z.object({ field: z.string().trim().min(1).max(200) }),
  example: { field: "city" },
  check(bot, { field }) {
    if (bot.fields.has(field)) return undefined;
    return { code: "field.not_found", ...say`there is no field "${{ field }}"` };
  },
  apply: (context, { field }) => ok({ changed: context.setField(context.bot.fields.get(field)?.key ?? field, null) }),
});
