import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser } from "./browser.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** A flow drawn with the mouse: boxes that do not cover one another, and lines that are put on and taken off. */
describe.skipIf(!hasBrowser)("lines between steps", () => {
  let admin: Admin;
  let page: Page;

  beforeAll(async () => {
    admin = await openAdmin({ width: 1440, height: 900 });
    page = admin.page;
    await page.getByRole("link", { name: "Flows" }).first().click();
    await page.getByRole("button", { name: "New flow" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Lines");
    await page.getByRole("button", { name: "Create" }).click();
  });

  afterAll(async () => {
    await admin?.close();
  });

  const boxes = () => page.locator(".react-flow__node-step");
  const lines = () => page.locator(".react-flow__edge:not(.start-line)");
  const chosen = () => page.locator(".react-flow__edge.selected");
  const addStep = async (name: RegExp) => {
    await page.getByRole("button", { name: "Add step" }).click();
    await page.getByRole("menuitem", { name }).click();
    // It comes into the middle by and by; what is clicked next should stand still.
    await settle();
  };
  const place = async (what: Locator) => {
    const box = await what.boundingBox();
    if (box === null) throw new Error("it is not on the page");
    return box;
  };
  const settle = async () => {
    let before = "";
    await until("the canvas stands still", async () => {
      const now = (await page.locator(".react-flow__viewport").getAttribute("style")) ?? "";
      const isSame = now === before;
      before = now;
      return isSame;
    });
  };
  const count = (what: Locator, wanted: number) =>
    until(`there are ${wanted}`, async () => (await what.count()) === wanted);
  const clear = () => page.locator(".react-flow__pane").click({ position: { x: 20, y: 300 } });
  const seeAll = async () => {
    await clear();
    await page.getByRole("button", { name: "Fit View" }).click();
    await settle();
  };
  const handle = (box: Locator, output: string) => box.getByRole("img", { name: `Output: ${output}` });
  const drag = async (from: Locator, to: { readonly x: number; readonly y: number }) => {
    const { x, y, width, height } = await place(from);
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(to.x - 20, to.y - 5, { steps: 5 });
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.mouse.up();
  };
  /** A point of the canvas with nothing on it or near it. */
  const emptySpot = () =>
    page.evaluate(() => {
      const isEmpty = (x: number, y: number) =>
        document.elementFromPoint(x, y)?.classList.contains("react-flow__pane") === true;
      for (let y = 200; y < 800; y += 50) {
        for (let x = 400; x < 1300; x += 50) {
          if ([-40, 0, 40].every((by) => isEmpty(x + by, y) && isEmpty(x, y + by))) return { x, y };
        }
      }
      throw new Error("there is no empty spot");
    });
  /** A point on the line itself, and not on the corner of the box around it. */
  const clickLine = async (line: Locator) => {
    const { x, y } = await line.locator(".react-flow__edge-interaction").evaluate((drawn) => {
      const path = drawn as unknown as SVGPathElement;
      const point = path.getPointAtLength(path.getTotalLength() / 2);
      const matrix = path.getScreenCTM();
      if (matrix === null) throw new Error("it is not drawn");
      return new DOMPoint(point.x, point.y).matrixTransform(matrix);
    });
    await page.mouse.click(x, y);
  };

  it("puts new steps where nothing stands", async () => {
    await addStep(/^Message/);
    await clear();
    await addStep(/^Message/);
    await clear();
    await addStep(/^Question/);
    await seeAll();
    const areas = await Promise.all((await boxes().all()).map(place));
    expect(areas).toHaveLength(3);
    const covers = areas.flatMap((a, index) =>
      areas
        .slice(index + 1)
        .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height),
    );
    expect(covers).toEqual([]);
  });

  it("connects a step that is added to a message's first free button", async () => {
    await boxes().first().click();
    await page.getByLabel("Text", { exact: true }).first().fill("Choose");
    for (const title of ["Red", "Blue"]) {
      await page.getByRole("button", { name: "Add: button" }).click();
      await page.getByLabel("Title").last().fill(title);
    }
    await addStep(/^Smart delay/);
    await page.getByRole("group", { name: "Line from Message, Red, to Smart delay" }).waitFor({ state: "attached" });
    await seeAll();
    await boxes().first().click();
    await addStep(/^End/);
    await page.getByRole("group", { name: "Line from Message, Blue, to End" }).waitFor({ state: "attached" });
    await count(lines(), 2);
  });

  it("chooses a line by a click and deletes it; undo brings it back", async () => {
    await seeAll();
    await clickLine(lines().first());
    await count(chosen(), 1);
    await page.keyboard.press("Delete");
    await count(lines(), 1);
    await count(boxes(), 5);
    await page.keyboard.press("Control+z");
    await count(lines(), 2);
    await clear();
    await clickLine(lines().first());
    await page.keyboard.press("Backspace");
    await count(lines(), 1);
    await page.keyboard.press("Control+z");
    await count(lines(), 2);
    // Without keys, as on a phone.
    await clear();
    await clickLine(lines().last());
    await page.getByRole("button", { name: "Delete what is chosen" }).click();
    await count(lines(), 1);
    await page.keyboard.press("Control+z");
    await count(lines(), 2);
  });

  it("chooses a line by the keyboard; Delete takes nothing else along", async () => {
    await boxes().first().click();
    await page.getByRole("group", { name: /^Line from Message, Red/ }).focus();
    await page.keyboard.press("Enter");
    await count(chosen(), 1);
    await count(page.locator(".react-flow__node.selected"), 0);
    await page.keyboard.press("Delete");
    await count(lines(), 1);
    await count(boxes(), 5);
    await page.keyboard.press("Control+z");
    await count(lines(), 2);
  });

  it("offers steps where a line is let go on the empty canvas, and connects the new one", async () => {
    await seeAll();
    const delay = boxes().filter({ hasText: "Smart delay" });
    await drag(handle(delay, "Next"), await emptySpot());
    await page.getByRole("menuitem", { name: /^Actions/ }).click();
    await page.getByRole("group", { name: "Line from Smart delay, Next, to Actions" }).waitFor({ state: "attached" });
    await count(boxes(), 6);
    await page.keyboard.press("Control+z");
    await count(boxes(), 5);
    await count(lines(), 2);
    await seeAll();
    await drag(handle(delay, "Next"), await emptySpot());
    await page.getByRole("menuitem", { name: /^Actions/ }).waitFor();
    await page.keyboard.press("Escape");
    await count(page.getByRole("menuitem"), 0);
    await count(boxes(), 5);
  });

  it("connects where a line is let go on a box, and moves and takes off its end", async () => {
    await seeAll();
    const question = boxes().filter({ hasText: "Question" });
    const target = await place(question);
    await drag(handle(boxes().filter({ hasText: "Smart delay" }), "Next"), { x: target.x + 100, y: target.y + 20 });
    const line = page.getByRole("group", { name: "Line from Smart delay, Next, to Question" });
    await line.waitFor({ state: "attached" });
    const other = boxes().nth(1);
    const into = await place(other.getByRole("img", { name: "Into this step" }));
    await drag(line.locator(".react-flow__edgeupdater-target"), { x: into.x + 4, y: into.y + 4 });
    const moved = page.getByRole("group", { name: "Line from Smart delay, Next, to Message" });
    await moved.waitFor({ state: "attached" });
    await count(lines(), 3);
    await drag(moved.locator(".react-flow__edgeupdater-target"), await emptySpot());
    await count(lines(), 2);
    await page.keyboard.press("Control+z");
    await moved.waitFor({ state: "attached" });
  });

  it("goes from what keeps a flow from being published to the step", async () => {
    await clear();
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /^Question/ }).click();
    await dialog.waitFor({ state: "detached" });
    await count(page.locator(".react-flow__node.selected").filter({ hasText: "Question" }), 1);
    await page
      .getByRole("complementary", { name: "Step settings" })
      .getByRole("heading", { name: "Question" })
      .waitFor();
  });

  it("complains about nothing", () => {
    // Publishing was refused, which the browser tells too.
    expect(admin.tab.complaints.filter((line) => !line.includes("422"))).toEqual([]);
  });
});
