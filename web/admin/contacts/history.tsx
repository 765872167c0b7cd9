import { Badge, Group, Stack, Text, Timeline } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { EventBody } from "../../../src/http/contract/events.ts";
import { Moment } from "../layout/moment.tsx";
import { describeEvent, describeFact, describeSource, type FactNames, isFailure, placeOf } from "./describe-event.ts";
import { useFactNames } from "./use-fact-names.ts";

/** Events and what followed from each, in words. */
export function History({ events }: { readonly events: readonly EventBody[] }) {
  const { t } = useTranslation();
  const names = useFactNames(events);
  return (
    <Timeline bulletSize={14} lineWidth={2} active={-1}>
      {events.map((event) => (
        <Timeline.Item key={event.id} color={event.failed === null ? "ink" : "red"}>
          <Group gap="xs" mb={2}>
            <Text size="sm" fw={600} component="span" className="breakable">
              {describeEvent(t, event, names)}
            </Text>
            <Text size="xs" c="dimmed" component="span">
              <Moment at={event.at} />
            </Text>
            <Badge size="xs" variant="default" tt="none" title={event.source}>
              {describeSource(t, event, names)}
            </Badge>
          </Group>
          <Facts t={t} event={event} names={names} />
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Facts({ t, event, names }: { readonly t: TFunction; readonly event: EventBody; readonly names: FactNames }) {
  const lines = event.facts.map((fact) => ({
    text: describeFact(t, fact, names),
    title: placeOf(fact),
    isBad: isFailure(fact),
  }));
  if (event.failed !== null) lines.push({ text: event.failed, title: undefined, isBad: true });
  return (
    <Stack gap={0}>
      {lines.map(({ text, title, isBad }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what followed from an event never changes its order.
        <Text key={index} size="sm" title={title} className="breakable" c={isBad ? "red" : "dimmed"}>
          {text}
        </Text>
      ))}
    </Stack>
  );
}
