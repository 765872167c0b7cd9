import { Badge, Group, Stack, Text, Timeline } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { EventBody } from "../../../src/http/contract/events.ts";
import { Moment } from "../layout/moment.tsx";
import { describeEvent, describeFact, isFailure } from "./describe-event.ts";

/** Events and what followed from each, in words. */
export function History({ events }: { readonly events: readonly EventBody[] }) {
  const { t } = useTranslation();
  return (
    <Timeline bulletSize={14} lineWidth={2} active={-1}>
      {events.map((event) => (
        <Timeline.Item key={event.id} color={event.failed === null ? "ink" : "red"}>
          <Group gap="xs" mb={2}>
            <Text size="sm" fw={600} component="span" className="breakable">
              {describeEvent(t, event)}
            </Text>
            <Text size="xs" c="dimmed" component="span">
              <Moment at={event.at} />
            </Text>
            <Badge size="xs" variant="default" tt="none">
              {event.source}
            </Badge>
          </Group>
          <Facts t={t} event={event} />
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Facts({ t, event }: { readonly t: TFunction; readonly event: EventBody }) {
  const lines = event.facts.map((fact) => ({ text: describeFact(t, fact), isBad: isFailure(fact) }));
  if (event.failed !== null) lines.push({ text: event.failed, isBad: true });
  return (
    <Stack gap={0}>
      {lines.map(({ text, isBad }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what followed from an event never changes its order.
        <Text key={index} size="sm" className="breakable" c={isBad ? "red" : "dimmed"}>
          {text}
        </Text>
      ))}
    </Stack>
  );
}
