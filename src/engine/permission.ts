import type { Contact, Identity } from "../model/contact.ts";
import type { Event } from "../model/event.ts";
import type { MessageAuthor, SendReason } from "../model/message.ts";

/** What decides whether a contact may be written to. */
export interface Plea {
  readonly contact: Pick<Contact, "bannedAt" | "optedOutAt" | "lastInboundAt" | "consents">;
  /** The message answers what the person wrote or pressed (`isAskedFor`). */
  readonly isAsked: boolean;
  /** Of where it is to go; undefined: nowhere. */
  readonly status: Identity["status"] | undefined;
  /** The kind of that channel. */
  readonly channelKind: string | undefined;
  readonly author?: MessageAuthor | undefined;
  /** It was written earlier, for this time. */
  readonly isScheduled?: boolean | undefined;
}

export type Refusal = "banned" | "no_channel" | "blocked" | "opted_out";

/**
 * The one rule of who may be written to. Somebody who opted out gets only what they ask for: the answer to what they wrote or pressed, and an agent's, once they have written again. A broadcast, a sequence, a scheduled
 * message, a flow that another system starts: none of these. Whoever said no to e-mail gets no e-mail, on the same terms.
 */
export function permit(plea: Plea): { readonly reason: SendReason } | { readonly refusal: Refusal } {
  const { contact, isAsked, status, channelKind, author, isScheduled = false } = plea;
  if (contact.bannedAt !== undefined) return { refusal: "banned" };
  if (status === undefined) return { refusal: "no_channel" };
  if (status === "blocked") return { refusal: "blocked" };
  const byAgent = author === "agent";
  if (isAsked && !isScheduled) return { reason: byAgent ? "agent" : "reply" };
  const consent = channelKind === "email" ? contact.consents?.email : undefined;
  const saidNoAt = Math.max(contact.optedOutAt ?? 0, consent?.granted === false ? consent.at : 0);
  const hasWritten = byAgent && !isScheduled && (contact.lastInboundAt ?? 0) >= saidNoAt;
  if (saidNoAt > 0 && !hasWritten) return { refusal: "opted_out" };
  if (byAgent) return { reason: "agent" };
  return { reason: consent?.granted === true ? "consented" : "subscribed" };
}

/** For so long after the person was heard, what a walk says that their message moved still answers it: a request's result, a short delay between two messages. */
const askedForMs = 15 * 60_000;

/** Whether what follows from the event answers what the person did: it came from them, or goes on with a walk that they moved a moment ago, and not before they opted out. */
export function isAskedFor(contact: Contact, event: Event): boolean {
  if (event.kind !== "timer" && event.kind !== "job_result") {
    return event.source === "channel" && event.kind !== "outside_message" && event.kind !== "link_opened";
  }
  const position = contact.positions.find(({ id }) => id === event.positionId);
  if (position?.isAsked !== true || position.enteredAt < (contact.optedOutAt ?? 0)) return false;
  return event.at - (contact.lastInboundAt ?? 0) < askedForMs;
}
