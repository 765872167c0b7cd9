import type { StepCatalogue } from "../engine/step-type.ts";
import { action } from "./action/action.step.ts";
import { condition } from "./condition/condition.step.ts";
import { delay } from "./delay/delay.step.ts";
import { end } from "./end/end.step.ts";
import { goTo } from "./go-to/go-to.step.ts";
import { message } from "./message/message.step.ts";
import { query } from "./query/query.step.ts";
import { question } from "./question/question.step.ts";
import { request } from "./request/request.step.ts";
import { script } from "./script/script.step.ts";
import { split } from "./split/split.step.ts";

/** Every step type, by kind. */
export const steps = {
  action,
  condition,
  delay,
  end,
  go_to: goTo,
  message,
  query,
  question,
  request,
  script,
  split,
} as const satisfies StepCatalogue;
