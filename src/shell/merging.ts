import { AppError } from "../model/app-error.ts";
import type { Event, Happening } from "../model/event.ts";
import type { Outcome } from "../model/outcome.ts";
import { requireContactId } from "../store/contact-store.ts";
import type { Database } from "../store/database.ts";
import { absorbContact } from "../store/merge-store.ts";
import type { Access } from "../store/workspace-store.ts";
import { type LoadedContact, loadContacts } from "../store/world-store.ts";
import type { Jobs } from "./jobs.ts";
import type { Submission } from "./submission.ts";

type MergeHappening = Extract<Happening, { kind: "merge" }>;

/** Whether the event takes a second contact with it. It is then a batch of its own: what others in it decided would be written after the rows have moved. */
export function isMerge({ happening }: Submission): boolean {
  return happening.kind === "merge";
}

/** The contact that the event merges away, which is locked and loaded with its own. */
export function secondaryOf({ happening }: Submission): number | undefined {
  return happening.kind === "merge" ? happening.secondaryId : undefined;
}

/**
 * Carries out what `advance` decided of a merge: the secondary's rows move. Returns the primary as the tables hold it now, from which the batch writes what is still
 * different.
 */
export async function carryOutMerge(
  trx: Database,
  event: Event & MergeHappening,
  {
    primary,
    secondary,
    outcome,
    moveJobs,
  }: Record<"primary" | "secondary", LoadedContact> & { readonly outcome: Outcome; readonly moveJobs: Jobs["move"] },
): Promise<LoadedContact> {
  const { at, source, deleteSecondary } = event;
  const author = source;
  await absorbContact(trx, {
    primary: outcome.contact,
    secondary: secondary.contact,
    deleteSecondary,
    at: new Date(at),
    author,
  });
  await moveJobs(trx, secondary.contact.id, primary.contact.id);
  const [merged] = await loadContacts(trx, [primary.contact.id]);
  return merged ?? primary;
}

/**
 * Whom a merge takes away, by id or `cuid:<cuid>`. One who is not there (any more) is the waist's to answer, as nobody (0): it knows whether this very request was done before.
 */
export async function findSecondary(db: Database, access: Access, idOrCuid: string): Promise<number> {
  try {
    return await requireContactId(db, access, idOrCuid);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "contact.not_found") return 0;
    throw thrown;
  }
}
