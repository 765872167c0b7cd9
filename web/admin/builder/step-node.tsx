import { Badge, Group, Paper, Text, ThemeIcon, Tooltip } from "@mantine/core";
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
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { type ComponentType, memo } from "react";
import { useTranslation } from "react-i18next";
import type { StepOutput } from "../../../src/engine/step-type.ts";
import type { StepNumbersBody } from "../../../src/http/contract/flows.ts";
import { StepNumbers } from "./step-numbers.tsx";

/** What a step's box shows. */
export interface StepData extends Record<string, unknown> {
  readonly kind: string;
  readonly title: string;
  readonly summary: string;
  readonly outputs: readonly StepOutput[];
  readonly isStart: boolean;
  /** Whether the simulator's contact came by here, or stands here. */
  readonly trail: "walked" | "here" | undefined;
  /** Absent: numbers are not looked at; null: nothing happened here. */
  readonly numbers: StepNumbersBody | null | undefined;
  readonly problems: readonly { readonly severity: "error" | "warning"; readonly message: string }[];
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

export const StepNode = memo(function StepNode({ id, data, selected }: NodeProps<StepNodeType>) {
  const { t } = useTranslation();
  const worst = data.problems.find(({ severity }) => severity === "error") ?? data.problems[0];
  return (
    <Paper
      withBorder
      shadow={selected ? "md" : "xs"}
      radius="md"
      w={250}
      className="step-box"
      data-trail={data.trail}
      bd={`1px solid ${selected ? "var(--mantine-primary-color-filled)" : "var(--mantine-color-default-border)"}`}
    >
      <Handle type="target" position={Position.Left} aria-label={t("builder.into")} />
      <Group gap="xs" wrap="nowrap" px="sm" pt="xs">
        <StepIcon kind={data.kind} />
        <Text size="sm" fw={600} className="cut" flex={1}>
          {data.title}
        </Text>
        {data.isStart ? (
          <Tooltip label={t("builder.start")}>
            <ThemeIcon size="xs" color="teal" radius="xl">
              <IconPlayerPlayFilled size={10} />
            </ThemeIcon>
          </Tooltip>
        ) : null}
        {worst === undefined ? null : (
          <Tooltip label={data.problems.map(({ message }) => message).join("\n")} multiline w={260}>
            <ThemeIcon size="xs" variant="transparent" color={worst.severity === "error" ? "red" : "yellow"}>
              <IconAlertTriangle size={16} />
            </ThemeIcon>
          </Tooltip>
        )}
      </Group>
      <Text size="xs" c="dimmed" px="sm" py={6} lineClamp={3} className="breakable">
        {data.summary === "" ? t("builder.empty") : data.summary}
      </Text>
      <Text size="10px" c="dimmed" px="sm" pb={4} ff="monospace">
        {id}
      </Text>
      {data.numbers === undefined ? null : <StepNumbers numbers={data.numbers ?? undefined} />}
      {data.outputs.map(({ name, title }) => (
        <Group key={name} justify="flex-end" px="sm" py={3} gap={6} pos="relative" className="step-output">
          {data.numbers?.buttons[name.replace(/^button:/, "")] === undefined ? null : (
            <Text size="10px" fw={700} title={t("numbers.clicked")}>
              {data.numbers.buttons[name.replace(/^button:/, "")]}
            </Text>
          )}
          <Badge variant="default" size="sm" tt="none" maw={210}>
            {title}
          </Badge>
          <Handle
            type="source"
            position={Position.Right}
            id={name}
            aria-label={t("builder.outOf", { output: title })}
          />
        </Group>
      ))}
    </Paper>
  );
});
