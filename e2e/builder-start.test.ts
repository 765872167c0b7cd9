import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "./browser.ts";
import { findCovered, handOnCanvas, placeOf } from "./canvas.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** What starts a flow stands on the canvas, before its first step. */
describe.skipIf(!hasBrowser)("the box before the first step", () => {
  let admin: Admin;
  let page: Page;

  beforeAll(async () => {
    admin = await openAdmin({ width: 1440, height: 900 });
    page = admin.page;
    await page.getByRole("link", { name: "Flows" }).first().click();
    await page.getByRole("button", { name: "New flow" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Started");
    await page.getByRole("button", { name: "Create" }).click();
  });

  afterAll(async () => {
    await admin?.close();
  });

  const { boxes, count, clear, seeAll, addStep, drag, standStill } = handOnCanvas(() => page);
  const start = () => page.locator(".react-flow__node-start");
  const open = () => page.getByRole("button", { name: "Starts when…" });
  const line = (to: string) => page.getByRole("img", { name: `Line from what starts the flow to ${to}` });
  const settings = () => page.getByRole("complementary", { name: "Flow settings" });
  const topOf = async (what: Locator) => {
    const { x, y, width } = await placeOf(what);
    return { x: x + width / 2, y: y + 20 };
  };
  const isSaved = () => page.getByText("Saved", { exact: true }).waitFor();
  const expectNoneCovered = async () => expect(await findCovered([start(), ...(await boxes().all())])).toEqual([]);

  it("says that nothing starts the flow, and leads to where it is set, by the keyboard too", async () => {
    await start().getByText("Nothing starts it yet").waitFor();
    await open().press("Enter");
    const triggers = settings().getByRole("group", { name: "What starts it", exact: true }).first();
    await triggers.waitFor();
    expect(await triggers.evaluate((element) => element === document.activeElement)).toBe(true);
    await settings().getByRole("button", { name: "Add a way to start" }).last().click();
    await start().getByText("The person opens the chat").waitFor();
    await settings().getByRole("combobox", { name: /1$/ }).click();
    await page.getByRole("option", { name: "The person writes certain words" }).click();
    await settings().getByText("at least one word is missing").waitFor();
    expect(await settings().getByLabel("Match").inputValue()).toBe("The whole message");
    expect(await settings().getByLabel("Also while a question waits").isChecked()).toBe(true);
    await settings().getByText("even while another flow waits").waitFor();
    await page.getByRole("button", { name: "Finish what is marked" }).click();
    expect(await page.getByText("Not saved", { exact: true }).count()).toBe(0);
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    const refusal = page.getByRole("dialog", { name: "This keeps the flow from being published" });
    await refusal.getByText("A way to start the flow is not finished").waitFor();
    await refusal.getByRole("button", { name: "Close" }).click();
    // A word counts as soon as it is left, not only by Enter.
    await settings().getByLabel("Words").fill("price");
    await settings().getByLabel("Description").focus();
    await start().getByText("The person writes “price”").waitFor();
    await isSaved();
  });

  it("leads to the first step and goes with it", async () => {
    await addStep(/^Message/);
    await line("Message").waitFor({ state: "attached" });
    await clear();
    await addStep(/^Question/);
    await seeAll();
    await expectNoneCovered();
    const before = await placeOf(start());
    const box = await placeOf(boxes().first());
    await page.mouse.move(box.x + 60, box.y + 15);
    await page.mouse.down();
    await page.mouse.move(box.x + 80, box.y - 80, { steps: 5 });
    await page.mouse.up();
    await standStill();
    const after = await placeOf(start());
    expect(after.y).toBeLessThan(before.y - 40);
    await page.keyboard.press("Control+z");
    await standStill();
  });

  it("is nothing that is chosen, copied or deleted", async () => {
    await clear();
    await page.keyboard.press("Control+a");
    await count(page.locator(".react-flow__node.selected"), 2);
    await page.keyboard.press("Control+d");
    await count(boxes(), 4);
    await count(start(), 1);
    await page.keyboard.press("Delete");
    await count(boxes(), 2);
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await count(boxes(), 0);
    await count(start(), 1);
    await page.keyboard.press("Control+z");
    await count(boxes(), 2);
    await line("Message").waitFor({ state: "attached" });
  });

  it("makes another step the first by its line; undo makes it the old one", async () => {
    await seeAll();
    await drag(
      start().getByRole("img", { name: /^What starts the flow leads/ }),
      await topOf(boxes().filter({ hasText: "Question" })),
    );
    await line("Question").waitFor({ state: "attached" });
    await page.keyboard.press("Control+z");
    await line("Message").waitFor({ state: "attached" });
    await seeAll();
    const into = boxes().filter({ hasText: "Question" }).getByRole("img", { name: "Into this step" });
    await drag(page.locator(".start-line .react-flow__edgeupdater-target"), await topOf(into));
    await line("Question").waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Arrange" }).click();
    await standStill();
    await expectNoneCovered();
    const [own, first] = [await placeOf(start()), await placeOf(boxes().filter({ hasText: "Question" }))];
    expect(own.x + own.width).toBeLessThan(first.x);
    await isSaved();
  });

  it("tells what is wrong with it: another flow starts by the same", async () => {
    await open().click();
    await settings().getByRole("combobox", { name: /1$/ }).click();
    await page.getByRole("option", { name: "The person opens the chat" }).click();
    await start()
      .getByText(/the flow "Welcome" starts and this one does not/)
      .waitFor();
    await settings()
      .getByText(/the flow "Welcome" starts and this one does not/)
      .waitFor();
  });

  it("complains about nothing", () => {
    expect(admin.tab.complaints).toEqual([]);
  });
});
