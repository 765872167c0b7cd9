import { expect, it } from "vitest";
import { groupFlows } from "./group-flows.ts";

const flow = (name: string, folder: string | null) => ({ name, folder });
const shown = (...flows: ReturnType<typeof flow>[]) =>
  groupFlows(flows).map(({ folder, flows: inside }) => [folder, ...inside.map(({ name }) => name)]);

it("shows folders by name, and what lies in none last", () => {
  expect(shown(flow("a", null), flow("b", "Sales"), flow("c", "Help"), flow("d", "Sales"))).toEqual([
    ["Help", "c"],
    ["Sales", "b", "d"],
    [undefined, "a"],
  ]);
});

it("is one group where nobody made a folder", () => {
  expect(shown(flow("a", null), flow("b", null))).toEqual([[undefined, "a", "b"]]);
});
