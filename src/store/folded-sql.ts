import { type RawBuilder, sql } from "kysely";

/** What JavaScript's `trim` takes away (ECMAScript's WhiteSpace and LineTerminator). */
const spaces =
  "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

/**
 * A text of the database as `foldText` makes it, as far as these folded texts can tell: to compare with them, or to look for them in it. JavaScript folds all of Unicode, the database what its
 * locale says, so the capitals of just the wanted letters are written out. Undefined: what a letter becomes depends on its neighbours (the Greek sigma), so that only JavaScript can tell.
 */
export function foldedFor(raw: RawBuilder<unknown>, wanted: readonly string[]): RawBuilder<string> | undefined {
  const letters = [...new Set(wanted.join(""))];
  if (letters.some((letter) => letter === "\u03c3" || letter === "\u03c2")) return undefined;
  const pairs = letters.flatMap((letter) => capitalsOf(letter).map((capital) => ({ capital, letter })));
  const trimmed = sql`btrim(${raw}, ${spaces})`;
  // The one capital that becomes two letters: an i and a dot above it.
  const hasDottedI = letters.includes("i") || letters.includes("\u0307");
  const plain = hasDottedI ? sql`replace(${trimmed}, ${"\u0130"}, ${"i\u0307"})` : trimmed;
  if (pairs.length === 0) return sql<string>`(${plain} collate "C")`;
  const from = pairs.map(({ capital }) => capital).join("");
  const to = pairs.map(({ letter }) => letter).join("");
  return sql<string>`(translate(${plain}, ${from}, ${to}) collate "C")`;
}

let capitals: ReadonlyMap<string, readonly string[]> | undefined;

/** Every character that becomes this one. */
function capitalsOf(letter: string): readonly string[] {
  capitals ??= findCapitals();
  return capitals.get(letter) ?? [];
}

/** The last letters with a case of Unicode 16 stand at U+1E943; looking at all before takes 10 ms, once. */
const lastCased = 0x1e_943;

function findCapitals(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (let code = 0x41; code <= lastCased; code += 1) {
    const capital = String.fromCodePoint(code);
    const letter = capital.toLowerCase();
    if (letter === capital || [...letter].length > 1) continue;
    found.set(letter, [...(found.get(letter) ?? []), capital]);
  }
  return found;
}
