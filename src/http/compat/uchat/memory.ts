import { createGroupWriter } from "../../../shell/group-writer.ts";
import { type ContactCard, loadWantedCards, type WantedCard } from "../../../store/contact-card-store.ts";
import { findFieldKeys } from "../../../store/field-store.ts";
import { findBotsWorkspace, findContactPlaces, type Place } from "../../../store/place-store.ts";
import { findTagNames } from "../../../store/tag-store.ts";
import type { HttpDependencies } from "../../dependencies.ts";

/** What the door's calls ask again and again, remembered by each process for itself. */
export interface Memory {
  /** Where a contact or a bot belongs never changes while it exists, so it is asked once. What is deleted is refused further on. */
  contact(id: number): Promise<Place | undefined>;
  workspaceOfBot(id: number): Promise<number | undefined>;
  /** A contact as it is now; what is asked for at the same moment is read by one statement. */
  card(wanted: WantedCard): Promise<ContactCard | undefined>;
  /** What the catalogue calls tags (their names) and fields (their keys), by id; of tags that were renamed perhaps what they were called some seconds ago. */
  names(kind: NamedKind, workspaceId: number, ids: readonly number[], fresh?: boolean): Promise<Names>;
}

export type NamedKind = "tag" | "field";
type Names = ReadonlyMap<number, string>;

const kept = 50_000;
const namesMs = 3_000;
const finders = { tag: findTagNames, field: findFieldKeys } as const;

export function createMemory({ db, now }: Pick<HttpDependencies, "db" | "now">): Memory {
  const namesOf = { tag: new Map<string, KnownName>(), field: new Map<string, KnownName>() };
  return {
    contact: rememberFound(createGroupWriter((ids: readonly number[]) => findContactPlaces(db, ids))),
    card: createGroupWriter((wanted: readonly WantedCard[]) => loadWantedCards(db, wanted)),
    workspaceOfBot: rememberFound((id) => findBotsWorkspace(db, id)),
    async names(kind, workspaceId, ids, fresh = false) {
      const known = namesOf[kind];
      const readAfter = now() - namesMs;
      const remembered = ids.map((id) => known.get(`${workspaceId}:${id}`));
      if (!fresh && remembered.every((one) => one !== undefined && one.readAt > readAfter)) {
        return new Map(ids.map((id, index) => [id, remembered[index]?.name ?? ""]));
      }
      const found = await finders[kind](db, workspaceId, ids);
      if (known.size >= kept) known.clear();
      for (const [id, name] of found) known.set(`${workspaceId}:${id}`, { name, readAt: now() });
      return found;
    },
  };
}

interface KnownName {
  readonly name: string;
  /** Unix milliseconds. */
  readonly readAt: number;
}

/** What was not found is asked again: it may be made in the next moment. */
function rememberFound<T>(find: (id: number) => Promise<T | undefined>): (id: number) => Promise<T | undefined> {
  const known = new Map<number, T>();
  return async (id) => {
    const remembered = known.get(id);
    if (remembered !== undefined) return remembered;
    const found = await find(id);
    if (found === undefined) return undefined;
    if (known.size >= kept) known.clear();
    known.set(id, found);
    return found;
  };
}
