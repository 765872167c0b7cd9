import type { Position } from "../model/contact.ts";
import type { Json } from "../model/field.ts";
import type { MessageAuthor, MessageContent } from "../model/message.ts";
import { addWait, type Draft, removePosition } from "./draft.ts";

/** A message that waits for its time. */
export interface ScheduledMessage {
  readonly id: string;
  readonly content: MessageContent;
  /** Unix milliseconds. */
  readonly at: number;
  readonly channelId: number | undefined;
  readonly author: MessageAuthor | undefined;
}

/** Messages to the contact at hand that are to be sent later. */
export interface ScheduledContext {
  /** Returns the message's id. */
  add(message: Omit<ScheduledMessage, "id">): string;
  /** False: there is no such message, or it was sent. */
  remove(id: string): boolean;
  /** Returns how many. */
  removeAll(): number;
}

/**
 * A scheduled message is a position of this kind, which belongs to no flow: timers wake it, a merge takes it along and a crash leaves it, as every wait. Being of no flow, nothing that ends walks
 * ends it, and a bot that is paused sends it all the same: it was meant for that time, often by the agent who talks.
 */
const kind = "scheduled_message";
/** No flow has this ref. */
export const noFlow = "";

export function isScheduled(position: Pick<Position, "flow" | "kind">): boolean {
  return position.flow === noFlow && position.kind === kind;
}

/** The message of such a position. */
export function toScheduledMessage({ id, state, wakeAt, channelId }: Position): ScheduledMessage {
  const { content, author } = state as unknown as Pick<ScheduledMessage, "content" | "author">;
  return { id, content, author, at: wakeAt ?? 0, channelId };
}

export function createScheduledContext(draft: Draft): ScheduledContext {
  const remove = (position: Position) => {
    removePosition(draft, position.id);
    draft.facts.push({ kind: "scheduled_message_removed", id: position.id });
  };
  return {
    add({ content, at, channelId, author }) {
      const state = { content, ...(author === undefined ? {} : { author }) } as unknown as Json;
      const id = addWait(draft, {
        flow: noFlow,
        step: noFlow,
        kind,
        waitsFor: "time",
        wakeAt: at,
        state,
        values: {},
        channelId,
      });
      draft.facts.push({ kind: "message_scheduled", id, at });
      return id;
    },
    remove(id) {
      const position = draft.contact.positions.find((one) => one.id === id && isScheduled(one));
      if (position === undefined) return false;
      remove(position);
      return true;
    },
    removeAll() {
      const all = draft.contact.positions.filter(isScheduled);
      for (const position of all) remove(position);
      return all.length;
    },
  };
}
