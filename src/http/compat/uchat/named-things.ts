import { findFieldKeys } from "../../../store/field-store.ts";
import { findTagNames } from "../../../store/tag-store.ts";
import { unknownNs } from "./call.ts";
import type { Call } from "./endpoint.ts";

const finders = { tag: findTagNames, field: findFieldKeys } as const;

/** A tag or a user field by ns: its id, and what the catalogue calls it (a tag's name, a field's key). */
interface NamedThing {
  readonly id: number;
  readonly name: string;
}

/** In the order of the list. Throws `door.unknown_id` for the first that is not there. */
export async function requireNamed(
  call: Call,
  kind: keyof typeof finders,
  list: readonly string[],
): Promise<NamedThing[]> {
  const ids: number[] = [];
  for (const ns of list) ids.push((await call.requireNs(kind, ns)).id);
  const names = await finders[kind](call.db, call.caller.workspaceId, ids);
  return ids.map((id, index) => {
    const name = names.get(id);
    if (name === undefined) throw unknownNs(kind, list[index] ?? "");
    return { id, name };
  });
}
