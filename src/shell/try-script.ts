import { checkScript, findScriptOutput, keepScriptChanges, toScriptInput } from "../engine/script.ts";
import type { Contact } from "../model/contact.ts";
import type { InboundMessage } from "../model/event.ts";
import type { FieldValue } from "../model/field.ts";
import type { ScriptRun } from "../model/script.ts";
import { preparePublishedFlow } from "../steps/advance.ts";
import type { Database } from "../store/database.ts";
import { loadSnapshot, loadVariables } from "../store/snapshot-store.ts";
import type { RunScript } from "./scripts/script-pool.ts";

type ScriptTrial = Omit<ScriptRun, "input"> & {
  readonly contact: Contact;
  readonly outputs: readonly string[];
  /** Variables of the walk. */
  readonly vars: Readonly<Record<string, FieldValue>>;
  readonly message: InboundMessage | undefined;
};

interface Problem {
  readonly code: string;
  readonly message: string;
}

interface TrialResult {
  readonly ok: boolean;
  readonly error?: Problem;
  readonly output?: string;
  /** What a flow would set; null: clear. */
  readonly fields: Readonly<Record<string, FieldValue | null>>;
  readonly vars: Readonly<Record<string, FieldValue | null>>;
  /** What a flow would record as gone wrong, and go on. */
  readonly problems: Problem[];
  readonly log: string[];
  readonly milliseconds: number;
}

/** Runs a script on a contact as its step would, and tells what would come of it. Nothing is changed. */
export async function tryScript(
  { db, runScript, now }: { readonly db: Database; readonly runScript: RunScript; readonly now: () => number },
  { contact, outputs, vars, message, ...run }: ScriptTrial,
): Promise<TrialResult> {
  const nothing = { fields: {}, vars: {}, problems: [], log: [], milliseconds: 0 };
  const problem = checkScript(run.code);
  if (problem !== undefined) return { ok: false, error: { code: "step.bad_config", ...problem }, ...nothing };
  const { botId } = contact;
  const bot = (await loadSnapshot(db, botId, preparePublishedFlow))?.snapshot;
  if (bot === undefined) throw new Error(`there is no bot ${botId} to its contact`);
  const variables = (await loadVariables(db, [botId])).get(botId) ?? {};
  const scope = { contact, bot, variables, values: vars, message, now: now() };
  // Another chance each time, as events have.
  const input = toScriptInput(scope, Math.floor(Math.random() * 2 ** 32));
  const report = await runScript({ ...run, input }, String(botId));
  const { log, milliseconds } = report;
  if (!report.ok) {
    const { code, message: why } = report;
    return { ok: false, error: { code, message: why }, ...nothing, log, milliseconds };
  }
  const output = findScriptOutput(report.output, outputs);
  if (output === undefined) {
    const error = { code: "script.unknown_output", message: `the script has no output "${report.output}"` };
    return { ok: false, error, ...nothing, log, milliseconds };
  }
  const kept = { fields: new Map<string, FieldValue | null>(), vars: new Map<string, FieldValue | null>() };
  const problems: Problem[] = [];
  const recorder = {
    bot,
    contact,
    setField: (key: string, value: FieldValue | null) => kept.fields.set(key, value) !== undefined,
    error: (code: string, why: string) => void problems.push({ code, message: why }),
  };
  keepScriptChanges(recorder, report, (key, value) => kept.vars.set(key, value));
  const changes = { fields: Object.fromEntries(kept.fields), vars: Object.fromEntries(kept.vars) };
  return { ok: true, output, ...changes, problems, log, milliseconds };
}
