import type { InboundEvent } from "../engine/channel-type.ts";
import { cleanText } from "../engine/clean-text.ts";
import type { Database } from "../store/database.ts";
import { isKnownIdentity, linkIdentity } from "../store/identity-store.ts";
import { isOwnMessage } from "../store/outside-message-store.ts";
import type { Submit, SubmitReply } from "./submission.ts";

/**
 * Hands a channel's events to the waist, together: the waist keeps their order, and they may share a transaction. Resolves once all are
 * committed.
 */
export async function submitInbound(
  { db, submit }: { readonly db: Database; readonly submit: Submit },
  channelId: number,
  events: readonly InboundEvent[],
): Promise<SubmitReply[]> {
  const meant: InboundEvent[] = [];
  for (const given of events) {
    // It is asked for before the waist cleans it.
    const told = cleanText(given);
    const event = { ...told, at: isTime(told.at) ? told.at : undefined };
    if (await isForUs(db, channelId, event)) meant.push(event);
  }
  return await Promise.all(
    meant.map(({ externalId, from, happening, at, profile, username, countInAnswer }) =>
      submit({
        target: { channelId, externalId: from },
        dedupeKey: `c${channelId}:${externalId}`,
        source: "channel",
        happening,
        at,
        profile,
        username,
        countInAnswer,
      }),
    ),
  );
}

const earliest = Date.UTC(2000, 0);
const latest = Date.UTC(2100, 0);

/** A number that is no time of a messenger's, in other units or beyond what a date can be, is no reason to lose what somebody wrote. */
const isTime = (at: number | undefined) => at !== undefined && at >= earliest && at < latest;

/** No look at the database for the many events that say nothing of it. */
async function isForUs(db: Database, channelId: number, event: InboundEvent): Promise<boolean> {
  const { from: externalId, contactId, onlyKnown } = event;
  if (contactId !== undefined) await linkIdentity(db, { channelId, externalId, contactId });
  if (onlyKnown === true && !(await isKnownIdentity(db, { channelId, externalId }))) return false;
  if (event.happening.kind !== "outside_message") return true;
  const { externalId: mid, text } = event.happening.message;
  return !(await isOwnMessage(db, { channelId, person: externalId, mid, text, at: event.at }));
}
