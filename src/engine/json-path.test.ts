import { describe, expect, it } from "vitest";
import { checkJsonPath, findByJsonPath } from "./json-path.ts";

const order = {
  id: 7,
  items: [
    { title: "Tea", price: 300, tags: ["hot"] },
    { title: "Cake", price: 500 },
  ],
  "a key": null,
};

describe("a JSON path", () => {
  it.each([
    ["$", [order]],
    ["$.id", [7]],
    ["$.items[0].title", ["Tea"]],
    ["$.items[-1].price", [500]],
    ["$.items[*].price", [300, 500]],
    ["$..title", ["Tea", "Cake"]],
    ["$['a key']", [null]],
    ["$.items[?@.price > 400].title", ["Cake"]],
    ["$.items[?match(@.title, 'T.*')].title", ["Tea"]],
    ["$.items[?match(@.title, 'T')].title", []],
    ["$.items[?search(@.title, 'ak')].title", ["Cake"]],
    ["$.items[?length(@.tags) == 1].title", ["Tea"]],
    ["$.nothing.here", []],
    ["$.items[9]", []],
  ])("%s finds what RFC 9535 says", (path, found) => {
    expect(checkJsonPath(path)).toBeUndefined();
    expect(findByJsonPath(order, path)).toEqual(found);
  });

  it.each(["", "id", "$.", "$[", "$.items[?@.price >]", `$${".a".repeat(300)}`, "$..a..b..c"])(
    "that is none (%s) is said to be none, and finds nothing",
    (path) => {
      expect(checkJsonPath(path)?.message).toMatch(/JSON path/);
      expect(findByJsonPath(order, path)).toEqual([]);
    },
  );

  it("gives a thousand values at most", () => {
    expect(
      findByJsonPath(
        Array.from({ length: 5_000 }, () => 1),
        "$[*]",
      ),
    ).toHaveLength(1_000);
  });

  it("does not run for ever over a pattern that backtracks elsewhere", () => {
    const text = "a".repeat(2_000);
    expect(findByJsonPath([`${text}!`], "$[?match(@, '(a|aa|a*)*b')]")).toEqual([]);
  });

  it("survives what is nested without end", () => {
    let deep: object = {};
    for (let level = 0; level < 5_000; level += 1) deep = { deep };
    expect(findByJsonPath(deep as never, "$..nothing")).toEqual([]);
  });
});
