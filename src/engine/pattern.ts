import { RE2JS } from "re2js";
import { type Sentence, say } from "../model/sentence.ts";

/** A pattern of a user's, ready to use, or why it is not one. */
export type Pattern =
  | { readonly ok: true; readonly test: (text: string) => boolean }
  | ({ readonly ok: false } & Sentence);

/** Longer patterns are refused: nobody writes them by hand. */
const maxLength = 1_000;
/**
 * RE2's time is the text's length times the automaton's size, and counted repetitions multiply that: `[^b]{1,1000}` eighty times over has 160,000
 * instructions and held the process for 87 s over one text of 4,096 characters. At this size it is below 0.1 s. Patterns that people
 * write have 10 to 200.
 */
const maxInstructions = 1_200;
const maxCached = 500;
const cache = new Map<string, Pattern>();

/**
 * Compiles a user's pattern with RE2, whose time is linear in the text: the language's own engine backtracks and can be made to run for ever.
 * RE2 has no look-around and no back-references; such a pattern is answered with `ok: false`.
 */
export function compilePattern(source: string, options: { readonly ignoreCase: boolean }): Pattern {
  const key = `${options.ignoreCase ? "i" : "c"}${source}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const pattern = compile(source, options.ignoreCase);
  if (cache.size >= maxCached) cache.delete(cache.keys().next().value ?? "");
  cache.set(key, pattern);
  return pattern;
}

function compile(source: string, ignoreCase: boolean): Pattern {
  if (source.length > maxLength) {
    return {
      ok: false,
      ...say`a pattern may have ${{ maxLength }} characters; this one has ${{ length: source.length }}`,
    };
  }
  try {
    const compiled = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    if (compiled.programSize() > maxInstructions) {
      return { ok: false, ...say`the pattern repeats too much; use smaller numbers in its braces` };
    }
    return { ok: true, test: (text) => compiled.matcher(text).find() };
  } catch (error) {
    return { ok: false, ...say`the pattern cannot be used: ${{ why: (error as Error).message }}` };
  }
}
