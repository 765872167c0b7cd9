import { type Sentence, say } from "../model/sentence.ts";
import type { SequenceStep } from "../model/sequence.ts";
import type { BotSnapshot } from "../model/world.ts";
import { checkCondition } from "./check-condition.ts";

export interface StepProblem extends Sentence {
  readonly step: string;
  readonly path: "content" | "flow" | "step" | "field" | "condition";
}

/** What will not do in a step when it is due, by what the bot has now. Of a step that is off nothing is said. */
export function checkSequence(steps: readonly SequenceStep[], bot: BotSnapshot): StepProblem[] {
  return steps.filter(({ isOn }) => isOn).flatMap((step) => [...checkWhen(step, bot), ...checkWhat(step, bot)]);
}

function checkWhen({ ref, delay, condition }: SequenceStep, bot: BotSnapshot): StepProblem[] {
  const sentences = condition === undefined ? [] : checkCondition(condition, bot);
  const problems: StepProblem[] = sentences.map((sentence) => ({ step: ref, path: "condition", ...sentence }));
  if (delay.mode === "after") return problems;
  const { field } = delay;
  const kind = bot.fields.get(field)?.kind;
  if (kind === undefined) return [...problems, { step: ref, path: "field", ...say`there is no field "${{ field }}"` }];
  if (["date", "datetime", "text"].includes(kind)) return problems;
  return [...problems, { step: ref, path: "field", ...say`the field "${{ field }}" (${{ kind }}) holds no date` }];
}

function checkWhat({ ref, content }: SequenceStep, bot: BotSnapshot): StepProblem[] {
  if (content.kind === "flow") {
    const flow = bot.flows.get(content.flow);
    if (flow === undefined) {
      return [{ step: ref, path: "flow", ...say`there is no published flow "${{ ref: content.flow }}"` }];
    }
    if (content.step === undefined || flow.steps.has(content.step)) return [];
    const { name } = flow;
    return [{ step: ref, path: "step", ...say`the flow "${{ name }}" has no step "${{ step: content.step }}"` }];
  }
  const message = content.content;
  const isEmpty =
    typeof message === "string"
      ? message.trim() === ""
      : (message.text ?? "").trim() === "" && message.attachments.length === 0 && message.template === undefined;
  return isEmpty ? [{ step: ref, path: "content", ...say`the message has neither text nor attachment` }] : [];
}
