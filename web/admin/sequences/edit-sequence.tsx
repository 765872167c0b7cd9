import { Alert, Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { SequenceDetailBody, SequenceNumbersBody } from "../../../src/http/contract/sequences.ts";
import { mostSequenceSteps, type SequenceStep } from "../../../src/model/sequence.ts";
import { ApiError } from "../api.ts";
import { DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { EmptyState, Section, useApi } from "../layout/page.tsx";
import { useList, useRenew } from "../layout/resource.ts";
import { useSentence } from "../layout/trouble.tsx";
import { SequenceChanges } from "./sequence-changes.tsx";
import { duplicateStep, fromSequence, moveStep, newStep, type SequenceDraft } from "./sequence-draft.ts";
import { SettingsFields } from "./settings-fields.tsx";
import { StepCard } from "./step-card.tsx";
import { stepPaths } from "./step-fields.tsx";

const problemPaths = {
  content: "content",
  flow: "content.flow",
  step: "content.step",
  field: "delay.field",
  condition: "condition",
} as const;

/** The steps and the settings, changed as a whole. Who saves second is told so, keeps what they typed, and chooses. */
export function EditSequence({
  sequence,
  numbers,
  period,
  mayBuild,
}: {
  /** As it is kept now: it may have become newer than what the form began with. */
  readonly sequence: SequenceDetailBody;
  readonly numbers: SequenceNumbersBody | undefined;
  /** The choice of how far back the numbers go. */
  readonly period: ReactNode;
  readonly mayBuild: boolean;
}) {
  const { t } = useTranslation();
  const say = useSentence();
  const api = useApi();
  const renew = useRenew();
  const [base, setBase] = useState(sequence);
  const [draft, setDraft] = useState<SequenceDraft>(() => fromSequence(sequence));
  const [isTyped, setTyped] = useState(false);
  const begin = (from: SequenceDetailBody) => {
    setBase(from);
    setDraft(fromSequence(from));
    setTyped(false);
  };
  const isOld = sequence.revision > base.revision;
  // Nothing is lost where nothing was typed.
  if (isOld && !isTyped) begin(sequence);
  const paths = draft.steps.flatMap((_step, index) => stepPaths.map((path) => `steps.${index}.${path}`));
  const form = useForm(["name", "pauseHours", ...paths], async () => {
    try {
      const path = `/sequences/${sequence.ref}`;
      begin(await api.send<SequenceDetailBody>("PATCH", path, { ...draft, revision: base.revision }));
      notifications.show({ message: t("saved") });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "sequence.changed") throw error;
    } finally {
      await renew("/sequences");
    }
  });
  const change = (next: SequenceDraft) => {
    setDraft(next);
    setTyped(true);
  };
  return (
    <>
      {isOld && isTyped ? (
        <Alert color="yellow" title={t("sequences.changed.title")} role="alert" mb="md">
          <Text size="sm" mb="xs">
            {t("sequences.changed.text")}
          </Text>
          <SequenceChanges before={base} after={sequence} />
          <Group mt="sm" gap="sm">
            <Button size="xs" onClick={() => setBase(sequence)}>
              {t("sequences.changed.mine")}
            </Button>
            <Button size="xs" variant="default" onClick={() => begin(sequence)}>
              {t("sequences.changed.theirs")}
            </Button>
          </Group>
        </Alert>
      ) : null}
      <MaySave form={form} isTyped={isTyped} mayBuild={mayBuild}>
        <Section title={t("sequences.steps")} actions={period}>
          <Steps
            botId={sequence.botId}
            steps={draft.steps}
            onChange={mayBuild ? (steps) => change({ ...draft, steps }) : undefined}
            numbers={numbers}
            errorsOf={(step, index) => ({
              ...findProblems(base, step, say),
              ...within(form.fieldErrors, `steps.${index}.`),
            })}
          />
        </Section>
        <Section title={t("sequences.settings")}>
          <Stack inert={!mayBuild}>
            <SettingsFields value={draft} onChange={change} errors={form.fieldErrors} />
          </Stack>
        </Section>
        {isTyped ? <Text size="sm">{t("sequences.unsaved")}</Text> : null}
      </MaySave>
    </>
  );
}

function MaySave({
  form,
  isTyped,
  mayBuild,
  children,
}: {
  readonly form: ReturnType<typeof useForm>;
  readonly isTyped: boolean;
  readonly mayBuild: boolean;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  if (!mayBuild) return <Stack>{children}</Stack>;
  return (
    <DialogForm form={form} submit={t("action.save")} isTyped={isTyped}>
      {children}
    </DialogForm>
  );
}

/** What the server found in the step as it was saved; once it is changed, that may be so no more. */
function findProblems(
  saved: SequenceDetailBody,
  step: SequenceStep,
  say: ReturnType<typeof useSentence>,
): Record<string, string> {
  if (saved.steps.find(({ ref }) => ref === step.ref) !== step) return {};
  const own = saved.problems.filter((problem) => problem.step === step.ref);
  return Object.fromEntries(own.map(({ path, ...sentence }) => [problemPaths[path], say(sentence)]));
}

function within(errors: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  const own = Object.entries(errors).filter(([path]) => path.startsWith(prefix));
  return Object.fromEntries(own.map(([path, message]) => [path.slice(prefix.length), message]));
}

function Steps({
  botId,
  steps,
  onChange,
  numbers,
  errorsOf,
}: {
  readonly botId: number;
  readonly steps: readonly SequenceStep[];
  readonly onChange: ((steps: readonly SequenceStep[]) => void) | undefined;
  readonly numbers: SequenceNumbersBody | undefined;
  readonly errorsOf: (step: SequenceStep, index: number) => Readonly<Record<string, string>>;
}) {
  const { t } = useTranslation();
  const flows = useList<FlowSummaryBody>("/flows").items ?? [];
  const fields = useList<FieldBody>("/fields").items ?? [];
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const names = {
    flows: new Map(flows.map(({ ref, name }) => [ref, name])),
    fields: new Map(fields.map(({ key, name }) => [key, name])),
  };
  const toggle = (ref: string) =>
    setOpen((before) => new Set(before.has(ref) ? [...before].filter((one) => one !== ref) : [...before, ref]));
  const add = () => {
    const step = newStep(steps);
    onChange?.([...steps, step]);
    toggle(step.ref);
  };
  const addButton =
    onChange === undefined ? null : (
      <Button
        variant="light"
        leftSection={<IconPlus size={16} />}
        disabled={steps.length >= mostSequenceSteps}
        onClick={add}
      >
        {t("sequences.addStep")}
      </Button>
    );
  if (steps.length === 0) {
    return <EmptyState title={t("sequences.noSteps.title")} text={t("sequences.noSteps.text")} action={addButton} />;
  }
  return (
    <>
      <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: "none" }} aria-label={t("sequences.steps")}>
        {steps.map((step, index) => (
          <StepCard
            key={step.ref}
            {...{ step, index, botId, names }}
            count={steps.length}
            isOpen={open.has(step.ref)}
            onToggle={() => toggle(step.ref)}
            errors={errorsOf(step, index)}
            numbers={numbers?.steps.find((one) => one.step === step.ref)}
            hands={
              onChange === undefined
                ? undefined
                : {
                    change: (next) => onChange(steps.with(index, next)),
                    move: (by) => onChange(moveStep(steps, index, by)),
                    duplicate: () => onChange(duplicateStep(steps, index)),
                    remove: () => onChange(steps.toSpliced(index, 1)),
                  }
            }
          />
        ))}
      </Stack>
      <Group>{addButton}</Group>
    </>
  );
}

/** How far back the numbers go. */
export function PeriodChoice({ days, onChange }: { readonly days: number; readonly onChange: (days: number) => void }) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("sequences.period")}
      data={[7, 30, 365].map((one) => ({ value: String(one), label: t("sequences.days", { count: one }) }))}
      value={String(days)}
      onChange={(next) => onChange(Number(next))}
    />
  );
}
