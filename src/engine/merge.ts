import { type Contact, type Identity, type Position, type Profile, profileKeys } from "../model/contact.ts";
import { type Consents, type Conversation, consentKinds, newConversation } from "../model/conversation.ts";
import type { FieldValue } from "../model/field.ts";
import type { Answer, Fact } from "../model/outcome.ts";
import type { Draft } from "./draft.ts";
import { noFlow } from "./scheduled.ts";
import { mergeSequences } from "./sequence-progress.ts";

/** What becomes of one part of a contact when another is merged into it. */
type Merger<K extends keyof Contact> = (own: Contact[K], other: Contact[K], contacts: Contacts) => Contact[K];
interface Contacts {
  readonly primary: Contact;
  readonly secondary: Contact;
}

/**
 * One line a part of the contact; the compiler names a missing one. The rule: what the primary has stays, what it lacks comes from the secondary, lists
 * are joined. Rows of other tables (messages, history, notes, orders …) are moved by `store/merge-store.ts`.
 */
const mergers: { readonly [K in keyof Required<Contact>]: Merger<K> } = {
  id: (own) => own,
  cuid: (own) => own,
  botId: (own) => own,
  createdAt: (own) => own,
  profile: fillProfile,
  // One visit's tags belong together: those of two visits are not mixed.
  utm: (own, other) => (Object.keys(own).length > 0 ? own : other),
  entry: (own, other) => own ?? other,
  tags: join,
  labels: join,
  fields: (own, other) => ({ ...other, ...own }),
  sequences: join,
  pastSequences: mergePast,
  identities: (own, other) => [...own, ...other].sort((a: Identity, b: Identity) => a.id - b.id),
  positions: (_own, _other, contacts) => mergePositions(contacts).kept,
  splits: (own, other) => ({ ...other, ...own }),
  // Who does not want to be written to must not lose that by becoming one with somebody.
  optedOutAt: earliest,
  conversation: (_own, _other, contacts) => mergeConversations(contacts),
  // Who is banned stays so, whichever of the two it was.
  bannedAt: earliest,
  consents: mergeConsents,
  lastInboundAt: (own, other) => (own === undefined || other === undefined ? (own ?? other) : Math.max(own, other)),
};

function join(own: readonly string[], other: readonly string[]): readonly string[] {
  return [...own, ...other.filter((name) => !own.includes(name))];
}

function earliest(own: number | undefined, other: number | undefined): number | undefined {
  return own === undefined || other === undefined ? (own ?? other) : Math.min(own, other);
}

