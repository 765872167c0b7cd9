import type { Locator, Page } from "playwright-core";
import { until } from "../test/until.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where something lies on the page, in pixels. Throws where it does not. */
export async function placeOf(what: Locator) {
  const box = await what.boundingBox();
  if (box === null) throw new Error("it is not on the page");
  return box;
}

/** The pairs of boxes of which one lies on the other. */
export async function findCovered(boxes: readonly Locator[]) {
  const areas = await Promise.all(boxes.map(placeOf));
  return areas.flatMap((a, index) =>
    areas
      .slice(index + 1)
      .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height),
  );
}

/** What is done with a mouse on the canvas of the flow builder, on the page that is open then. */
export function handOnCanvas(page: () => Page) {
  const boxes = () => page().locator(".react-flow__node-step");
  const count = (what: Locator, wanted: number) =>
    until(`there are ${wanted}`, async () => (await what.count()) === wanted);
  /** Chooses nothing: a click on the canvas itself. */
  const clear = () =>
    page()
      .locator(".react-flow__pane")
      .click({ position: { x: 20, y: 300 } });
  /** Waits until the canvas and its boxes have not moved for ten frames: what was asked for begins some frames later. */
  const standStill = () =>
    page().evaluate(async () => {
      const look = () =>
        [...document.querySelectorAll<HTMLElement>(".react-flow__viewport, .react-flow__node")]
          .map(({ style }) => style.transform)
          .join();
      let before = "";
      for (let same = 0; same < 10; ) {
        await new Promise(requestAnimationFrame);
        const now = look();
        same = now === before ? same + 1 : 0;
        before = now;
      }
    });
  return {
    boxes,
    count,
    clear,
    standStill,
    /** Adds a step from the palette, and waits until the canvas has come to it. */
    async addStep(name: RegExp): Promise<void> {
      await page().getByRole("button", { name: "Add step" }).click();
      await page().getByRole("menuitem", { name }).click();
      await standStill();
    },
    /** Chooses nothing and has the whole flow in sight. */
    async seeAll(): Promise<void> {
      await clear();
      await page().getByRole("button", { name: "Fit View" }).click();
      await standStill();
    },
    /** Draws a line from an output's point, or moves what lies there, to a point of the page. */
    async drag(from: Locator, to: Point): Promise<void> {
      const { x, y, width, height } = await placeOf(from);
      await page().mouse.move(x + width / 2, y + height / 2);
      await page().mouse.down();
      await page().mouse.move(to.x - 20, to.y - 5, { steps: 5 });
      await page().mouse.move(to.x, to.y, { steps: 5 });
      await page().mouse.up();
    },
    /** A point of the canvas with nothing on it or near it. */
    emptySpot: (): Promise<Point> =>
      page().evaluate(() => {
        const isEmpty = (x: number, y: number) =>
          document.elementFromPoint(x, y)?.classList.contains("react-flow__pane") === true;
        for (let y = 200; y < 800; y += 50) {
          for (let x = 400; x < 1300; x += 50) {
            if ([-40, 0, 40].every((by) => isEmpty(x + by, y) && isEmpty(x, y + by))) return { x, y };
          }
        }
        throw new Error("there is no empty spot");
      }),
  };
}
