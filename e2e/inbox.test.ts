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

const password = "correct horse battery";
const ann = { email: "ann@example.com", name: "Ann" };
const bob = { email: "bob@example.com", name: "Bob" };

/** Two agents at two browsers, and somebody who writes to the demo bot. */
describe.skipIf(!hasBrowser)("the inbox", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "inbox-"));
  const data = path.join(folder, "data");
  let server: ServerProcess;
  let browser: Browser;
  const tabs: Tab[] = [];
  let first: Page;
  let second: Page;
  let visitor: Page;

  const open = async (options: Parameters<typeof openTab>[1] = {}) => {
    const tab = await openTab(browser, { viewport: { width: 1360, height: 850 }, ...options });
    tabs.push(tab);
    return tab.page;
  };
  /** Calls the API as whoever is signed in on the page. */
  const call = (page: Page, method: string, url: string, body?: object) =>
    page.evaluate(
      async ([verb, address, json]) => {
        const headers = json === "" ? {} : { "content-type": "application/json" };
        const answer = await fetch(address, { method: verb, headers, ...(json === "" ? {} : { body: json }) });
        if (!answer.ok) throw new Error(`${address}: ${await answer.text()}`);
        const text = await answer.text();
        return text === "" ? null : JSON.parse(text);
      },
      [method, url, body === undefined ? "" : JSON.stringify(body)] as const,
    );
  const row = (page: Page, text: string) => page.locator(".inbox-row", { hasText: text });
  const say = async (text: string) => {
    await visitor.getByLabel("Message", { exact: true }).fill(text);
    await visitor.keyboard.press("Enter");
  };
  const write = async (page: Page, text: string) => {
    await page.getByRole("textbox", { name: "Write a reply" }).fill(text);
    await page.keyboard.press("Enter");
  };

  beforeAll(async () => {
    server = await createServerProcess({ DATA_DIR: data });
    await server.start();
    browser = await launchBrowser();
    first = await open();
    await first.goto(`${server.url}/sign-in`);
    const code = makeSetupCode(readSecretKey(openDataDirectory(data), undefined));
    await call(first, "POST", "/auth/setup", { ...ann, password, code });
    const invited = await call(first, "POST", "/api/v1/invitations", { email: bob.email, role: "agent" });
    second = await open();
    await second.goto(`${server.url}/sign-in`);
    const token = String(invited.url).split("/").at(-1);
    await call(second, "POST", `/auth/invitations/${token}`, { name: bob.name, password });
    await call(first, "POST", "/api/v1/closing-notes", { bot: "demo", name: "Refund", requireSummary: 2 });
    await call(first, "POST", "/api/v1/saved-replies", {
      shortcut: "hi",
      text: 'Hello, {{ contact.email | default: "friend" }}!',
    });
    visitor = await open();
    // {"e":"eve@example.com"}
    await visitor.goto(`${server.url}/chat/demo?start=eyJlIjoiZXZlQGV4YW1wbGUuY29tIn0`);
    await visitor.getByText("demo bot").first().waitFor();
    for (const page of [first, second]) {
      await page.goto(`${server.url}/w/demo/inbox`);
      await page.getByRole("heading", { name: "Inbox" }).waitFor();
    }
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it("shows a message to both at once, and one's reply to the other within a second", async () => {
    await say("is anybody there?");
    for (const page of [first, second]) await row(page, "eve@example.com").click();
    await first.getByRole("log").getByText("is anybody there?").waitFor();
    await second.getByText("Ann looks at this").waitFor();
    const question = first.getByText(/^The bot waits for an answer: /);
    await question.waitFor();
    await first.getByRole("textbox", { name: "Write a reply" }).pressSequentially("One m");
    await second.getByText("Ann is writing…").waitFor();
    await write(first, "One moment: {{ not a template }}");
    const sentAt = Date.now();
    await second.getByRole("log").getByText("One moment").waitFor();
    // A second on a machine of its own; a browser test on a busy one is no stop watch.
    expect(Date.now() - sentAt).toBeLessThan(5_000);
    await visitor.getByText("One moment: {{ not a template }}").waitFor();
    await visitor.getByText("Ann has joined").waitFor();
    // Nobody's until then: it is hers, and the other sees that.
    await second.getByRole("log").getByText("Ann: assigned to Ann").waitFor();
    // Whoever was answered is no longer asked.
    await question.waitFor({ state: "detached" });
    await visitor.reload();
    await visitor.getByText("Ann has joined").waitFor();
    expect(await visitor.locator(".speaker:visible").last().textContent()).toBe("Ann");
  });

  it("lists who wrote last with their words alone, by no key of the admin's own words", async () => {
    await visitor.getByLabel("Message", { exact: true }).fill("Are you there?");
    await visitor.keyboard.press("Enter");
    await row(first, "eve@example.com").getByText("Are you there?", { exact: true }).waitFor();
  });

  it("fills a saved reply in for the contact, and keeps what was typed over a reload", async () => {
    const box = first.getByRole("textbox", { name: "Write a reply" });
    await box.fill("/h");
    await first.getByRole("option", { name: "/hi" }).waitFor();
    await first.keyboard.press("Enter");
    await until("it is filled in", async () => (await box.inputValue()) === "Hello, eve@example.com!");
    await first.reload();
    await until("it is still there", async () => (await box.inputValue()) === "Hello, eve@example.com!");
    await first
      .locator("input[type=file]")
      .first()
      .setInputFiles({
        name: "dot.png",
        mimeType: "image/png",
        buffer: Buffer.from(
          "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
          "base64",
        ),
      });
    await first.getByRole("button", { name: "Take out dot.png" }).waitFor();
    await box.press("Enter");
    await visitor.getByText("Hello, eve@example.com!").waitFor();
    await visitor.locator("img[src*='dot.png']").waitFor();
  });

  it("carries a note with a mention to the other, whose inbox counts it until it was looked at", async () => {
    await second.getByText("All", { exact: true }).click();
    await first.getByText("Note", { exact: true }).click();
    const box = first.getByRole("textbox", { name: "Write a note" });
    await box.pressSequentially("Can you look, @bo");
    await first.getByRole("option", { name: "Bob" }).waitFor();
    await first.keyboard.press("Enter");
    await until("Bob is named", async () => (await box.inputValue()).includes("@Bob"));
    await first.getByRole("option", { name: "Bob" }).waitFor({ state: "hidden" });
    await first.keyboard.press("Enter");
    await first.getByText("Note by Ann").waitFor();
    await second.locator("[data-count=mentioned]", { hasText: "1" }).waitFor();
    await second.getByText("Mentioned", { exact: true }).click();
    await row(second, "eve@example.com").click();
    await second.getByRole("log").getByText("Can you look, @Bob").waitFor();
    await second.locator("[data-count=mentioned]").waitFor({ state: "detached" });
    expect(await visitor.getByText("Can you look").count()).toBe(0);
  });

  it("lets one assign the other, who sees it at once", async () => {
    await first.getByRole("combobox", { name: "Assigned to" }).click();
    await first.getByRole("option", { name: "Bob" }).click();
    await second.getByRole("log").getByText("Ann: assigned to Bob").waitFor();
    await second.getByText("Mine", { exact: true }).click();
    await row(second, "eve@example.com").waitFor();
  });

  it("takes an unread mark that stays", async () => {
    await row(second, "eve@example.com").click();
    await first.getByText("All", { exact: true }).click();
    await second.getByRole("button", { name: "Mark as unread" }).click();
    await first.locator("[data-count=unread]", { hasText: "1" }).waitFor();
  });

  it("closes only with the summary that the closing note asks for", async () => {
    await row(first, "eve@example.com").click();
    // Ann answered: the bot keeps still meanwhile.
    await first.getByText("The bot is silent here until").waitFor();
    await first.getByRole("button", { name: "Close", exact: true }).click();
    expect(await first.getByRole("checkbox", { name: "Resume the bot" }).isChecked()).toBe(true);
    await first.getByRole("combobox", { name: "Closing note" }).click();
    await first.getByRole("option", { name: "Refund" }).click();
    await first.getByText("This closing note asks for a summary.").waitFor();
    expect(await first.getByRole("button", { name: "Close it" }).isDisabled()).toBe(true);
    await first.getByRole("textbox", { name: "Summary" }).fill("Paid back");
    await first.getByRole("button", { name: "Close it" }).click();
    await first.getByRole("log").getByText("closing note: Refund Paid back").waitFor();
    await first.getByText("The bot is silent here until").waitFor({ state: "detached" });
    await second.getByText("Closed", { exact: true }).click();
    await row(second, "eve@example.com").waitFor();
  });

  it("leads to the contact's page and back, in the same tab", async () => {
    await row(first, "eve@example.com").click();
    await first.getByRole("link", { name: "The contact's page" }).click();
    await first.getByRole("textbox", { name: "Write a note" }).waitFor();
    await first.goBack();
    await row(first, "eve@example.com").waitFor();
  });

  it("finds what was written by the beginning of a word", async () => {
    await first.getByText("All", { exact: true }).click();
    await first.getByRole("searchbox", { name: "Search conversations" }).fill("anyb");
    await row(first, "eve@example.com").waitFor();
    await first.getByRole("searchbox", { name: "Search conversations" }).fill("nobodywrotethis");
    await first.getByText("Nothing found.").waitFor();
  });

  it("shows one thing at a time on a phone, in Russian, and complains of nothing", async () => {
    const phone = await open({ locale: "ru-RU", viewport: { width: 360, height: 740 } });
    await phone.goto(`${server.url}/sign-in`);
    await call(phone, "POST", "/auth/session", { email: bob.email, password });
    await phone.goto(`${server.url}/w/demo/inbox`);
    await phone.getByRole("heading", { name: "Входящие" }).waitFor();
    await row(phone, "eve@example.com").click();
    await phone.getByRole("textbox", { name: "Напишите ответ" }).waitFor();
    expect(await row(phone, "eve@example.com").isVisible()).toBe(false);
    await phone.getByRole("button", { name: "О контакте" }).click();
    await phone.getByRole("button", { name: "Закрыть карточку" }).click();
    const overflow = await phone.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await phone.getByRole("button", { name: "К списку" }).click();
    await row(phone, "eve@example.com").waitFor();
    expect(tabs.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});
