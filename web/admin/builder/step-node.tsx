import { ThemeIcon } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowsSplit2,
  IconBolt,
  IconClock,
  IconCornerUpRight,
  IconFlag,
  IconGitBranch,
  IconHelpCircle,
  IconMessage,
  IconPlayerPlayFilled,
  IconPuzzle,
  IconSearch,
} from "@tabler/icons-react";
import { Handle, type Node, type NodeProps, Position, type ReactFlowState, useStore } from "@xyflow/react";
import { type ComponentType, memo, useContext } from "react";
import { useTranslation } from "react-i18next";
import type { StepOutput } from "../../../src/engine/step-type.ts";
import type { StepNumbersBody } from "../../../src/http/contract/flows.ts";
import { useSayProblem } from "./name-things.ts";
import { useOutputHelp } from "./output-help.ts";
import { StepNumbers } from "./step-numbers.tsx";
import { VariableNamesContext } from "./variable-names.ts";
import { VariableText } from "./variable-text.tsx";

/** What a step's box shows. */
export interface StepData extends Record<string, unknown> {
  readonly kind: string;
  readonly title: string;
  readonly summary: string;
  readonly outputs: readonly StepOutput[];
  /** Names of those by which the flow ends. */
  readonly ends: readonly string[];
  readonly isStart: boolean;
  /** Whether the simulator's contact came by here, or stands here. */
  readonly trail: "walked" | "here" | undefined;
  /** Absent: numbers are not looked at; null: nothing happened here. */
  readonly numbers: StepNumbersBody | null | undefined;
  readonly problems: readonly {
    readonly severity: "error" | "warning";
    readonly message: string;
    readonly isFresh?: boolean;
  }[];
}
export type StepNodeType = Node<StepData, "step">;

const icons: Readonly<Record<string, ComponentType<{ size: number }>>> = {
  message: IconMessage,
  question: IconHelpCircle,
  action: IconBolt,
  condition: IconGitBranch,
  delay: IconClock,
  split: IconArrowsSplit2,
  go_to: IconCornerUpRight,
  query: IconSearch,
  end: IconFlag,
};

/** Action steps stand out: they run before what is beside them. */
const colors: Readonly<Record<string, string>> = { action: "red", message: "ink", question: "violet", delay: "yellow" };

export function StepIcon({ kind, size = 16 }: { readonly kind: string; readonly size?: number }) {
  const Icon = icons[kind] ?? IconPuzzle;
  return (
    <ThemeIcon variant="light" color={colors[kind] ?? "gray"} size={size + 10} aria-hidden>
      <Icon size={size} />
    </ThemeIcon>
  );
}

/** Below this the words on a box cannot be read: only its title is drawn. */
const readableZoom = 0.4;
const isReadable = ({ transform: [, , zoom] }: ReactFlowState) => zoom >= readableZoom;

/** Plain elements: of the library's own, 500 boxes took half a minute to appear. */
export const StepNode = memo(function StepNode({ id, data, selected }: NodeProps<StepNodeType>) {
  const { t } = useTranslation();
  const say = useSayProblem();
  const nameOf = useContext(VariableNamesContext);
  const helpOf = useOutputHelp();
  const isNear = useStore(isReadable);
  const worst = data.problems.find(({ severity }) => severity === "error") ?? data.problems[0];
  return (
    <div className="step-box" data-trail={data.trail} data-selected={selected} data-far={!isNear}>
      <Handle type="target" position={Position.Left} role="img" aria-label={t("builder.into")} />
      <div className="step-head">
        {isNear ? <StepIcon kind={data.kind} /> : null}
        <span className="step-title cut">{data.title}</span>
        {data.isStart ? (
          <span className="step-start" role="img" aria-label={t("builder.start")} title={t("builder.start")}>
            <IconPlayerPlayFilled size={10} />
          </span>
        ) : null}
        {worst === undefined ? null : (
          <span
            className="step-problem"
            data-severity={worst.isFresh === true ? "unfinished" : worst.severity}
            title={data.problems.map(say).join("\n")}
          >
            <IconAlertTriangle size={16} />
          </span>
        )}
      </div>
      <div className="step-summary breakable">
        {data.summary === "" ? t("builder.empty") : <VariableText text={data.summary} nameOf={nameOf} />}
      </div>
      <div className="step-ref">
        {t("builder.ref")}: <code>{id}</code>
      </div>
      {data.numbers === undefined ? null : <StepNumbers numbers={data.numbers ?? undefined} />}
      {data.outputs.map(({ name, title }) => {
        const clicks = data.numbers?.buttons[name.replace(/^button:/, "")];
        return (
          <div key={name} className="step-output">
            {data.ends.includes(name) ? <span className="step-output-end">{t("builder.endsHere")}</span> : null}
            {clicks === undefined ? null : <b title={t("numbers.clicked")}>{clicks}</b>}
            <span className="step-output-title cut" title={helpOf(name)}>
              <VariableText text={title} nameOf={nameOf} />
            </span>
            <Handle
              type="source"
              position={Position.Right}
              id={name}
              role="img"
              aria-label={t("builder.outOf", { output: title })}
            />
          </div>
        );
      })}
    </div>
  );
});
