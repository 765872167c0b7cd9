import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser } from "./browser.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** A flow on a phone: one thing at a time, each on the whole width. */
describe.skipIf(!hasBrowser)("the flow builder on a phone", () => {
  let admin: Admin;
  let page: Page;

  beforeAll(async () => {
    admin = await openAdmin({ width: 360, height: 740 });
    page = admin.page;
    await page.goto(`${admin.server.url}/w/demo/flows`);
    await page.locator('a[href*="/flows/"]').first().click();
    await page.locator(".react-flow__node-step").first().waitFor();
  });

  afterAll(async () => {
    await admin?.close();
  });

  const panel = () => page.locator(".builder-panel");
  const back = () => page.getByRole("button", { name: "Back to the canvas" });
  const hasFocus = (what: Locator) =>
    until("it has the focus", () => what.evaluate((element) => element === document.activeElement));
  const isWhole = async () => {
    const box = await panel().boundingBox();
    expect(box).toMatchObject({ x: 0, width: 360 });
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBe(740);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  };

  it("has what is used most in one row over the canvas, and the rest in a menu that the keyboard opens", async () => {
    const names = ["Flows", "Add step", "Try it", "Publish", "More"];
    const tools = names.map((name) =>
      page.locator("main").getByRole(name === "Flows" ? "link" : "button", { name, exact: true }),
    );
    const places = await Promise.all(tools.map((tool) => tool.boundingBox()));
    const middles = places.map((place) => (place?.y ?? 0) + (place?.height ?? 0) / 2);
    expect(Math.max(...middles) - Math.min(...middles)).toBeLessThan(4);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    const more = page.getByRole("button", { name: "More", exact: true });
    await more.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Versions and files" }).waitFor();
    const why = "There is nothing to publish: version 1 has it all.";
    await page.getByRole("menuitem", { name: why }).waitFor();
    const items = await page.getByRole("menuitem").allTextContents();
    expect(items).toEqual([
      "Undo",
      "Redo",
      "Arrange",
      "Find a step",
      "Numbers on the steps",
      "Versions and files",
      "Flow settings",
      `Publish with a note…${why}`,
    ]);
    await hasFocus(page.getByRole("menuitem", { name: "Arrange" }));
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await page.getByRole("menuitem", { name: "Versions and files" }).press("Enter");
    await page.getByRole("complementary", { name: "Versions and files" }).waitFor();
    await hasFocus(panel());
    await back().click();
    await panel().waitFor({ state: "detached" });
    await hasFocus(more);
  });

  it("plays a flow on the whole screen, and goes back to the canvas", async () => {
    const open = page.getByRole("button", { name: "Try it" });
    await open.click();
    await hasFocus(panel());
    await page.keyboard.press("Tab");
    await hasFocus(back());
    await isWhole();
    // What is covered is not there for whoever goes through the page by the keyboard.
    const publish = page.getByRole("button", { name: "Publish", exact: true });
    expect(await publish.evaluate((button) => button.closest("[inert]") !== null)).toBe(true);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await page.getByRole("button", { name: "Begin", exact: true }).click();
    await page.getByLabel("Write as the contact").waitFor();
    await back().click();
    await panel().waitFor({ state: "detached" });
    await hasFocus(open);
    await open.click();
    // The play is where it was.
    await page.getByLabel("Write as the contact").waitFor();
    await back().click();
    await panel().waitFor({ state: "detached" });
  });

  it("shows a step's settings and what starts the flow in the same way", async () => {
    await page.locator(".react-flow__node-step").first().press("Enter");
    await page.getByRole("complementary", { name: "Step settings" }).waitFor();
    await isWhole();
    await back().click();
    await panel().waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Starts when…" }).press("Enter");
    const settings = page.getByRole("complementary", { name: "Flow settings" });
    await hasFocus(settings.getByRole("group", { name: "What starts it", exact: true }).first());
    await isWhole();
    await back().click();
    await panel().waitFor({ state: "detached" });
    await hasFocus(page.getByRole("button", { name: "Starts when…" }));
  });

  it("goes from the play to the step where the contact stands", async () => {
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByRole("button", { name: /: takes the next answer/ }).click();
    await page.getByRole("complementary", { name: "Step settings" }).waitFor();
    expect(await page.getByRole("complementary", { name: "Simulator" }).count()).toBe(0);
  });

  it("complains about nothing", () => {
    expect(admin.tab.complaints).toEqual([]);
  });
});
