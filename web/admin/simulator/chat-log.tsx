import { Box, Collapse, Divider, ScrollArea, Text, UnstyledButton } from "@mantine/core";
import type { TFunction } from "i18next";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import type { SequenceBody } from "../../../src/http/contract/sequences.ts";
import type { FlowDocument } from "../../../src/model/flow.ts";
import type { Fact } from "../../../src/model/outcome.ts";
import type { Turn } from "../../../src/simulator/simulation.ts";
import { useCatalogue } from "../builder/catalogue.ts";
import { callSteps } from "../builder/step-names.ts";
import { describeFact, type FactNames, noNames } from "../contacts/describe-event.ts";
import { useList } from "../layout/resource.ts";
import { Bubble, type Pressable } from "../messenger/bubble.tsx";
import { currentLanguage } from "../words/words.ts";
import { describeDuration } from "./describe-duration.ts";
import type { Entry, Simulator } from "./use-simulator.ts";

/** What was said and what became so by it. */
export function ChatLog({
  simulator,
  document,
  flow,
}: {
  readonly simulator: Simulator;
  readonly document: FlowDocument;
  readonly flow: string;
}) {
  const { entries, setup } = simulator;
  const end = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line is scrolled to.
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [entries.length]);
  return (
    <ScrollArea flex={1} type="auto" className="simulator-chat" viewportProps={{ tabIndex: 0 }}>
      <Box className="messenger" data-kind={setup.channelKind} mih="100%" role="log">
        {entries.map((entry, index) => (
          <Line
            // biome-ignore lint/suspicious/noArrayIndexKey: lines only ever follow.
            key={index}
            entry={entry}
            document={document}
            flow={flow}
            onPress={simulator.isBusy ? undefined : simulator.press}
          />
        ))}
        <div ref={end} />
      </Box>
    </ScrollArea>
  );
}

function Line({
  entry,
  document,
  flow,
  onPress,
}: {
  readonly entry: Entry;
  readonly document: FlowDocument;
  readonly flow: string;
  readonly onPress: ((button: Pressable) => void) | undefined;
}) {
  const { t } = useTranslation();
  if (entry.kind === "said" || entry.kind === "pressed") return <div className="messenger-person">{entry.text}</div>;
  if (entry.kind === "passed") {
    const duration = describeDuration(entry.milliseconds, currentLanguage());
    return <Divider label={t("simulator.later", { duration })} labelPosition="center" />;
  }
  if (entry.kind === "ordered") {
    const status = t(`orderStatus.${entry.status}`);
    return <Divider label={t("simulator.shop.changed", { id: entry.order, status })} labelPosition="center" />;
  }
  const { turn } = entry;
  return (
    <>
      {turn.messages.map(({ content }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a turn does not change.
        <Bubble key={index} content={content} onPress={onPress} />
      ))}
      <Changes turn={turn} document={document} flow={flow} />
    </>
  );
}

/** What changed by this turn in words; its way through the steps on demand. */
function Changes({
  turn,
  document,
  flow,
}: {
  readonly turn: Turn;
  readonly document: FlowDocument;
  readonly flow: string;
}) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const called = callSteps(document.steps, useCatalogue());
  const step = (of: string, ref: string) => (of === flow ? called.get(ref) : undefined) ?? ref;
  const { items: fields } = useList<FieldBody>("/fields");
  const { items: sequences } = useList<SequenceBody>("/sequences");
  const names = {
    ...noNames,
    field: (key: string) => fields?.find((one) => one.key === key)?.name ?? key,
    sequence: (ref: string) => sequences?.find((one) => one.ref === ref)?.name ?? ref,
    flow: (ref: string) => (ref === flow ? document.name : ref),
    step,
  };
  const changes = describeChanges(t, turn, names);
  const way = turn.facts.flatMap((fact) => (fact.kind === "step_entered" ? [nameOf(fact, called, flow)] : []));
  if (changes.length === 0 && way.length === 0) return null;
  return (
    <Box className="simulator-changes">
      {changes.map(({ text, isFailure }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a turn does not change.
        <Text key={index} size="xs" c={isFailure ? "red" : "dimmed"}>
          {text}
        </Text>
      ))}
      {way.length === 0 ? null : (
        <UnstyledButton fz="xs" td="underline" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t("simulator.way", { count: way.length })}
        </UnstyledButton>
      )}
      <Collapse expanded={isOpen}>
        <Text size="xs">{way.join(" → ")}</Text>
      </Collapse>
    </Box>
  );
}

function nameOf(
  fact: Extract<Fact, { kind: "step_entered" }>,
  called: ReadonlyMap<string, string>,
  flow: string,
): string {
  if (fact.flow !== flow) return `${fact.flow}/${fact.step}`;
  return called.get(fact.step) ?? fact.step;
}

/** What the messages or the canvas show anyway. */
const shownElsewhere = new Set<Fact["kind"]>(["step_entered", "waiting", "flow_started"]);

function describeChanges(
  t: TFunction,
  turn: Turn,
  names: FactNames,
): { readonly text: string; readonly isFailure: boolean }[] {
  const lines = [];
  for (const fact of turn.facts) {
    if (shownElsewhere.has(fact.kind)) continue;
    if (fact.kind === "position_ended" && fact.reason === "finished") continue;
    if (fact.kind === "traced") lines.push(...fact.lines.map((text) => ({ text, isFailure: false })));
    else {
      const isFailure = fact.kind === "error" || fact.kind === "message_skipped" || fact.kind === "position_ended";
      lines.push({ text: describeFact(t, { ...fact }, names), isFailure });
    }
  }
  for (const { kind, data } of turn.jobs) {
    const isOfPosition = typeof data === "object" && data !== null && "positionId" in data;
    if (!isOfPosition) lines.push({ text: t("simulator.undone", { kind }), isFailure: false });
  }
  if (turn.refused !== undefined) lines.push({ text: turn.refused, isFailure: true });
  return lines;
}
