import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openTab } from "./browser.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** How the installation is, for whoever owns all of it. */
describe.skipIf(!hasBrowser)("the system page", () => {
  let admin: Admin;
  let page: Page;

  beforeAll(async () => {
    admin = await openAdmin({ width: 1280, settings: { KEEP_MESSAGES_DAYS: "365" } });
    page = admin.page;
  });

  afterAll(async () => {
    await admin?.close();
  });

  const noTrouble = async (where: Page) => {
    const { violations } = await new AxeBuilder({ page: where }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  };
  const section = (title: string, of = page) =>
    of.locator("section").filter({ has: of.getByRole("heading", { name: title, exact: true }) });

  it("stands in the settings' menu, and says what the doctor finds and what to do", async () => {
    await page.goto(`${admin.server.url}/w/demo/settings/channels`);
    await page.getByRole("link", { name: "System", exact: true }).click();
    const found = section("What was found");
    await found.getByText("The embedded database may lose its last seconds or be damaged by a power cut.").waitFor();
    await found.getByText(/^Back up every night/).waitFor();
    await found.getByText("backup.age", { exact: true }).waitFor();
    expect(await found.getByText("database.migrations").count()).toBe(0);
    await found.getByRole("switch").click();
    await found.getByText("The tables are up to date.").waitFor();
    await found.getByRole("button", { name: "Look again" }).click();
    await noTrouble(page);
  });

  it("shows the process, what waits, and how long things are kept", async () => {
    const process = section("Processes alive").getByRole("row", { name: /Web, Worker/ });
    await process.getByText("0.1.0").waitFor();
    await section("What waits").getByRole("row", { name: "Waits of flows that should be over 0 no —" }).waitFor();
    const kept = section("How long things are kept");
    await kept.getByRole("row", { name: "Messages 365 days KEEP_MESSAGES_DAYS —" }).waitFor();
    await kept.getByRole("row", { name: /Contacts' history for ever/ }).waitFor();
    await kept.getByText("Nothing has been cleared away yet").waitFor();
    await section("Installation")
      .getByText(/PostgreSQL \d+, embedded/)
      .waitFor();
  });

  it.each([
    ["en-GB", "light", 360],
    ["ru-RU", "dark", 360],
    ["ru-RU", "light", 1280],
    ["en-GB", "dark", 1280],
  ] as const)("is whole in %s, %s, %i px wide, and complains of nothing", async (locale, colorScheme, width) => {
    const { cookies } = await page.context().storageState();
    const other = await openTab(admin.browser, {
      locale,
      colorScheme,
      viewport: { width, height: 800 },
      storageState: { cookies, origins: [] },
    });
    await other.page.goto(`${admin.server.url}/w/demo/settings/system`);
    const isRussian = locale === "ru-RU";
    const found = section(isRussian ? "Что найдено" : "What was found", other.page);
    await found.getByText(isRussian ? /При отключении питания/ : /damaged by a power cut/).waitFor();
    if (isRussian) {
      // Nothing that was found is left in English.
      await found.getByRole("switch").click();
      const said = await found.locator("li p:first-child").allTextContents();
      expect(said.length).toBeGreaterThan(8);
      for (const sentence of said) if (!/^(Node|PostgreSQL) [\d.]+/.test(sentence)) expect(sentence).toMatch(/[а-я]/);
    }
    await noTrouble(other.page);
    const overflow = await other.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(other.complaints).toEqual([]);
    await other.close();
    expect(admin.tab.complaints).toEqual([]);
  });
});
