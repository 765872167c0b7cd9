import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTab } from "./browser.ts";
import { ada } from "./first-user.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** A dialog's own header is none of the page's, whose is behind it and of no use then. */
const dialogOnly = "[role=dialog]";

describe("what goes for good", { timeout: 120_000 }, () => {
  let admin: Admin;
  let page: Page;
  beforeAll(async () => {
    admin = await openAdmin();
    page = admin.page;
  }, 120_000);
  afterAll(() => admin.close());

  const noTrouble = async (where: Page, part = "body") => {
    const { violations } = await new AxeBuilder({ page: where })
      .include(part)
      .disableRules(part === "body" ? [] : ["landmark-no-duplicate-banner"])
      .analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    expect(await where.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  };

  it("an account stays while nobody else owns its workspace, and says so", async () => {
    await page.goto(`${admin.server.url}/w/demo/settings/account`);
    await page.getByRole("button", { name: "Delete my account" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Type/).fill(ada.email);
    await dialog.getByRole("button", { name: "Delete my account" }).click();
    await dialog.getByText(/nobody else owns demo/i).waitFor();
    await noTrouble(page, dialogOnly);
    await dialog.getByRole("button", { name: "Cancel" }).click();
  });

  it.each([
    ["ru-RU", "dark", 360],
    ["en-GB", "light", 1280],
  ] as const)("is asked for in %s, %s, %i px wide, and complains of nothing", async (locale, colorScheme, width) => {
    const { cookies } = await page.context().storageState();
    const viewport = { width, height: 800 };
    const other = await openTab(admin.browser, {
      locale,
      colorScheme,
      viewport,
      storageState: { cookies, origins: [] },
    });
    await other.page.goto(`${admin.server.url}/w/demo/settings/account`);
    const isRussian = locale === "ru-RU";
    await other.page
      .getByRole("button", { name: isRussian ? "Удалить учётную запись" : "Delete my account" })
      .waitFor();
    await noTrouble(other.page);
    await other.page.goto(`${admin.server.url}/w/demo/settings/workspace`);
    await other.page.getByRole("button", { name: isRussian ? "Удалить пространство" : "Delete the workspace" }).click();
    await other.page
      .getByRole("dialog")
      .getByLabel(isRussian ? /введите demo/ : "Type demo to confirm")
      .waitFor();
    await noTrouble(other.page, dialogOnly);
    await other.page.context().close();
  });

  it("a workspace goes once its domain is typed, and its owner is left with an account, which goes too", async () => {
    await page.goto(`${admin.server.url}/w/demo/settings/workspace`);
    await page.getByRole("button", { name: "Delete the workspace" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Type demo to confirm").fill("dem");
    await dialog.getByRole("button", { name: "Delete the workspace" }).click();
    await dialog.getByText("This is not what stands there.").waitFor();
    await dialog.getByLabel("Type demo to confirm").fill("demo");
    await dialog.getByRole("button", { name: "Delete the workspace" }).click();
    await page.getByRole("heading", { name: "No workspace" }).waitFor();
    await noTrouble(page);
    await page.getByRole("button", { name: "Delete my account" }).click();
    await page.getByRole("dialog").getByLabel(/^Type/).fill(ada.email);
    await page.getByRole("dialog").getByRole("button", { name: "Delete my account" }).click();
    // Nobody is left who could sign in.
    await page.getByLabel("Set-up code").waitFor();
  });
});
