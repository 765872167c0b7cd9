/** The tags that are there with those that are missing; undefined: none is. A list that is sent takes the place of the one that is there. */
export function missingTags(
  there: readonly { readonly name: string }[] | null | undefined,
  wanted: readonly string[],
): readonly { readonly name: string }[] | undefined {
  const names = (there ?? []).map(({ name }) => name);
  const known = new Set(names.map((name) => name.toLowerCase()));
  const missing = wanted.filter((name) => !known.has(name.toLowerCase()));
  return missing.length === 0 ? undefined : [...names, ...missing].map((name) => ({ name }));
}