function fillProfile(own: Profile, other: Profile): Profile {
  return Object.fromEntries(
    profileKeys.flatMap((key) => {
      const value = own[key] ?? other[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/**
 * The primary's, and nothing of the secondary's that somebody has still to do is lost: a closed conversation is open again if the other was, what was not read of either is unread, and the bot keeps still as
 * long as it was to with either: held waits of the secondary end with that pause.
 */
function mergeConversations({ primary, secondary }: Contacts): Conversation | undefined {
  const [own, other] = [primary.conversation, secondary.conversation];
  if (own === undefined && other === undefined) return undefined;
  const [status, otherStatus] = [own?.status ?? newConversation.status, other?.status ?? newConversation.status];
  const isTakenOver = status === "done" && (otherStatus === "open" || otherStatus === "pending");
  const pauses = [own?.pausedUntil, other?.pausedUntil].filter((until) => until !== undefined);
  const heard = [primary, secondary].filter(({ lastInboundAt }) => lastInboundAt !== undefined);
  const readAts = heard.flatMap(({ conversation }) => conversation?.readAt ?? []);
  const isAllRead = readAts.length > 0 && readAts.length === heard.length;
  const agent = own?.agent ?? other?.agent;
  return {
    status: isTakenOver ? otherStatus : status,
    ...(agent === undefined ? {} : { agent }),
    ...(pauses.length === 0 ? {} : { pausedUntil: Math.max(...pauses) }),
    ...(isAllRead ? { readAt: Math.min(...readAts) } : {}),
  };
}

/** What goes on with either of them is not past. */
function mergePast(
  own: Contact["pastSequences"],
  other: Contact["pastSequences"],
  { primary, secondary }: Contacts,
): Contact["pastSequences"] {
  if (own === undefined && other === undefined) return undefined;
  const going = new Set([...primary.sequences, ...secondary.sequences]);
  return Object.fromEntries(Object.entries({ ...other, ...own }).filter(([ref]) => !going.has(ref)));
}

/** Of each kind what was said last. */
function mergeConsents(own: Consents | undefined, other: Consents | undefined): Consents | undefined {
  if (own === undefined || other === undefined) return own ?? other;
  const latest = consentKinds.flatMap((kind) => {
    const [said] = [own[kind], other[kind]].filter((one) => one !== undefined).sort((a, b) => b.at - a.at);
    return said === undefined ? [] : [[kind, said]];
  });
  return Object.fromEntries(latest);
}

/** Nobody walks one flow twice at the same time: where both stand in a flow, the primary goes on and the secondary's walk ends. */
function mergePositions({ primary, secondary }: Contacts): {
  readonly kept: readonly Position[];
  readonly ended: readonly Position[];
} {
  const flows = new Set(primary.positions.map(({ flow }) => flow));
  // What is scheduled, and the waits of sequences, belong to no flow: all of it stays.
  flows.delete(noFlow);
  const ended = secondary.positions.filter(({ flow }) => flows.has(flow));
  const moved = secondary.positions.filter(({ flow }) => !flows.has(flow));
  const kept = [...primary.positions, ...moved].sort((a, b) => a.enteredAt - b.enteredAt);
  return { kept, ended };
}

/**
 * Makes one of two: the draft's contact gets what the other has. The same person in the same bot only; refuses the rest. What the secondary said otherwise than the
 * primary stands in the fact, so that a person can look it up.
 */
export function mergeContacts(draft: Draft, { deleteSecondary }: { readonly deleteSecondary: boolean }): Answer {
  const { contact: primary, secondary } = draft;
  if (secondary === undefined) {
    return { status: "refused", code: "contact.not_found", message: "there is no contact to merge in" };
  }
  if (secondary.id === primary.id) {
    const message = "a contact cannot be merged into itself";
    return { status: "refused", code: "contact.merge_itself", message };
  }
  if (secondary.botId !== primary.botId) {
    const message = "the two contacts belong to different bots; only contacts of one bot can be merged";
    return { status: "refused", code: "contact.merge_other_bot", message };
  }
  const contacts = { primary, secondary };
  draft.contact = combine(contacts);
  const { id, cuid } = secondary;
  draft.facts.push({
    kind: "contact_merged",
    secondary: { id, cuid },
    deleted: deleteSecondary,
    lost: differences(contacts),
  });
  mergeSequences(draft, [primary.pastSequences ?? {}, secondary.pastSequences ?? {}]);
  for (const { flow, step } of mergePositions(contacts).ended) {
    draft.facts.push({ kind: "position_ended", flow, step, reason: "merged" });
  }
  return { status: "done", results: [{ ok: true, result: { id: primary.id, cuid: primary.cuid } }] };
}

/** What would become of two contacts, and what of the secondary would give way. Nothing is decided by it. */
export function previewMerge(primary: Contact, secondary: Contact) {
  const contacts = { primary, secondary };
  const { ended } = mergePositions(contacts);
  return {
    merged: combine(contacts),
    lost: differences(contacts),
    ended: ended.map(({ flow, step }) => ({ flow, step })),
  };
}

function combine(contacts: Contacts): Contact {
  const merged = Object.entries(mergers).map(([key, merge]) => {
    const part = key as keyof Contact;
    return [part, (merge as Merger<keyof Contact>)(contacts.primary[part], contacts.secondary[part], contacts)];
  });
  return Object.fromEntries(merged) as unknown as Contact;
}

function differences({ primary, secondary }: Contacts): Extract<Fact, { kind: "contact_merged" }>["lost"] {
  return { profile: without(secondary.profile, primary.profile), fields: without(secondary.fields, primary.fields) };
}

/** Entries that would have to give way to others of the same key. */
function without<V extends FieldValue | undefined>(
  given: Readonly<Record<string, V>>,
  kept: Readonly<Record<string, V>>,
): Record<string, V> {
  const entries = Object.entries(given).filter(
    ([key, value]) =>
      value !== undefined && kept[key] !== undefined && JSON.stringify(kept[key]) !== JSON.stringify(value),
  );
  return Object.fromEntries(entries);
}
