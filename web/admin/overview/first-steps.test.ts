import { expect, it } from "vitest";
import { isBuilt } from "./first-steps.tsx";

it("counts a flow as built once somebody changed or published it, not the one that came with the workspace", () => {
  expect(isBuilt({ draftRevision: 1, publishedVersion: 1 })).toBe(false);
  expect(isBuilt({ draftRevision: 2, publishedVersion: null })).toBe(false);
  expect(isBuilt({ draftRevision: 2, publishedVersion: 1 })).toBe(true);
  expect(isBuilt({ draftRevision: 1, publishedVersion: 2 })).toBe(true);
});
