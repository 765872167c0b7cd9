import { describe, expect, it } from "vitest";
import { findFreePlace } from "./free-place.ts";

const box = (x: number, y: number, height = 150) => ({ x, y, width: 250, height });

describe("a place for a new box", () => {
  it("is the one that is wanted where nothing stands there", () => {
    expect(findFreePlace(box(0, 0), [])).toEqual({ x: 0, y: 0 });
    expect(findFreePlace(box(340, 0), [box(0, 0)])).toEqual({ x: 340, y: 0 });
  });

  it("is below what stands there, also below several", () => {
    expect(findFreePlace(box(10, 20), [box(0, 0)])).toEqual({ x: 10, y: 180 });
    expect(findFreePlace(box(10, 20), [box(0, 0), box(100, 200, 300)])).toEqual({ x: 10, y: -180 });
    expect(findFreePlace(box(10, 20), [box(0, -160), box(0, 0), box(100, 200, 300)])).toEqual({ x: 10, y: 530 });
  });
});
