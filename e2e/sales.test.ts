import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { ada } from "./first-user.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** Sales plans as a team uses them: a plan, its deals, the board. */
describe.skipIf(!hasBrowser)("sales plans", () => {
  let admin: Admin;
  let page: Page;
  const call = callFrom(() => page);

  beforeAll(async () => {
    admin = await openAdmin();
    page = admin.page;
    await call("POST", "/contacts", { bot: "demo", name: "Grace Hopper", email: "grace@example.com" });
  });

  afterAll(async () => {
    await admin?.close();
  });

  const column = (name: string) => page.getByRole("region", { name, exact: true });
  const cardIn = (status: string, title: string) => column(status).getByRole("article", { name: title });
  const countOf = (status: string, count: number) =>
    column(status).getByText(`Deals: ${count}`, { exact: true }).waitFor();

  it("makes a plan, and says what is wrong with it", async () => {
    await page.getByRole("link", { name: "Sales" }).first().click();
    await page.getByText("No sales plans yet").waitFor();
    await page.getByRole("button", { name: "New sales plan" }).first().click();
    const form = page.getByRole("dialog");
    await form.getByRole("textbox", { name: "Name", exact: true }).fill("Course");
    await form.getByLabel("Currency").fill("XXQ");
    await form.getByLabel("Label in the inbox").fill("COURSE");
    await form.getByRole("button", { name: "Create" }).click();
    await form.getByText("has to be a currency's ISO 4217 code").waitFor();
    await form.getByLabel("Currency").fill("EUR");
    await form.getByLabel("Average check").fill("lots");
    await form.getByText("This is no amount").waitFor();
    await form.getByLabel("Average check").fill("990");
    await form.getByLabel("Name of status 2").fill("Called");
    await form.getByRole("combobox", { name: "Managers" }).click();
    await page.getByRole("option", { name: ada.email }).click();
    await form.getByRole("combobox", { name: "Who gets new deals" }).click();
    await page.getByRole("option", { name: "In turn" }).click();
    await form.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { name: "Course" }).waitFor();
    await countOf("Called", 0);
  });

  it("adds a deal for a contact that was looked up", async () => {
    await page.getByRole("button", { name: "Add deal" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("combobox", { name: "Contact" }).fill("grace");
    await page.getByRole("option", { name: /Grace Hopper/ }).click();
    await form.getByLabel("Title").fill("Autumn course");
    await form.getByLabel("Sum, EUR").fill("1500,50");
    await form.getByRole("button", { name: "Create" }).click();
    const card = cardIn("New", "Autumn course");
    await card.getByText("Grace Hopper").waitFor();
    await card.getByText("€1,500.50").waitFor();
    await card.getByText(ada.email).waitFor();
    await countOf("New", 1);
  });

  it("moves it with the pointer, and with the keyboard", async () => {
    await cardIn("New", "Autumn course").dragTo(column("Called"));
    await cardIn("Called", "Autumn course").waitFor();
    await countOf("New", 0);
    await page.getByRole("button", { name: "Move or edit Autumn course" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Won" }).focus();
    await page.keyboard.press("Enter");
    await cardIn("Won", "Autumn course").waitFor();
    await countOf("Called", 0);
    await countOf("Won", 1);
  });

  it("goes back, with the reason, where the server says no", async () => {
    await page.route("**/api/v1/deals/*", async (route) => {
      if (route.request().method() !== "PATCH") return await route.fallback();
      const error = { code: "service.unavailable", message: "the server is stopping", requestId: "1" };
      await route.fulfill({ status: 503, contentType: "application/json", body: JSON.stringify({ error }) });
    });
    await cardIn("Won", "Autumn course").dragTo(column("Lost"));
    await page.getByText("Autumn course could not be moved").waitFor();
    await page.getByText("the server is stopping").waitFor();
    await cardIn("Won", "Autumn course").waitFor();
    await page.unroute("**/api/v1/deals/*");
  });

  it("shows what others do at once, and the filter by manager", async () => {
    const [plan] = (await call("GET", "/sales-plans")).data;
    const [person] = (await call("GET", "/contacts?q=grace")).data;
    const made = await call("POST", "/deals", { contact: person.id, plan: plan.ref, title: "From elsewhere" });
    await call("PATCH", `/deals/${made.id}`, { manager: null });
    await cardIn("New", "From elsewhere").getByText("Nobody").waitFor();
    await page.getByRole("combobox", { name: "Deals of" }).click();
    await page.getByRole("option", { name: ada.email }).click();
    await cardIn("New", "From elsewhere").waitFor({ state: "detached" });
    await cardIn("Won", "Autumn course").waitFor();
    await countOf("New", 0);
  });

  it("renames and moves statuses without losing deals", async () => {
    await page.getByRole("button", { name: "Plan settings" }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: "Move Won up" }).click();
    await form.getByLabel("Name of status 2").fill("Paid");
    await form.getByRole("button", { name: "Save" }).click();
    await cardIn("Paid", "Autumn course").waitFor();
    const names = page.locator(".board-column h2");
    await until("the new order", async () => (await names.allTextContents()).join() === "New,Paid,Called,Lost");
  });

  it("stands on the contact's page and in its history", async () => {
    await cardIn("Paid", "Autumn course").getByRole("link", { name: "Grace Hopper" }).click();
    await page.getByRole("heading", { name: "Deals" }).waitFor();
    await page.getByRole("link", { name: "Autumn course" }).waitFor();
    await page.getByText("Deal made in Course: Autumn course 1500.50 EUR, New").waitFor();
    await page.getByText("Deal in Course: New → Called, 1500.50 EUR").waitFor();
    await page.getByText("Deal in Course: Called → Won, 1500.50 EUR").waitFor();
  });

  it("works in Russian at a phone's width, and complains of nothing", async () => {
    const storage = await page.context().storageState();
    const phone = await openTab(admin.browser, {
      locale: "ru-RU",
      viewport: { width: 360, height: 740 },
      storageState: { ...storage, origins: [] },
    });
    await phone.page.goto(`${admin.server.url}/w/demo/sales`);
    await phone.page.getByRole("link", { name: "Course" }).click();
    await phone.page.getByRole("button", { name: "Переместить или изменить: From elsewhere" }).click();
    await phone.page.getByRole("menuitem", { name: "Lost" }).click();
    await phone.page.getByRole("region", { name: "Lost" }).getByRole("article", { name: "From elsewhere" }).waitFor();
    const overflow = await phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(phone.complaints).toEqual([]);
    await phone.close();
    expect(admin.tab.complaints.filter((line) => !/status of (4(03|22)|503)/.test(line))).toEqual([]);
  });

  it("is deleted with its deals only where one says so", async () => {
    await page.getByRole("link", { name: "Autumn course" }).click();
    await page.getByRole("button", { name: "Plan settings" }).click();
    await page.getByRole("button", { name: "Delete this sales plan" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("has 2 deals").waitFor();
    await page.getByRole("button", { name: "Delete with all its deals" }).click();
    await page.getByText("No sales plans yet").waitFor();
  });
});
