/** Chosen contacts: some, or all that the filter finds. */
export type Selection = { readonly kind: "some"; readonly ids: ReadonlySet<number> } | { readonly kind: "all" };

export const nobody: Selection = { kind: "some", ids: new Set() };

export function isChosen(selection: Selection, id: number): boolean {
  return selection.kind === "all" || selection.ids.has(id);
}

/** Who takes one out of all has chosen nobody: exceptions from "all that match" would be hidden ones. */
export function toggle(selection: Selection, id: number): Selection {
  if (selection.kind === "all") return nobody;
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { kind: "some", ids };
}

/** All of a page, or none of it where all were chosen. */
export function togglePage(selection: Selection, page: readonly number[]): Selection {
  if (selection.kind === "all") return nobody;
  const isWhole = page.every((id) => selection.ids.has(id));
  const ids = new Set(selection.ids);
  for (const id of page) isWhole ? ids.delete(id) : ids.add(id);
  return { kind: "some", ids };
}
