/** A name that somebody may have meant, and what it is called by in full. */
export interface Candidate {
  readonly name: string;
  readonly path: string;
}

/**
 * The path of the candidate that a name was most likely meant to be: one typed letter or so away, however it is written. Of several that are as near, one below `root` (`fields`), else
 * the first.
 */
export function findNear(name: string, candidates: readonly Candidate[], root = ""): string | undefined {
  const wanted = plain(name);
  const most = wanted.length <= 3 ? 0 : wanted.length <= 6 ? 1 : 2;
  let best: { readonly path: string; readonly cost: number } | undefined;
  for (const { name: other, path } of candidates) {
    const near = plain(other);
    if (Math.abs(near.length - wanted.length) > most) continue;
    const distance = measure(wanted, near);
    const cost = 2 * distance + (path.startsWith(`${root}.`) ? 0 : 1);
    if (distance <= most && cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = { path, cost };
  }
  return best?.path;
}

/** `first_name`, `firstName` and `First name` are one name. */
const plain = (name: string) => name.toLowerCase().replace(/[\s_-]+/g, "");

/** How many letters have to be put in, taken out, changed or swapped with their neighbour. */
function measure(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    rows.push(now);
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = row > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      now.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(one.length, other.length);
}
