import { actions } from "../actions/index.ts";
import { validateFlow } from "../engine/validate-flow.ts";
import { steps } from "../steps/index.ts";
import type { ReadFolder } from "../store/bot-folder.ts";
import type { FileProblem } from "../store/yaml-file.ts";

/** Why flows of a bot cannot be published, each with its file, line and step. `all`: also of those that the files call drafts. */
export function findBotProblems({ bot, placeOf }: ReadFolder, { all }: { readonly all: boolean }): FileProblem[] {
  return bot.flows.flatMap(({ isPublished, ref, ...document }, index) => {
    if (!isPublished && !all) return [];
    const errors = validateFlow(document, { steps, actions }).filter(({ severity }) => severity === "error");
    return errors.map(({ step, message }) => {
      const at = document.steps.findIndex((one) => one.ref === step);
      const path = at === -1 ? ["flows", index] : ["flows", index, "steps", at];
      const where = step === undefined ? `flow "${ref}"` : `flow "${ref}", step "${step}"`;
      return { ...placeOf(path), message: `${where}: ${message}` };
    });
  });
}
