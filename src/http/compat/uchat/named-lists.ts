import { toOffset, toPage } from "./answers.ts";
import type { Call } from "./endpoint.ts";
import { pageInput, text } from "./input.ts";

/** What lists of named things take: a page, and a part of the name. */
export const listInput = { ...pageInput(100), name: text(200).optional() };

/** The page of a list that is short enough to be read whole; `name` is found anywhere in a name, whatever its case. */
export async function pageOfNamed<Thing extends { readonly name: string }, Shown>(
  call: Pick<Call, "address">,
  things: readonly Thing[],
  input: { readonly limit: number; readonly page: number; readonly name?: string | undefined },
  show: (thing: Thing) => Shown,
) {
  const part = input.name?.toLowerCase();
  const found = part === undefined ? things : things.filter(({ name }) => name.toLowerCase().includes(part));
  const start = toOffset(input);
  const page = found.slice(start, start + input.limit).map(show);
  return await toPage(call, input, page, async () => found.length);
}
