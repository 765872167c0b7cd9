import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { SequenceDetailBody } from "../../../src/http/contract/sequences.ts";
import type { SequenceSettings, SequenceStep } from "../../../src/model/sequence.ts";
import { useSayCondition } from "../builder/use-say-condition.ts";
import { type ChangeWords, changesSince } from "../layout/basis.ts";
import { OthersChanges } from "../layout/changed-notice.tsx";
import { useList } from "../layout/resource.ts";
import { describeContent, describeDelay } from "./describe-step.ts";

/** What somebody else changed of a sequence: its settings, and each step by itself. */
export function SequenceChanges({
  before,
  after,
}: {
  readonly before: SequenceDetailBody;
  readonly after: SequenceDetailBody;
}) {
  const { t } = useTranslation();
  const say = useSayStep();
  const refs = [...new Set([...after.steps, ...before.steps].map(({ ref }) => ref))];
  const valuesOf = ({ steps, ...settings }: SequenceDetailBody) => ({
    ...settings,
    ...Object.fromEntries(steps.map((step, index) => [step.ref, say(step, index)])),
    order: steps.map(({ ref }) => refs.indexOf(ref) + 1),
  });
  const numberOf = (ref: string) => {
    const now = after.steps.findIndex((step) => step.ref === ref);
    return 1 + (now >= 0 ? now : before.steps.findIndex((step) => step.ref === ref));
  };
  const words: ChangeWords = {
    order: { title: t("sequences.changed.order") },
    restart: {
      title: t("sequences.restart"),
      say: (rule) => t(`sequences.restartRule.${rule as SequenceSettings["restart"]}`),
    },
    onReply: {
      title: t("sequences.onReply"),
      say: (rule) => t(`sequences.replyRule.${rule as SequenceSettings["onReply"]}`),
    },
    pauseHours: { title: t("sequences.pauseHours") },
    ...Object.fromEntries(refs.map((ref) => [ref, { title: t("sequences.step", { number: numberOf(ref) }) }])),
  };
  const keys = ["name", "restart", "onReply", "pauseHours", "order", ...refs];
  return <OthersChanges changes={changesSince(valuesOf(before), valuesOf(after), keys)} words={words} />;
}

/** A step as lines under the names that its form has for them. */
function useSayStep() {
  const { t, i18n } = useTranslation();
  const sayCondition = useSayCondition();
  const fields = useList<FieldBody>("/fields").items ?? [];
  const flows = useList<FlowSummaryBody>("/flows").items ?? [];
  const fieldNames = new Map(fields.map(({ key, name }) => [key, name]));
  const flowNames = new Map(flows.map(({ ref, name }) => [ref, name]));
  return ({ name, isOn, delay, condition, content }: SequenceStep, index: number) => ({
    [t("sequences.stepName")]: name,
    [t("sequences.isOn")]: isOn,
    [t("sequences.when")]: describeDelay(t, i18n.language, delay, { isFirst: index === 0, fieldNames }),
    [t("sequences.condition")]: condition === undefined ? undefined : sayCondition(condition),
    // A message's buttons and files are told as they are kept: a line for both texts would be the same.
    [t("sequences.what")]: content.kind === "message" ? content.content : describeContent(t, content, flowNames),
  });
}
