import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** The overview: first steps for newcomers, then charts with their tables. */
describe.skipIf(!hasBrowser)("the overview", () => {
  let admin: Admin;
  let page: Page;

  beforeAll(async () => {
    admin = await openAdmin();
    page = admin.page;
  });

  afterAll(async () => {
    await admin?.close();
  });

  const noSeriousTrouble = async (where: Page) => {
    const { violations } = await new AxeBuilder({ page: where }).analyze();
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(bad.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  };
  const section = (title: string, of = page) =>
    of.locator("section").filter({ has: of.getByRole("heading", { name: title, exact: true }) });
  const showTable = (title: string) => section(title).getByText("Table", { exact: true }).click();

  it("says what to do first, and loads no charts for it", async () => {
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(request.url()));
    await page.reload();
    await page.getByRole("heading", { name: "First steps" }).waitFor();
    await page.getByRole("link", { name: "Talk to your bot" }).waitFor();
    await page.getByRole("link", { name: "Connect a channel" }).waitFor();
    // The flow that came along is nobody's work.
    await page.getByRole("link", { name: "Build a flow" }).waitFor();
    expect(await section("First steps").getByText("done").count()).toBe(0);
    expect(await page.getByRole("heading", { name: "Funnel" }).count()).toBe(0);
    expect(loaded.filter((url) => url.includes("/charts"))).toEqual([]);
    await noSeriousTrouble(page);
  });

  it("shows who came and what was said as soon as somebody has talked", async () => {
    const chat = await openTab(admin.browser);
    await chat.page.goto(`${admin.server.url}/chat/demo`);
    await chat.page.getByRole("button", { name: "A sales funnel" }).click();
    await chat.page.getByText("A funnel it is").waitFor();
    await chat.close();
    await section("Contacts gained and lost").getByText("New: 1, came back: 0, lost: 0").waitFor({ timeout: 30_000 });
    await section("Messages")
      .getByText(/^From contacts: 1, by the bot: [1-9]/)
      .waitFor();
    await section("Flows").getByText("Begun: 1, answered: 1").waitFor();
    await section("Broadcasts").getByText("No broadcast began in this period.").waitFor();
    await section("Contacts gained and lost").locator(".recharts-bar-rectangle path").first().waitFor();
    await noSeriousTrouble(page);
  });

  it("has the same numbers in tables", async () => {
    await showTable("Contacts gained and lost");
    const table = section("Contacts gained and lost").getByRole("table");
    expect(await table.getByRole("row").count()).toBe(32);
    await table.getByRole("rowheader", { name: "Total" }).waitFor();
    await showTable("Messages");
    await section("Messages").getByRole("rowheader", { name: "Web chat" }).waitFor();
    await showTable("Flows");
    await section("Flows").getByRole("link", { name: "Welcome" }).waitFor();
    await section("Flows").getByText("100%").waitFor();
    await noSeriousTrouble(page);
  });

  it("shows a funnel of the steps that one chooses, and keeps the choice in the address", async () => {
    const funnel = section("Funnel");
    await funnel.getByRole("row", { name: /1\. Greeting/ }).waitFor();
    // Nobody came by a link: with that step in between, nobody came farther.
    await funnel.getByRole("row", { name: /What the link said 0 0% 0%/ }).waitFor();
    await funnel.getByRole("combobox", { name: "Steps, in their order" }).click();
    await page.getByRole("option", { name: /What the link said/ }).click();
    await page.keyboard.press("Escape");
    await page.waitForURL(/steps=/);
    await page.reload();
    const row = section("Funnel").getByRole("row", { name: /What to build first/ });
    await row.waitFor();
    expect(await row.getByRole("cell").allTextContents()).toEqual(["1", "100%", "100%"]);
    expect(
      await section("Funnel")
        .getByRole("row", { name: /What the link said/ })
        .count(),
    ).toBe(0);
  });

  it("keeps period and channel in the address, and says what is no period", async () => {
    await page.getByText("7 days", { exact: true }).click();
    await page.waitForURL(/days=7/);
    await page.getByRole("combobox", { name: "Channel" }).click();
    await page.getByRole("option", { name: "Web chat" }).click();
    await page.waitForURL(/channel=\d+/);
    await page.reload();
    await section("Contacts gained and lost").getByText("New: 1, came back: 0, lost: 0").waitFor();
    await page.getByText("Own dates", { exact: true }).click();
    await page.waitForURL(/from=\d{4}-\d\d-\d\d/);
    await page.getByRole("textbox", { name: "From" }).fill("2020-01-01");
    await page.getByText("The first day is after the last one").waitFor();
    await page.getByRole("textbox", { name: "To", exact: true }).fill("2020-01-31");
    await page.waitForURL(/to=2020-01-31/);
    await section("Contacts gained and lost").getByText("Nothing happened in this period.").waitFor();
  });

  it("works in Russian, in the dark, at a phone's width, and complains of nothing", async () => {
    const storage = await page.context().storageState();
    const phone = await openTab(admin.browser, {
      locale: "ru-RU",
      colorScheme: "dark",
      viewport: { width: 360, height: 740 },
      storageState: { ...storage, origins: [] },
    });
    await phone.page.goto(`${admin.server.url}/w/demo`);
    await section("Новые и потерянные контакты", phone.page).getByText("Новые: 1").waitFor();
    await section("Воронка", phone.page)
      .getByRole("row", { name: /Greeting/ })
      .waitFor();
    await until("the chart is drawn", async () => (await phone.page.locator(".recharts-surface").count()) > 0);
    const overflow = await phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await noSeriousTrouble(phone.page);
    expect(phone.complaints).toEqual([]);
    await phone.close();
    expect(admin.tab.complaints).toEqual([]);
  });
});
