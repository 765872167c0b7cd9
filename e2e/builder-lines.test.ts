import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "./browser.ts";
import { findCovered, handOnCanvas, placeOf } from "./canvas.ts";
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

  const { boxes, count, clear, seeAll, addStep, drag, emptySpot } = handOnCanvas(() => page);
  const lines = () => page.locator(".react-flow__edge:not(.start-line)");
  const chosen = () => page.locator(".react-flow__edge.selected");
  const handle = (box: Locator, output: string) => box.getByRole("img", { name: `Output: ${output}` });
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
    await count(boxes(), 3);
    expect(await findCovered(await boxes().all())).toEqual([]);
  });

  it("connects a step that is added to a message's first free button", async () => {
    await boxes().first().click();
    await page.getByLabel("Text", { exact: true }).first().fill("Choose");
    for (const title of ["Red", "Blue"]) {
      await page.getByRole("button", { name: "Add a button" }).click();
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

  it("makes the step that an output is to lead to where it is chosen, and takes both back at once", async () => {
    await clear();
    await boxes().filter({ hasText: "Smart delay" }).click();
    const next = page.getByRole("region", { name: "Leads to" }).getByRole("combobox", { name: "Next" });
    // Whatever is looked for, it stays on offer.
    await next.fill("nothing is called so");
    await page.getByRole("option", { name: "New step…" }).click();
    await page.getByRole("menuitem", { name: /^End/ }).press("Enter");
    const line = page.getByRole("group", { name: "Line from Smart delay, Next, to End" });
    await line.waitFor({ state: "attached" });
    await page.getByRole("complementary", { name: "Step settings" }).getByRole("heading", { name: "End" }).waitFor();
    await count(boxes(), 6);
    await clear();
    await page.keyboard.press("Control+z");
    await count(boxes(), 5);
    await count(lines(), 2);
  });

  it("connects where a line is let go on a box, and moves and takes off its end", async () => {
    await seeAll();
    const question = boxes().filter({ hasText: "Question" });
    const target = await placeOf(question);
    await drag(handle(boxes().filter({ hasText: "Smart delay" }), "Next"), { x: target.x + 100, y: target.y + 20 });
    const line = page.getByRole("group", { name: "Line from Smart delay, Next, to Question" });
    await line.waitFor({ state: "attached" });
    const other = boxes().nth(1);
    const into = await placeOf(other.getByRole("img", { name: "Into this step" }));
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
