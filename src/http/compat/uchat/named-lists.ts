import { pageInput, text, toOffset } from "./input.ts";

/** What lists of named things take: a page, and a part of the name. */
export const listInput = { ...pageInput(100), name: text(200).optional() };

/** The page of a list that is short enough to be read whole; `name` is found anywhere in a name, whatever its case. */
export function pageOfNamed<Thing extends { readonly name: string }, Shown>(
  things: readonly Thing[],
  input: { readonly limit: number; readonly page: number; readonly name?: string | undefined },
  show: (thing: Thing) => Shown,
): { data: Shown[] } {
  const part = input.name?.toLowerCase();
  const found = part === undefined ? things : things.filter(({ name }) => name.toLowerCase().includes(part));
  const start = toOffset(input);
  return { data: found.slice(start, start + input.limit).map(show) };
}
