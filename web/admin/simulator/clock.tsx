import { Button, Group, Menu, Text } from "@mantine/core";
import { IconClock, IconPlayerSkipForward } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { timeFormat } from "../words/times.ts";
import { currentLanguage } from "../words/words.ts";
import { describeDuration } from "./describe-duration.ts";
import type { Simulator } from "./use-simulator.ts";

const jumps = [60_000, 600_000, 3_600_000, 86_400_000, 604_800_000, 2_592_000_000];

/** The play's own time, which goes when it is told to. */
export function Clock({ simulator }: { readonly simulator: Simulator }) {
  const { t } = useTranslation();
  const { now, nextTimer, isBusy } = simulator;
  const language = currentLanguage();
  const time = timeFormat({
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
  });
  const wait = nextTimer === undefined ? undefined : Math.max(0, nextTimer - now);
  return (
    <Group px="md" pt={8} gap={6} justify="space-between">
      <Text size="xs" c="dimmed" role="timer" style={{ whiteSpace: "nowrap" }} aria-label={t("simulator.clock")}>
        {time.format(now)}
      </Text>
      <Group gap={6} wrap="nowrap">
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconPlayerSkipForward size={12} />}
          disabled={wait === undefined || isBusy}
          onClick={() => simulator.jump(wait ?? 0)}
        >
          {wait === undefined
            ? t("simulator.noWake")
            : t("simulator.toWake", { duration: describeDuration(wait, language) })}
        </Button>
        <Menu position="top-end">
          <Menu.Target>
            <Button
              size="compact-xs"
              variant="default"
              disabled={isBusy}
              leftSection={<IconClock size={12} />}
              aria-label={t("simulator.jump")}
            >
              +
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {jumps.map((milliseconds) => (
              <Menu.Item key={milliseconds} onClick={() => simulator.jump(milliseconds)}>
                {t("simulator.later", { duration: describeDuration(milliseconds, language) })}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
    </Group>
  );
}
