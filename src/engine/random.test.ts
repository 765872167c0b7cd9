import { describe, expect, it } from "vitest";
import { hash32, seededRandom } from "./random.ts";

/** How many of the numbers in [0, 1) fall into each of the equal parts. */
function countParts(numbers: readonly number[], parts: number): number[] {
  const counts = new Array<number>(parts).fill(0);
  for (const number of numbers) counts[Math.floor(number * parts)] = (counts[Math.floor(number * parts)] ?? 0) + 1;
  return counts;
}

/** The sum that tells chance from pattern: for 9 degrees of freedom, chance stays below 33 in 9,999 of 10,000 cases. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe("seeded numbers", () => {
  it("are the same for the same seed, in every release: contacts keep what they were given", () => {
    const next = seededRandom(42);
    expect([next(), next(), next()]).toEqual([0.6011037519201636, 0.44829055899754167, 0.8524657934904099]);
  });

  it("are others for another seed", () => {
    expect(seededRandom(1)()).not.toBe(seededRandom(2)());
  });

  it.each([0, 1, 2 ** 31, 2 ** 32 - 1])("of the seed %d lie in [0, 1), spread evenly", (seed) => {
    const next = seededRandom(seed);
    const numbers = Array.from({ length: 10_000 }, next);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(chiSquare(countParts(numbers, 10))).toBeLessThan(33);
  });

  it("begin differently for seeds in a row, as events' seeds may be", () => {
    const firsts = Array.from({ length: 10_000 }, (_, seed) => seededRandom(seed)());
    expect(chiSquare(countParts(firsts, 10))).toBeLessThan(33);
  });
});

describe("a text's hash", () => {
  it("is the same in every release: contacts keep their branches", () => {
    expect([hash32(""), hash32("c1:f1:s1"), hash32("Москва")]).toEqual([2625274932, 818035044, 3000176219]);
  });

  it("is an unsigned number of 32 bits", () => {
    for (let count = 0; count < 1_000; count += 1) {
      const hash = hash32(`c${count}`);
      expect(hash).toBe(hash >>> 0);
    }
  });

  it("spreads texts that differ in their last characters evenly", () => {
    const points = Array.from({ length: 10_000 }, (_, index) => hash32(`c${index}:welcome:split1`) / 2 ** 32);
    expect(chiSquare(countParts(points, 10))).toBeLessThan(33);
  });

  it("sends the contacts of one split's branch evenly on in the next split", () => {
    const point = (index: number, step: string) => hash32(`c${index}:welcome:${step}`) / 2 ** 32;
    const ofFirst = Array.from({ length: 20_000 }, (_, index) => index).filter((index) => point(index, "s1") < 0.5);
    const inSecond = ofFirst.map((index) => point(index, "s2"));
    expect(chiSquare(countParts(inSecond, 10))).toBeLessThan(33);
  });
});
