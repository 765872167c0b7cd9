import { z } from "zod";
import { defineAction, ok } from "../engine/action-type.ts";
import { say } from "../model/sentence.ts";

export const clearVariable = defineAction({
  name: "clear_variable",
  title: "Empty a variable of the bot",
  group: "variables",
  description: "Takes the value out of a variable of the bot.",
  args: z.object({ variable: z.string().trim().min(1).max(200) }),
  example: { variable: "price" },
  check(bot, { variable }) {
    if (bot.variableDefinitions.has(variable)) return undefined;
    return { code: "variable.not_found", ...say`there is no variable "${{ variable }}"` };
  },
  apply: (context, { variable }) =>
    ok({ changed: context.setVariable(context.bot.variableDefinitions.get(variable)?.key ?? variable, null) }),
});
