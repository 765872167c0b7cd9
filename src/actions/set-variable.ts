import { z } from "zod";
import { defineAction, ok, refuse } from "../engine/action-type.ts";
import { parseFieldValue } from "../engine/values.ts";
import { say, toSentence } from "../model/sentence.ts";

export const setVariable = defineAction({
  name: "set_variable",
  title: "Set a variable of the bot",
  group: "variables",
  description:
    "Sets a variable of the bot, for all its contacts. Text is a template; the value is read in the variable's kind.",
  args: z.object({ variable: z.string().trim().min(1).max(200), value: z.json() }),
  example: { variable: "price", value: 990 },
  check(bot, { variable }) {
    if (bot.variableDefinitions.has(variable)) return undefined;
    return { code: "variable.not_found", ...say`there is no variable "${{ variable }}"; make it first` };
  },
  apply(context, { variable, value }) {
    const definition = context.bot.variableDefinitions.get(variable);
    if (definition === undefined)
      return refuse("variable.not_found", say`there is no variable "${{ variable }}"; make it first`);
    const parsed = parseFieldValue(definition.kind, typeof value === "string" ? context.render(value) : value);
    if (!parsed.ok)
      return refuse("variable.bad_value", say`the variable "${{ variable }}" ${{ why: toSentence(parsed) }}`);
    return ok({ changed: context.setVariable(definition.key, parsed.value) });
  },
});
