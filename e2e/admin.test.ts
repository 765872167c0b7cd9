import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataDirectory, readSecretKey } from "../src/app/data-directory.ts";
import { makeSetupCode } from "../src/shell/setup-code.ts";
import { createServerProcess, type ServerProcess } from "../test/crash/server-process.ts";
import { until } from "../test/until.ts";
import { hasBrowser, launchBrowser, openTab, type Tab } from "./browser.ts";

const person = { email: "ada@example.com", password: "correct horse battery" };

/** The admin as somebody meets it who has never seen it: from the first visit to a flow that answers. */
describe.skipIf(!hasBrowser)("the admin", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "admin-"));
  const data = path.join(folder, "data");
  let server: ServerProcess;
  let browser: Browser;
  let tab: Tab;
  let page: Page;

  beforeAll(async () => {
    server = await createServerProcess({ DATA_DIR: data });
    await server.start();
    browser = await launchBrowser();
    tab = await openTab(browser, { viewport: { width: 1360, height: 850 } });
    page = tab.page;
  });

  afterAll(async () => {
    await browser?.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const addStep = async (name: RegExp) => {
    await page.getByRole("button", { name: "Add step" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  const isSaved = () => page.getByText("Saved", { exact: true }).waitFor();

  it("makes the first user with the set-up code, and says what is wrong beside the field", async () => {
    await page.goto(server.url);
    // Somebody who knows no terminal learns where the code is, and whom to ask.
    await page.getByText(/where the server was started.*docker compose logs.*ask them/).waitFor();
    await page.getByLabel("Set-up code").fill("AAAA-BBBB-CCCC");
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByRole("textbox", { name: "Password" }).fill("short");
    await page.getByRole("button", { name: "Make my account" }).click();
    await page.getByText("At least 12 characters", { exact: true }).waitFor();
    await page.getByRole("textbox", { name: "Password" }).fill(person.password);
    await page.getByRole("button", { name: "Make my account" }).click();
    await page.getByText("this is not the set-up code").waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe(person.email);
    await page.getByLabel("Set-up code").fill(makeSetupCode(readSecretKey(openDataDirectory(data), undefined)));
    await page.getByRole("button", { name: "Make my account" }).click();
    await page.getByRole("heading", { name: "Demo" }).waitFor();
    await page.getByText("This is your workspace: the place of one company").waitFor();
  });

  it("builds a flow: steps, settings, taking back, and publishes it once nothing is wrong", async () => {
    await page.getByRole("link", { name: "Flows" }).first().click();
    await page.getByRole("button", { name: "New flow" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Course enquiry");
    await page.getByRole("button", { name: "Create" }).click();
    await addStep(/^Question/);
    const text = page.getByLabel("Text", { exact: true });
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("dialog").getByText("This keeps the flow").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await text.fill("Which course would you like?");
    await addStep(/^Actions/);
    await page.getByRole("combobox", { name: "Action 1" }).click();
    await page.getByRole("option", { name: "Add a tag", exact: true }).click();
    await page.getByLabel("Tag", { exact: true }).fill("asked");
    const boxes = page.locator(".react-flow__node-step");
    await until("two boxes and a line", async () => (await boxes.count()) === 2);
    expect(await page.locator(".react-flow__edge:not(.start-line)").count()).toBe(1);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await until("one box", async () => (await boxes.count()) === 1);
    await page.getByRole("button", { name: "Undo" }).click();
    await until("two boxes", async () => (await boxes.count()) === 2);
    await page.getByRole("button", { name: "Flow settings" }).click();
    await page.getByRole("button", { name: "Add a way to start" }).click();
    await page.getByRole("combobox", { name: "Way to start 1" }).click();
    await page.getByRole("option", { name: "The person writes certain words" }).click();
    await page.getByRole("combobox", { name: "Words" }).fill("course");
    await page.keyboard.press("Enter");
    await isSaved();
    const publish = page.getByRole("button", { name: "Publish", exact: true });
    await publish.click();
    // What is warned of waits for whoever published, and leads to where it is mended.
    const warnings = page.getByRole("dialog", { name: "Version 1 is live. Look at this all the same:" });
    await warnings.getByRole("button", { name: /^Question/ }).click();
    await warnings.waitFor({ state: "detached" });
    await text.waitFor();
    // Why it cannot be pressed is told also to whoever comes by the keyboard.
    await until("there is nothing new", async () => (await publish.getAttribute("aria-disabled")) === "true");
    await page.getByRole("button", { name: "Try it" }).focus();
    await page.keyboard.press("Tab");
    await page.getByRole("tooltip", { name: "There is nothing to publish: version 1 has it all." }).waitFor();
  });

  it("keeps a draft over a reload, and overwrites nobody's", async () => {
    const other = await openTab(browser);
    await other.page.goto(`${server.url}/sign-in`);
    await other.page.getByLabel("E-mail").fill(person.email);
    await other.page.getByRole("textbox", { name: "Password" }).fill(person.password);
    await other.page.getByRole("button", { name: "Sign in" }).click();
    await other.page.getByRole("heading", { name: "Demo" }).waitFor();
    await other.page.goto(page.url());
    await other.page.locator(".react-flow__node-step").first().waitFor();
    await addStep(/^End/);
    await isSaved();
    await page.reload();
    await until("the new step is there", async () => (await page.locator(".react-flow__node-step").count()) === 3);
    await other.page.getByRole("button", { name: "Add step" }).click();
    await other.page.getByRole("menuitem", { name: /^Split/ }).click();
    await other.page.getByText("Somebody else changed this flow").waitFor();
    await other.page.getByRole("button", { name: "Take theirs" }).click();
    await until("theirs is shown", async () => (await other.page.locator(".react-flow__node-step").count()) === 3);
    expect(other.complaints.filter((line) => !line.includes("409"))).toEqual([]);
    await other.close();
  });

  it("shows who came and what happened, once somebody has talked to the bot", async () => {
    const chat = await openTab(browser);
    await chat.page.goto(`${server.url}/chat/demo`);
    await chat.page.getByText("demo bot").first().waitFor();
    await chat.page.getByLabel("Message", { exact: true }).fill("restart");
    await chat.page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Contacts" }).first().click();
    await page.locator("tbody a").first().click();
    await page.getByText("Became a contact").waitFor();
    await page
      .getByTitle(/^demo \/ /)
      .first()
      .waitFor();
    await page.getByRole("combobox", { name: "Tags" }).fill("vip");
    await page.keyboard.press("Enter");
    await page.getByText("Tag added: vip").waitFor();
    await chat.close();
  });

  it("lets an agent answer, and others see it at once", async () => {
    const visitor = await openTab(browser);
    // {"e":"eve@example.com"}
    await visitor.page.goto(`${server.url}/chat/demo?start=eyJlIjoiZXZlQGV4YW1wbGUuY29tIn0`);
    await visitor.page.getByText("demo bot").first().waitFor();
    await page.getByRole("link", { name: "Inbox" }).first().click();
    const other = await tab.page.context().newPage();
    await other.goto(page.url());
    await visitor.page.getByLabel("Message", { exact: true }).fill("is anybody there?");
    await visitor.page.keyboard.press("Enter");
    const row = page.locator(".inbox-row", { hasText: "eve@example.com" });
    await row.click();
    await page.getByRole("log").getByText("is anybody there?").waitFor();
    await page.getByRole("button", { name: "Pause the bot" }).click();
    await page.getByRole("menuitem", { name: "Until I resume it" }).click();
    await page.getByText("The bot is silent here, until somebody resumes it.").waitFor();
    await page.getByRole("textbox", { name: "Write a reply" }).fill("Yes: {{ not a template }}");
    await page.keyboard.press("Enter");
    await visitor.page.getByText("Yes: {{ not a template }}").waitFor();
    await other.locator(".inbox-row", { hasText: "You: Yes" }).waitFor();
    await page.getByRole("combobox", { name: "Assigned to" }).click();
    await page.getByRole("option", { name: person.email }).click();
    await other.getByText("Mine", { exact: true }).click();
    await other.locator(".inbox-row", { hasText: "eve@example.com" }).waitFor();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Close it" }).click();
    await page.getByRole("button", { name: "Open again" }).waitFor();
    await other.close();
    await visitor.close();
  });

  it("speaks Russian, works at a phone's width, and complains of nothing", async () => {
    const phone = await openTab(browser, { locale: "ru-RU", viewport: { width: 360, height: 740 } });
    await phone.page.goto(server.url);
    await phone.page.getByLabel("Эл. почта").fill(person.email);
    await phone.page.getByRole("textbox", { name: "Пароль" }).fill(person.password);
    await phone.page.getByRole("button", { name: "Войти" }).click();
    await phone.page.getByRole("button", { name: "Меню" }).click();
    await phone.page.getByRole("link", { name: "Контакты" }).first().click();
    await phone.page.getByRole("heading", { name: "Контакты", exact: true }).waitFor();
    const overflow = await phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(phone.complaints).toEqual([]);
    await phone.close();
    expect(tab.complaints.filter((line) => !/status of 4(03|22)/.test(line))).toEqual([]);
  });
});
