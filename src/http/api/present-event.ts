import type { StoredEvent } from "../../store/event-store.ts";
import type { EventBody } from "../contract/events.ts";
import { toInstant } from "./instant.ts";

export function presentEvent(event: StoredEvent): EventBody {
  const { id, contactId, channelId, kind, source, payload, facts, occurredAt, failed } = event;
  // A failed event keeps the whole stack; the first line is for the caller, the rest for the log.
  const reason = failed === null ? null : (failed.split("\n", 1)[0] ?? "");
  return {
    id,
    contactId,
    channelId,
    kind,
    source,
    payload,
    facts: facts.map((fact) => ({ ...fact })),
    at: toInstant(occurredAt),
    failed: reason,
  };
}

/** Where the next page of a history begins. */
export function placeOfEvent({ occurredAt, id }: StoredEvent): readonly number[] {
  return [occurredAt.getTime(), id];
}
