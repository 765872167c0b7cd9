import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataDirectory, readSecretKey } from "../src/app/data-directory.ts";
import { makeSetupCode } from "../src/shell/setup-code.ts";
import { createServerProcess, type ServerProcess } from "../test/crash/server-process.ts";
import { until } from "../test/until.ts";
import { hasBrowser, launchBrowser, openTab, type Tab } from "./browser.ts";

const person = { email: "ada@example.com", password: "correct horse battery" };

/** Contacts as a marketer works with them: found, filtered, changed by thousands, imported, merged, deleted. */
describe.skipIf(!hasBrowser)("contacts in the admin", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "contacts-"));
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
    await page.goto(server.url);
    await page.getByLabel("Set-up code").fill(makeSetupCode(readSecretKey(openDataDirectory(data), undefined)));
    await page.getByLabel("E-mail").fill(person.email);
    await page.getByRole("textbox", { name: "Password" }).fill(person.password);
    await page.getByRole("button", { name: "Make my account" }).click();
    await page.getByRole("heading", { name: "Demo" }).waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const noSeriousTrouble = async (where: Page) => {
    const { violations } = await new AxeBuilder({ page: where }).analyze();
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(bad.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  };
  const counted = (n: string) => page.getByText(`Contacts: ${n}`, { exact: true }).waitFor();
  const openContacts = async () => {
    await page.getByRole("link", { name: "Contacts" }).first().click();
    await page.getByRole("heading", { name: "Contacts", exact: true }).waitFor();
  };

  it("imports a file with bad lines: checked first, then taken, and the refused ones given back", async () => {
    await openContacts();
    await page.getByRole("link", { name: "Import" }).click();
    const file = "Name,E-mail,Tags\nGood One,good@example.com,vip\nBad One,nowhere,vip\nGood Two,two@example.com,\n";
    const upload = { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(file) };
    await page.locator("input[type=file]").setInputFiles(upload);
    await page.getByRole("button", { name: "Upload" }).click();
    await page.getByText("What the columns are").waitFor();
    expect(await page.getByRole("combobox", { name: "Becomes: E-mail" }).inputValue()).toBe("E-mail");
    await noSeriousTrouble(page);
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await page.getByText("This is what an import would do").waitFor();
    await page.getByText("New: 2").waitFor();
    await page.getByText("Refused: 1").waitFor();
    await page.getByText('"nowhere" is not a valid email').waitFor();
    await page.getByRole("button", { name: "Import 3 lines" }).click();
    await page.getByText("The import is finished").waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download the refused lines" }).click();
    expect((await download).suggestedFilename()).toMatch(/^refused-\d+\.csv$/);
    await page.getByRole("link", { name: "To the contacts" }).click();
    await counted("2");
  });

  it("filters, keeps the filter in the address, and saves it as a segment", async () => {
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("button", { name: "Rule" }).click();
    await page.getByLabel("Name", { exact: true }).fill("vip");
    await counted("1");
    await page.waitForURL(/where=/);
    await page.reload();
    await counted("1");
    await page.getByRole("button", { name: "Save as a segment" }).click();
    await page.getByLabel("Name of the segment").fill("Very important");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/segment=\d+$/);
    await counted("1");
    expect(await page.getByRole("combobox", { name: "Segment" }).inputValue()).toBe("Very important");
    await page.getByRole("button", { name: "More about the segment Very important" }).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await page.getByLabel("Name of the segment").fill("VIPs");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await until(
      "it has its new name",
      async () => (await page.getByRole("combobox", { name: "Segment" }).inputValue()) === "VIPs",
    );
  });
});
