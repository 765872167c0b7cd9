import { ActionIcon, Badge, Box, Button, Group, Menu, Paper, Stack, Switch, Text, ThemeIcon } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDots,
  IconMessage,
  IconSitemap,
  IconTrash,
} from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SequenceNumbersBody } from "../../../src/http/contract/sequences.ts";
import type { SequenceStep } from "../../../src/model/sequence.ts";
import { describeContent, describeDelay } from "./describe-step.ts";
import { StepFields } from "./step-fields.tsx";
import { StepNumbers } from "./step-numbers.tsx";

/** What can be done with a step of the list. */
export interface StepHands {
  readonly change: (step: SequenceStep) => void;
  readonly move: (by: 1 | -1) => void;
  readonly duplicate: () => void;
  readonly remove: () => void;
}

/** One step of the timeline: when and what in words, its numbers, and its form where it is open. */
export function StepCard({
  step,
  index,
  count,
  botId,
  names,
  isOpen,
  onToggle,
  hands,
  errors,
  numbers,
}: {
  readonly step: SequenceStep;
  readonly index: number;
  readonly count: number;
  readonly botId: number;
  readonly names: { readonly flows: ReadonlyMap<string, string>; readonly fields: ReadonlyMap<string, string> };
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  /** Undefined: only to be looked at. */
  readonly hands: StepHands | undefined;
  readonly errors: Readonly<Record<string, string>>;
  readonly numbers: SequenceNumbersBody["steps"][number] | undefined;
}) {
  const { t, i18n } = useTranslation();
  const number = index + 1;
  const when = describeDelay(t, i18n.language, step.delay, { isFirst: index === 0, fieldNames: names.fields });
  const Icon = step.content.kind === "flow" ? IconSitemap : IconMessage;
  const isBad = Object.keys(errors).length > 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || hands === undefined) return;
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    hands.move(event.key === "ArrowUp" ? -1 : 1);
  };
  const title = step.name === undefined || step.name === "" ? t("sequences.step", { number }) : step.name;
  return (
    <Paper
      withBorder
      p="md"
      radius="lg"
      component="li"
      aria-label={t("sequences.step", { number })}
      opacity={step.isOn ? 1 : 0.7}
      onKeyDown={onKeyDown}
    >
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
          <Group gap="sm" wrap="nowrap" align="flex-start" miw={0}>
            <ThemeIcon variant="light" radius="xl" size="lg" visibleFrom="xs">
              <Icon size={18} aria-hidden />
            </ThemeIcon>
            <Box miw={0}>
              <Group gap="xs">
                <Text fw={600} className="breakable">
                  {number}. {title}
                </Text>
                {step.isOn ? null : <Badge color="gray">{t("sequences.off")}</Badge>}
                {isBad ? <Badge color="red">{t("sequences.problem")}</Badge> : null}
              </Group>
              <Text size="sm" c="dimmed">
                {when}
              </Text>
              <Text size="sm" lineClamp={2} className="breakable">
                {describeContent(t, step.content, names.flows)}
              </Text>
            </Box>
          </Group>
          {hands === undefined ? null : <StepMenu index={index} count={count} hands={hands} />}
        </Group>
        <StepNumbers numbers={numbers} />
        <Group gap="sm">
          <Button size="compact-sm" variant="default" aria-expanded={isOpen} onClick={onToggle}>
            {t(isOpen ? "sequences.fold" : "sequences.unfold")}
          </Button>
          {hands === undefined ? null : (
            <Switch
              size="sm"
              label={t("sequences.isOn")}
              checked={step.isOn}
              onChange={({ currentTarget }) => hands.change({ ...step, isOn: currentTarget.checked })}
            />
          )}
        </Group>
        {isOpen ? (
          <Box inert={hands === undefined}>
            <StepFields botId={botId} step={step} errors={errors} onChange={(next) => hands?.change(next)} />
          </Box>
        ) : null}
      </Stack>
    </Paper>
  );
}

function StepMenu({
  index,
  count,
  hands,
}: {
  readonly index: number;
  readonly count: number;
  readonly hands: StepHands;
}) {
  const { t } = useTranslation();
  const number = index + 1;
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="subtle"
        color="gray"
        disabled={index === 0}
        aria-label={t("sequences.moveUp", { number })}
        onClick={() => hands.move(-1)}
      >
        <IconArrowUp size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        disabled={index === count - 1}
        aria-label={t("sequences.moveDown", { number })}
        onClick={() => hands.move(1)}
      >
        <IconArrowDown size={16} />
      </ActionIcon>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("sequences.more", { number })}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={hands.duplicate}>
            {t("sequences.duplicate")}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={hands.remove}>
            {t("action.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
