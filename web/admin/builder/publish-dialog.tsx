import { Group, Modal, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { StoredStep } from "../../../src/model/flow.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { useCatalogue } from "./catalogue.ts";
import type { FlowProblem } from "./flow-types.ts";
import { useSayProblem } from "./name-things.ts";
import { isOfStart } from "./starts.ts";
import { StepIcon } from "./step-node.tsx";

/** What became of publishing, as far as there is something to look at. */
export type PublishReport =
  | {
      readonly kind: "refused";
      /** What is no problem of the flow: no connection, no right to. */
      readonly error?: unknown;
      /** Something was begun only, which keeps it from being sent at all. */
      readonly isUnfinished: boolean;
    }
  | {
      readonly kind: "live";
      readonly version: number;
      readonly warnings: readonly FlowProblem[];
      /** Whether anything starts the flow, as far as is known. */
      readonly isStarted: boolean;
    };

/** What keeps a flow from being published, or may go wrong although it is; each line leads to where it is mended. */
export function PublishDialog({
  report,
  errors,
  steps,
  isOpen,
  onClose,
  onShow,
  onShowStart,
}: {
  /** The last one; it stays while the dialog closes. */
  readonly report: PublishReport | undefined;
  /** What is wrong with the draft by now. */
  readonly errors: readonly FlowProblem[];
  readonly steps: readonly StoredStep[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onShow: (ref: string) => void;
  readonly onShowStart: () => void;
}) {
  const { t } = useTranslation();
  const title =
    report?.kind === "live" ? t("published.warned", { version: report.version }) : t("builder.notPublished");
  const leave = (then: () => void) => {
    onClose();
    then();
  };
  const problems = report?.kind === "live" ? report.warnings : errors;
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack>
        {report?.kind === "refused" && report.error !== undefined ? <ErrorNotice error={report.error} /> : null}
        {report?.kind === "refused" && report.isUnfinished ? (
          <StartLine says={t("unfinished.start")} onShow={() => leave(onShowStart)} />
        ) : null}
        {report?.kind === "live" && !report.isStarted ? (
          <StartLine says={t("published.noStart")} onShow={() => leave(onShowStart)} />
        ) : null}
        {problems.map((problem) => (
          <Problem
            key={`${problem.step} ${problem.message}`}
            problem={problem}
            step={steps.find(({ ref }) => ref === problem.step)}
            onShow={(ref) => leave(() => onShow(ref))}
            onShowStart={() => leave(onShowStart)}
          />
        ))}
      </Stack>
    </Modal>
  );
}

/** What is wrong, as a way to what it is wrong with. */
function Problem({
  problem,
  step,
  onShow,
  onShowStart,
}: {
  readonly problem: FlowProblem;
  readonly step: StoredStep | undefined;
  readonly onShow: (ref: string) => void;
  readonly onShowStart: () => void;
}) {
  const { nameOf } = useCatalogue();
  const says = useSayProblem()(problem);
  if (step === undefined) {
    return isOfStart(problem) ? <StartLine says={says} onShow={onShowStart} /> : <Text size="sm">{says}</Text>;
  }
  return (
    <UnstyledButton className="publish-problem" p="xs" onClick={() => onShow(step.ref)}>
      <Group gap="sm" wrap="nowrap">
        <StepIcon kind={step.kind} />
        <Text size="sm" flex={1} miw={0} className="breakable">
          <b>{nameOf(step)}</b>
          <br />
          {says}
        </Text>
        <IconChevronRight size={16} aria-hidden />
      </Group>
    </UnstyledButton>
  );
}

/** About what starts the flow: it is set beside the canvas. */
function StartLine({ says, onShow }: { readonly says: string; readonly onShow: () => void }) {
  const { t } = useTranslation();
  return (
    <UnstyledButton className="publish-problem" p="xs" onClick={onShow}>
      <Group gap="sm" wrap="nowrap">
        <span className="step-start" aria-hidden>
          <IconPlayerPlayFilled size={10} />
        </span>
        <Text size="sm" flex={1} miw={0} className="breakable">
          <b>{t("starts.title")}</b>
          <br />
          {says}
        </Text>
        <IconChevronRight size={16} aria-hidden />
      </Group>
    </UnstyledButton>
  );
}
