import { VisuallyHidden } from "@mantine/core";
import { IconAlertTriangle, IconPlayerPlayFilled } from "@tabler/icons-react";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowProblem } from "./flow-types.ts";
import { useSayProblem } from "./name-things.ts";

/** What the box before the first step shows. */
interface StartData extends Record<string, unknown> {
  /** Absent: it is not known yet. */
  readonly lines: readonly string[] | undefined;
  readonly problems: readonly FlowProblem[];
  /** Opens what can be set about it. */
  readonly onOpen: () => void;
}
export type StartNodeType = Node<StartData, "start">;

/** More would make the box larger than the steps; the settings have them all. */
export const mostLines = 6;

/** What starts the flow, and the way to where that is set. */
export const StartNode = memo(function StartNode({ data }: NodeProps<StartNodeType>) {
  const { t } = useTranslation();
  const say = useSayProblem();
  const { lines = [], problems, onOpen } = data;
  const worst = problems.find(({ severity }) => severity === "error") ?? problems[0];
  const hidden = lines.length - mostLines;
  return (
    <div className="start-box">
      <button type="button" className="start-open nodrag nopan" onClick={onOpen}>
        <span className="step-head">
          <span className="step-start" aria-hidden>
            <IconPlayerPlayFilled size={10} />
          </span>
          <span className="step-title">{t("starts.title")}</span>
          {worst === undefined ? null : (
            <span className="step-problem" data-severity={worst.severity}>
              <IconAlertTriangle size={16} />
            </span>
          )}
        </span>
        {data.lines !== undefined && lines.length === 0 ? (
          <span className="start-line-of none">{t("starts.none")}</span>
        ) : null}
        {lines.slice(0, mostLines).map((line) => (
          <span key={line} className="start-line-of breakable">
            {line}
          </span>
        ))}
        {hidden > 0 ? <span className="start-line-of none">{t("starts.more", { count: hidden })}</span> : null}
        {worst === undefined ? null : (
          <span className="start-problem breakable" data-severity={worst.severity}>
            {say(worst)}
          </span>
        )}
        <span className="start-change" aria-hidden>
          {t(lines.length === 0 ? "starts.set" : "starts.change")}
        </span>
        <VisuallyHidden>{t("starts.open")}</VisuallyHidden>
      </button>
      <Handle type="source" position={Position.Right} id="start" role="img" aria-label={t("starts.handle")} />
    </div>
  );
});
