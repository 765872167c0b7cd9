import { describe, expect, it } from "vitest";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { boxWidth, heightOfBox } from "../builder/box-size.ts";
import { layOut } from "../builder/document.ts";
import { templateWords as english } from "./en-templates.ts";
import { placeTemplate } from "./place-template.ts";
import { templateWords as russian } from "./ru-templates.ts";
import { flowTemplates } from "./templates.ts";

/** The pairs of steps of which one's box lies on the other's. */
function findCovered({ steps }: FlowDocument): readonly string[] {
  const areas = steps.map((step) => ({ ref: step.ref, x: 0, y: 0, ...step.at, height: heightOfBox(step) }));
  return areas.flatMap((a, index) =>
    areas
      .slice(index + 1)
      .filter((b) => Math.abs(a.x - b.x) < boxWidth && a.y < b.y + b.height && b.y < a.y + a.height)
      .map((b) => `${a.ref} ${b.ref}`),
  );
}

describe("a ready flow", () => {
  const all = [english, russian].flatMap((words) => flowTemplates(words));

  it.each(all)("$title is made with no box on another", ({ document }) => {
    expect(findCovered(placeTemplate(document))).toEqual([]);
  });

  it.each(all)("$title opens so too where it brings no places", ({ document }) => {
    expect(findCovered(layOut(document, heightOfBox))).toEqual([]);
  });
});
