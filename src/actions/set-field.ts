import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { zoneOf } from "../engine/time.ts";
import { parseFieldValue } from "../engine/values.ts";
import { say, toSentence } from "../model/sentence.ts";

export const setField = defineAction({
  name: "set_field",
  title: "Set a field",
  group: "fields",
  description:
    "Sets a field of the contact, named by key or by name. Text is a template; the value is read in the field's kind.",
  args: z.object({ field: z.string().trim().min(1).max(200), value: z.json() }),
  example: { field: "city", value: "Moscow" },
  check(bot, { field }) {
    if (bot.fields.has(field)) return undefined;
    return { code: "field.not_found", ...say`there is no field "${{ field }}"; make it first` };
  },
  apply(context, { field, value }) {
    const definition = context.bot.fields.get(field);
    if (definition === undefined)
      return refuse("field.not_found", say`there is no field "${{ field }}"; make it first`);
    const raw = typeof value === "string" ? context.render(value) : value;
    // An empty text from a form or a link means that there is no value.
    if (raw === "" || raw === null) return ok({ changed: context.setField(definition.key, null) });
    const parsed = parseFieldValue(definition.kind, raw, { timeZone: zoneOf(context.contact, context.bot) });
    if (!parsed.ok) return refuse("field.bad_value", say`the field "${{ field }}" ${{ why: toSentence(parsed) }}`);
    return ok({ changed: context.setField(definition.key, parsed.value) });
  },
});
