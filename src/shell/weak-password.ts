import type { ZxcvbnFactory } from "@zxcvbn-ts/core";

/** Of zxcvbn's five grades the lowest that is good: more than 10^8 guesses. */
const leastScore = 3;

let estimator: Promise<ZxcvbnFactory> | undefined;

/**
 * Whether a password is among those that leaked most often, or is made of such, of rows on a keyboard, of years or of the person's own data, so that it is guessed early. The lists take 100 ms and some
 * 40 MB when they are first needed, so they are loaded then.
 */
export async function isWeakPassword(password: string, own: readonly string[] = []): Promise<boolean> {
  estimator ??= load();
  const words = own.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]).filter((word) => word.length > 2);
  return (await estimator).check(password, ["repartee", ...words]).score < leastScore;
}

async function load(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory }, common] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  return new ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs });
}
