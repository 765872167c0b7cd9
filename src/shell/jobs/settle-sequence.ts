import { z } from "zod";
import type { JobRequest } from "../../model/outcome.ts";
import { listSubscriberIds } from "../../store/subscription-store.ts";
import type { JobKind } from "../jobs.ts";

const dataSchema = z.object({ id: z.number(), ref: z.string(), after: z.number().default(0) });

/** Subscribers that are handed in at once: the waist takes them as batches. */
const pieceSize = 500;
/** A job gives its hand back after so long and comes again. */
const longestMs = 5_000;

/** Makes the job that puts the waits of a sequence's subscribers right after it was changed. */
export function toSettleJob({ id, ref }: { readonly id: number; readonly ref: string }): JobRequest {
  return { kind: "settle-sequence", data: { id, ref }, group: String(id) };
}

/**
 * Goes through the subscribers in pieces, by id. Whoever it has not come to yet is safe: what is due is decided by the sequence as it is when the timer wakes them; only a wait that became
 * shorter has to be told. Done again, it changes nothing.
 */
export const settleSequenceJob: JobKind = {
  kind: "settle-sequence",
  retryLimit: 10,
  isLeftToNewer: true,
  atOnce: 2,
  perGroup: 1,
  async run(data, { db, submit, enqueue }) {
    const { id, ref, after } = dataSchema.parse(data);
    const end = performance.now() + longestMs;
    let last = after;
    while (performance.now() < end) {
      const contacts = await listSubscriberIds(db, id, { after: last, limit: pieceSize });
      await Promise.all(
        contacts.map((contactId) =>
          submit({ target: { contactId }, happening: { kind: "sequence_changed", sequence: ref }, source: "job" }),
        ),
      );
      last = contacts.at(-1) ?? last;
      if (contacts.length < pieceSize) return;
    }
    await enqueue(db, [{ kind: "settle-sequence", data: { id, ref, after: last }, group: String(id) }]);
  },
};
