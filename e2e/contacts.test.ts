import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

const many = 10_000;
const shown = new Intl.NumberFormat("en").format(many);

/** Contacts as a marketer works with them: found, filtered, changed by thousands, imported, merged, deleted. */
describe.skipIf(!hasBrowser)("contacts in the admin", () => {
  let admin: Admin;
  let page: Page;
  let token: string;

  const call = async <Answer>(method: string, at: string, body?: unknown, type = "application/json") => {
    const response = await fetch(`${admin.server.url}/api/v1${at}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }) },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.ok, text).toBe(true);
    return JSON.parse(text) as Answer;
  };

  beforeAll(async () => {
    admin = await openAdmin();
    page = admin.page;
    token = await admin.server.run("token", "create", "--workspace", "demo", "--kind", "api");
  });

  afterAll(async () => {
    await admin?.close();
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
    await page.getByRole("combobox", { name: "Add a rule" }).click();
    await page.getByRole("option", { name: "Tag", exact: true }).click();
    // Who is shown stays shown while the rule is not finished.
    await page.getByText("Choose a tag. Until then this rule is left out.").waitFor();
    await counted("2");
    await page.getByRole("combobox", { name: "Tag", exact: true }).fill("vip");
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

  it(`tags ${many} contacts at once and says what came of it`, async () => {
    const lines = Array.from({ length: many }, (_, n) => `Person ${n},p${n}@example.org`);
    const made = await call<{ id: number }>(
      "POST",
      "/imports?bot=demo",
      ["name,email", ...lines].join("\n"),
      "text/csv",
    );
    await call("POST", `/imports/${made.id}/start`);
    await until(
      "they are there",
      async () => (await call<{ status: string }>("GET", `/imports/${made.id}`)).status === "finished",
      { withinMs: 300_000, everyMs: 500 },
    );
    await page.goto(`${admin.server.url}/w/demo/contacts?q=example.org`);
    await counted(shown);
    await page.getByRole("checkbox", { name: "Select all that are loaded" }).check();
    await page.getByRole("button", { name: `Select all ${shown} that match` }).click();
    await page.getByRole("button", { name: "Do something with them" }).click();
    await page.getByRole("combobox", { name: "Action" }).click();
    await page.getByRole("option", { name: "Add a tag", exact: true }).click();
    await page.getByLabel("Tag", { exact: true }).fill("bulk");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: `Do it for ${shown}` }).click();
    await page.getByText(`Done: ${shown}`).waitFor({ timeout: 300_000 });
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
    await page.goto(`${admin.server.url}/w/demo/contacts?tag=bulk`);
    await counted(shown);
  }, 700_000);

  it("draws a few rows of many, and loads more while one scrolls", async () => {
    const rows = page.locator("tbody tr:has(a)");
    await rows.first().waitFor();
    expect(await rows.count()).toBeLessThan(60);
    const first = await rows.first().innerText();
    const frame = page.locator(".contact-table");
    await until("the third page is there", async () => {
      await frame.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      return (await frame.evaluate((element) => element.scrollHeight)) > 200 * 46;
    });
    expect(await rows.first().innerText()).not.toBe(first);
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("checkbox", { name: "Came" }).check();
    await page.keyboard.press("Escape");
    await page.reload();
    await page.getByRole("columnheader", { name: "Came" }).waitFor();
    await noSeriousTrouble(page);
  });

  it("changes a contact, merges another into it after a look at what is lost, and deletes it by its name", async () => {
    await page.goto(`${admin.server.url}/w/demo/contacts?q=good@example.com`);
    await page.getByRole("link", { name: "Good One" }).click();
    await page.getByRole("heading", { name: "Good One" }).waitFor();
    await page.getByLabel("Phone").fill("12");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("is not a phone number").waitFor();
    await page.getByLabel("Phone").fill("+7 916 123-45-67");
    await page.getByRole("textbox", { name: "Write a note" }).fill("Called on Monday");
    // Neither the profile nor the note goes without a question.
    await page.getByRole("link", { name: "Contacts" }).first().click();
    await page.getByRole("dialog", { name: "This is not saved" }).first().waitFor();
    for (const dialog of await page.getByRole("dialog", { name: "This is not saved" }).all()) {
      await dialog.getByRole("button", { name: "Go on editing" }).click();
    }
    await page.getByRole("button", { name: "Add the note" }).click();
    await page.getByText("Called on Monday").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Phone is now +79161234567").waitFor();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Merge with another" }).click();
    await page.getByRole("combobox", { name: "Other contact" }).fill("two@example.com");
    await page.getByRole("option", { name: /Good Two/ }).click();
    await page.getByText("This is not kept").waitFor();
    await page.getByText("E-mail: two@example.com").waitFor();
    await noSeriousTrouble(page);
    await page.getByRole("button", { name: "Merge", exact: true }).click();
    await page.getByText("Another contact was merged into this one").waitFor();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Delete for good" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Delete for good" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Type Good One to go on").fill("Good One");
    await dialog.getByRole("button", { name: "Delete for good" }).click();
    await counted(shown);
    expect(admin.tab.complaints.filter((line) => !/status of 4(04|22)/.test(line))).toEqual([]);
  });

  it("speaks Russian, works at a phone's width, in the dark, and axe finds nothing serious", async () => {
    const storageState = await page.context().storageState();
    const options = { locale: "ru-RU", viewport: { width: 360, height: 740 }, colorScheme: "dark" } as const;
    const phone = await openTab(admin.browser, { ...options, storageState: { ...storageState, origins: [] } });
    await phone.page.goto(`${admin.server.url}/w/demo/contacts`);
    await phone.page.getByText(/^Контактов: \d/).waitFor();
    const fits = async () =>
      await phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth <= 0);
    expect(await fits()).toBe(true);
    await noSeriousTrouble(phone.page);
    await phone.page.locator("tbody a").first().click();
    await phone.page.getByText("Что происходило").waitFor();
    expect(await fits()).toBe(true);
    await noSeriousTrouble(phone.page);
    await phone.page.goto(`${admin.server.url}/w/demo/contacts/import`);
    await phone.page.getByText("Скачать шаблон").waitFor();
    expect(await fits()).toBe(true);
    expect(phone.complaints).toEqual([]);
    await phone.close();
  });
});
