import { isSequenceWait, progressOf } from "../../engine/sequence-progress.ts";
import type { Contact } from "../../model/contact.ts";
import type { SequenceStep } from "../../model/sequence.ts";
import type { Sequence } from "../../store/sequence-store.ts";
import type { StepMetric } from "../../store/step-metric-store.ts";
import type { Subscriber } from "../../store/subscription-store.ts";
import type { ContactSequenceBody, SequenceBody, SequenceNumbersBody, SubscriberBody } from "../contract/sequences.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";

export function presentSequence(sequence: Sequence): SequenceBody {
  const { ref, botId, name, createdAt, revision, steps, restart, onReply, pauseHours } = sequence;
  return {
    ...{ ref, botId, name, createdAt: toInstant(createdAt), revision, stepCount: steps.length },
    ...{ restart, onReply, pauseHours },
  };
}

export function presentSubscriber({ subscribedAt, since, dueAt, ...rest }: Subscriber): SubscriberBody {
  return {
    ...rest,
    subscribedAt: toInstant(subscribedAt),
    since: toInstantOrNull(since),
    dueAt: toInstantOrNull(dueAt),
  };
}

/** The numbers of each step, in the sequence's order. */
export function presentStepNumbers(
  steps: readonly SequenceStep[],
  metrics: readonly StepMetric[],
  waiting: readonly { readonly step: string; readonly count: number }[],
): SequenceNumbersBody["steps"] {
  return steps.map(({ ref }) => {
    const own = metrics.filter(({ step }) => step === ref);
    const count = (metric: string) => own.find((one) => one.metric === metric)?.count ?? 0;
    const skipped = own
      .filter(({ metric }) => metric.startsWith("skipped:"))
      .map(({ metric, count: times }) => ({ reason: metric.slice("skipped:".length), count: times }));
    return {
      step: ref,
      waiting: waiting.find(({ step }) => step === ref)?.count ?? 0,
      due: count("due"),
      sent: count("sent"),
      delivered: count("delivered"),
      read: count("read"),
      clicked: count("clicked"),
      started: count("started"),
      failed: count("failed"),
      skipped,
    };
  });
}

/** Where a contact stands in its sequences: those that go on first, then those that have ended, the latest first. */
export function presentContactSequences(contact: Contact, sequences: readonly Sequence[]): ContactSequenceBody[] {
  const byRef = new Map(sequences.map((sequence) => [sequence.ref, sequence]));
  const going = contact.sequences.flatMap((ref): ContactSequenceBody[] => {
    const sequence = byRef.get(ref);
    if (sequence === undefined) return [];
    const wait = contact.positions.find((one) => isSequenceWait(one) && one.step === ref);
    const step = wait === undefined ? null : progressOf(wait).next;
    const index = sequence.steps.findIndex((one) => one.ref === step);
    return [
      {
        ...{ sequence: ref, name: sequence.name, state: "subscribed", at: null, step },
        stepName: sequence.steps[index]?.name ?? null,
        place: index === -1 ? null : index + 1,
        stepCount: sequence.steps.length,
        dueAt: toInstantOrNull(wait?.wakeAt),
      },
    ];
  });
  const past = Object.entries(contact.pastSequences ?? {}).flatMap(([ref, { end, at }]): ContactSequenceBody[] => {
    const sequence = byRef.get(ref);
    if (sequence === undefined) return [];
    const nothing = { step: null, stepName: null, place: null, dueAt: null };
    return [
      {
        ...{ sequence: ref, name: sequence.name, state: end, at: toInstant(at) },
        ...{ ...nothing, stepCount: sequence.steps.length },
      },
    ];
  });
  return [...going, ...past.sort((a, b) => ((a.at ?? "") < (b.at ?? "") ? 1 : -1))];
}
