import { isKnownHappening } from "../engine/advance.ts";
import type { EventSource, Happening } from "../model/event.ts";
import type { Json } from "../model/field.ts";
import type { Database } from "../store/database.ts";
import { type FailedEvent, retryKey, settleFailedEvent } from "../store/event-store.ts";
import { LeftToNewer, type Submit, type SubmitReply } from "./submission.ts";

/** Hands failed events in again: those of one contact in the order given, while those of others need not wait for them. What only a newer release knows stays on the list. */
export async function retryEvents(db: Database, submit: Submit, events: readonly FailedEvent[]): Promise<void> {
  const groups = [...Map.groupBy(events, ({ contactId }) => contactId).values()];
  await Promise.all(groups.map((group) => retryInOrder(db, submit, group)));
}

async function retryInOrder(db: Database, submit: Submit, events: readonly FailedEvent[]): Promise<void> {
  for (const event of events) {
    try {
      await retryEvent(db, submit, event);
    } catch (thrown) {
      if (!(thrown instanceof LeftToNewer)) throw thrown;
    }
  }
}

/**
 * Hands a failed event in again, as it came. The dedupe key names the failed event, so that two who try at the same time do it once; a try that fails
 * in its turn stands on the list of failed events by itself. Throws `LeftToNewer`.
 */
export async function retryEvent(db: Database, submit: Submit, event: FailedEvent): Promise<SubmitReply> {
  const { id, contactId, channelId, externalId } = event;
  if (!isKnownHappening(event.kind)) {
    throw new LeftToNewer(`only a newer release knows what "${event.kind}" is; the event stays on the list`);
  }
  const { externalId: _from, ...payload } = event.payload as Record<string, Json>;
  const reply = await submit({
    target: channelId === null || externalId === null ? { contactId } : { channelId, externalId },
    // Stored by the waist from a happening: kind and payload are its two halves.
    happening: { kind: event.kind, ...payload } as Happening,
    source: event.source as EventSource,
    dedupeKey: retryKey(id),
  });
  await settleFailedEvent(db, id);
  return reply;
}
