import { describe, expect, it } from "vitest";
import { ru } from "./ru.ts";

/** Words that are the same in every language: names of products, formats, and what stands in files and addresses. */
const same =
  /^(CSV|JSON|API( \w+)?|SMS|UTM|Node|PostgreSQL|GetCourse|Manage Team|STARTTLS.*|cuid|https?:.*|instagram|cpc|vesna|video-1|E-mail)$/;

function textsOf(words: unknown, path: string): (readonly [string, string])[] {
  if (typeof words === "string") return [[path, words]];
  if (typeof words !== "object" || words === null) return [];
  return Object.entries(words).flatMap(([key, value]) => textsOf(value, `${path}.${key}`));
}

describe("the Russian words", () => {
  it("are Russian: none was left as it is in English", () => {
    const latin = textsOf(ru, "").filter(([, text]) => {
      const bare = text.replaceAll(/\{\{\w+\}\}|docs\/[\w/]+/g, "").trim();
      return /[A-Za-z]{3,}/.test(bare) && !/[а-яё]/i.test(bare) && !same.test(bare);
    });
    expect(latin).toEqual([]);
  });
});
