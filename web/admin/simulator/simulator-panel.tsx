import { ActionIcon, Badge, Button, Group, Paper, ScrollArea, Stack, Text, Title, Tooltip } from "@mantine/core";
import { IconRefresh, IconUserCog, IconX } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { findListener } from "../../../src/engine/listening.ts";
import type { Position } from "../../../src/model/contact.ts";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { useCatalogue } from "../builder/catalogue.ts";
import { callSteps } from "../builder/step-names.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { ChatLog } from "./chat-log.tsx";
import { Clock } from "./clock.tsx";
import { Composer } from "./composer.tsx";
import { JobCard } from "./job-card.tsx";
import { SetupForm } from "./setup-form.tsx";
import { ShopCard } from "./shop-card.tsx";
import type { SimulatedFlow, Simulator } from "./use-simulator.ts";

/** A messenger beside the canvas, whose bot is the draft. */
export function SimulatorPanel({
  flow,
  document,
  simulator,
  onShowStep,
  onClose,
}: {
  readonly flow: SimulatedFlow;
  readonly document: FlowDocument;
  readonly simulator: Simulator;
  readonly onShowStep: (ref: string) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const { contact, error } = simulator;
  return (
    <Stack h="100%" gap={0} component="aside" aria-label={t("simulator.title")}>
      <Group p="md" pb="xs" justify="space-between" wrap="nowrap">
        <Title order={2} size="h5">
          {t("simulator.title")}
        </Title>
        <Group gap={4} wrap="nowrap">
          {contact === undefined ? null : (
            <>
              <Tool label={t("simulator.restart")} onClick={() => void simulator.begin()}>
                <IconRefresh size={18} />
              </Tool>
              <Tool label={t("simulator.change")} onClick={simulator.end}>
                <IconUserCog size={18} />
              </Tool>
            </>
          )}
          <ActionIcon variant="subtle" color="gray" aria-label={t("action.close")} onClick={onClose}>
            <IconX size={18} />
          </ActionIcon>
        </Group>
      </Group>
      {error === undefined ? null : <ErrorNotice error={error} />}
      {contact === undefined ? (
        <ScrollArea flex={1} px="md" type="auto">
          <SetupForm flow={flow} simulator={simulator} />
        </ScrollArea>
      ) : (
        <>
          <ChatLog simulator={simulator} document={document} flow={flow.ref} />
          {simulator.jobs.map((job) => (
            <JobCard key={job.position.id} job={job} flow={flow} document={document} simulator={simulator} />
          ))}
          <ShopCard simulator={simulator} />
          <Standing flow={flow} document={document} simulator={simulator} onShowStep={onShowStep} />
          <Clock simulator={simulator} />
          <Composer simulator={simulator} />
        </>
      )}
    </Stack>
  );
}

function Tool({
  label,
  onClick,
  children,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Where the contact stands, and what for. */
function Standing({
  flow,
  document,
  simulator,
  onShowStep,
}: {
  readonly flow: SimulatedFlow;
  readonly document: FlowDocument;
  readonly simulator: Simulator;
  readonly onShowStep: (ref: string) => void;
}) {
  const { t } = useTranslation();
  const { contact } = simulator;
  const positions = contact?.positions ?? [];
  const next = contact === undefined ? undefined : findListener(contact, simulator.now);
  const called = callSteps(document.steps, useCatalogue());
  return (
    <Paper radius={0} px="md" py={6} withBorder style={{ borderInline: 0 }}>
      <Group gap={6}>
        {positions.length === 0 ? (
          <Text size="xs" c="dimmed">
            {t(simulator.entries.length === 0 ? "simulator.notBegun" : "simulator.standsNowhere")}
          </Text>
        ) : null}
        {positions.map((position) => {
          const { id, flow: where, step } = position;
          const isHere = where === flow.ref;
          const name = (isHere ? called.get(step) : undefined) ?? step;
          const words = describePlace(t, position, { step: name, isNext: position === next });
          return isHere ? (
            <Button
              key={id}
              size="compact-xs"
              variant={position === next ? "filled" : "light"}
              className="button-wraps"
              onClick={() => onShowStep(step)}
            >
              {words}
            </Button>
          ) : (
            <Badge key={id} variant={position === next ? "filled" : "default"} tt="none">
              {where}: {words}
            </Badge>
          );
        })}
      </Group>
    </Paper>
  );
}

function describePlace(
  t: TFunction,
  { waitsFor, isLeft }: Position,
  { step, isNext }: { readonly step: string; readonly isNext: boolean },
): string {
  if (isNext) return t("simulator.standsNext", { step });
  if (isLeft === true) return t("simulator.standsLeft", { step });
  return t("simulator.standsAt", { step, waitsFor: t(`simulator.waits.${waitsFor}`) });
}
