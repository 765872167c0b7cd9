import { describe, expect, it } from "vitest";
import { catalogueWords } from "./ru/catalogue.ts";
import { sentenceWords } from "./ru/sentences.ts";
import { ru } from "./ru.ts";

/** Words that were once said for a thing that has another word now: the glossary has the one. */
const others = /цепоч|автоворон|автосери/i;

function textsOf(words: unknown): string[] {
  if (typeof words === "string") return [words];
  return typeof words === "object" && words !== null ? Object.values(words).flatMap(textsOf) : [];
}

describe("the Russian words", () => {
  it("have one word for one thing: a flow is a «сценарий», a sequence a «серия»", () => {
    const texts = textsOf([
      ru,
      catalogueWords,
      sentenceWords.forms,
      sentenceWords.values,
      sentenceWords.places.missing,
    ]);
    expect(texts.length).toBeGreaterThan(2_000);
    expect(texts.filter((text) => others.test(text))).toEqual([]);
  });
});
