import { actions } from "../actions/index.ts";
import { type FlowProblem, validateFlow } from "../engine/validate-flow.ts";
import type { BotSnapshot } from "../model/world.ts";
import { preparePublishedFlow } from "../steps/advance.ts";
import { steps } from "../steps/index.ts";
import type { ReadFolder } from "../store/bot-folder.ts";
import type { FileProblem } from "../store/yaml-file.ts";

/** Why flows of a bot cannot be published, each with its file, line and step. `all`: also of those that the files call drafts. */
export function findBotProblems(read: ReadFolder, { all }: { readonly all: boolean }): FileProblem[] {
  return judge(read, "error", { all });
}

/** Above every id of a database's. */
const youngest = 2 ** 52;

/**
 * What publishing the flows would warn of, each with its file, line and step. `snapshot`: the bot that they come to run in, with its workspace's names; the
 * flows that the files publish count as published there.
 */
export function findBotWarnings(read: ReadFolder, snapshot: BotSnapshot): FileProblem[] {
  const published = read.bot.flows
    .filter(({ isPublished }) => isPublished)
    .map(({ isPublished: _isPublished, ref, ...document }, index) => {
      // Those that the bot has not yet come after all that it has: of two that start by the same the older runs.
      const id = snapshot.flows.get(ref)?.id ?? youngest + index;
      return preparePublishedFlow({ id, version: 0, ref, name: document.name, document });
    });
  const flows = new Map([...snapshot.flows, ...published.map((flow) => [flow.ref, flow] as const)]);
  return judge(read, "warning", { all: false, snapshot: { ...snapshot, flows } });
}

function judge(
  { bot, placeOf }: ReadFolder,
  wanted: FlowProblem["severity"],
  { all, snapshot }: { readonly all: boolean; readonly snapshot?: BotSnapshot },
): FileProblem[] {
  return bot.flows.flatMap(({ isPublished, ref, ...document }, index) => {
    if (!isPublished && !all) return [];
    const own = { ref, id: snapshot?.flows.get(ref)?.id };
    const found = validateFlow(document, { steps, actions }, snapshot, own).filter(
      ({ severity }) => severity === wanted,
    );
    return found.map(({ step, message }) => {
      const at = document.steps.findIndex((one) => one.ref === step);
      const path = at === -1 ? ["flows", index] : ["flows", index, "steps", at];
      const where = step === undefined ? `flow "${ref}"` : `flow "${ref}", step "${step}"`;
      return { ...placeOf(path), message: `${where}: ${message}` };
    });
  });
}
