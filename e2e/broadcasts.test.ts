import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

const people = 12;

/** A campaign, as a marketer makes, tries, starts and follows it. */
describe.skipIf(!hasBrowser)("a broadcast", () => {
  let admin: Admin;
  let page: Page;

  beforeAll(async () => {
    admin = await openAdmin({ height: 900 });
    page = admin.page;
    await Promise.all(Array.from({ length: people }, talk));
  });

  afterAll(async () => {
    await admin?.close();
  });

  const api = callFrom(() => page);

  /** Somebody says hello in the web chat of the demo bot. */
  async function talk(): Promise<void> {
    const chat = await openTab(admin.browser);
    await chat.page.goto(`${admin.server.url}/chat/demo`);
    await chat.page.getByRole("button", { name: "A sales funnel" }).click();
    await chat.page.getByText("A funnel it is").waitFor();
    await chat.close();
  }

  const noSeriousTrouble = async (where: Page) => {
    const { violations } = await new AxeBuilder({ page: where }).analyze();
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(bad.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  };
  const dialog = () => page.getByRole("dialog");
  const idOf = () => Number(page.url().split("/").at(-1));
  const choose = async (label: string, option: string) => {
    await page.getByRole("combobox", { name: label, exact: true }).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };

  it("says how many it reaches, and has versions, a time and quiet hours of its own", async () => {
    await page.goto(`${admin.server.url}/w/demo/broadcasts`);
    await page.getByRole("button", { name: "New broadcast" }).first().click();
    await dialog().getByRole("textbox", { name: "Name", exact: true }).fill("Spring");
    await dialog().getByRole("status").getByText(`${people} contacts`).waitFor();
    // What is missing is said without a request: one that is refused would be among the tab's complaints.
    await dialog().getByRole("button", { name: "Make the draft" }).click();
    await dialog().getByRole("alert").getByText("Write something").waitFor();
    await dialog().getByLabel("Text", { exact: true }).fill("Spring is here");
    await dialog().getByRole("switch", { name: "Several versions (A/B)" }).click();
    const second = dialog().getByRole("group", { name: "Version B" });
    await second.getByLabel("Text", { exact: true }).fill("It is spring!");
    await second.getByLabel("Share of the audience").fill("95");
    await dialog().getByRole("alert").getByText("105 %").waitFor();
    await dialog().getByRole("button", { name: "Make the draft" }).click();
    await dialog().getByText("more than 100 percent").waitFor();
    await second.getByLabel("Share of the audience").fill("40");
    await dialog().getByRole("group", { name: "Version A" }).getByLabel("Share of the audience").fill("40");
    await dialog().getByText("The other 20 % wait for the winner").waitFor();
    await dialog().getByText("At each contact's own time").click();
    await dialog().getByLabel("Date and time").fill("2020-05-01T10:00");
    await choose("Where that time has passed when it is started", "They get it at once");
    await dialog().getByRole("switch", { name: "Quiet hours" }).click();
    await dialog().getByLabel("Quiet from").fill("03:00");
    await dialog().getByLabel("Quiet until").fill("03:00");
    await noSeriousTrouble(page);
    await dialog().getByRole("button", { name: "Make the draft" }).click();
    await page.getByRole("heading", { name: "Spring", level: 1 }).waitFor();
    expect(await api("GET", `/broadcasts/${idOf()}`)).toMatchObject({
      status: "draft",
      startAt: null,
      plan: { local: { at: "2020-05-01T10:00", passed: "now" }, quiet: { from: "03:00", to: "03:00" } },
      split: {
        winnerBy: "hand",
        variants: [
          { name: "A", share: 40, actions: [{ args: { content: "Spring is here" } }] },
          { name: "B", share: 40, actions: [{ args: { content: "It is spring!" } }] },
        ],
      },
    });
    // The form shows what was kept.
    expect(await page.getByLabel("Date and time").inputValue()).toBe("2020-05-01T10:00");
    expect(await page.getByLabel("Quiet from").inputValue()).toBe("03:00");
  });

  it("is tried with one contact, beside all counts", async () => {
    await page.getByRole("button", { name: "Send a test" }).click();
    await dialog().getByRole("combobox", { name: "To whom" }).click();
    await page.getByRole("option").first().click();
    await page.keyboard.press("Escape");
    await choose("Version", "B");
    await noSeriousTrouble(page);
    await dialog().getByRole("button", { name: "Send", exact: true }).click();
    await dialog().getByRole("status").getByText("Sent").waitFor();
    await dialog().getByRole("button", { name: "Close" }).click();
    expect((await api("GET", `/broadcasts/${idOf()}`)).recipients).toMatchObject({ sent: 0, waiting: 0 });
    const { data: contacts } = await api("GET", "/contacts?limit=50");
    const texts: string[] = [];
    for (const { id } of contacts) {
      const { data: messages } = await api("GET", `/contacts/${id}/messages`);
      texts.push(...messages.map(({ content }: { content: { text?: string } }) => content.text ?? ""));
    }
    expect(texts.filter((text) => /spring/i.test(text)).sort()).toEqual(["It is spring!", "Test: Spring, B"]);
  });

  it("takes a tag by Enter, which sends no form; and says before the start what stays empty", async () => {
    const spring = page.url();
    const [{ id: anybody }] = (await api("GET", "/contacts?limit=1")).data;
    for (const tag of ["old vip", "vip"]) {
      await api("POST", `/contacts/${anybody}/actions`, { action: "add_tag", args: { tag } });
    }
    await page.goto(`${admin.server.url}/w/demo/broadcasts`);
    await page.getByRole("button", { name: "New broadcast" }).first().click();
    await dialog().getByRole("textbox", { name: "Name", exact: true }).fill("Second");
    await dialog().getByText("A condition", { exact: true }).click();
    await dialog().getByRole("combobox", { name: "Add a rule" }).click();
    await page.getByRole("option", { name: "Tag", exact: true }).click();
    await dialog().getByRole("combobox", { name: "Tag", exact: true }).click();
    await page.keyboard.type("vip");
    await page.getByRole("option", { name: "old vip" }).waitFor();
    await page.keyboard.press("Enter");
    expect(await dialog().getByRole("combobox", { name: "Tag", exact: true }).inputValue()).toBe("vip");
    await page.keyboard.press("Enter");
    expect(await dialog().getByRole("alert").count()).toBe(0);
    await dialog().getByLabel("Text", { exact: true }).fill("Hi {{contact.nmae}}");
    await dialog().getByRole("button", { name: "Make the draft" }).click();
    await page.getByRole("heading", { name: "Second", level: 1 }).waitFor();
    expect((await api("GET", `/broadcasts/${idOf()}`)).audience).toEqual({
      condition: { match: "all", rules: [{ subject: "tag", key: "vip", operator: "has" }] },
    });
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await dialog().getByText("{{ contact.nmae }} stays empty").waitFor();
    await noSeriousTrouble(page);
    await dialog().getByRole("button", { name: "Send it" }).click();
    await page.getByText("Finished").waitFor({ timeout: 40_000 });
    // Its report is asked for every 20 seconds once it is over: it has followed the numbers before that.
    await page.getByText(/^Got it: 1\./).waitFor({ timeout: 8_000 });
    await page.goto(spring);
  });

  it("is followed until its shares are sent, and its winner is chosen", async () => {
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await dialog().getByText("contacts, as of now").waitFor();
    await noSeriousTrouble(page);
    await dialog().getByRole("button", { name: "Send it" }).click();
    await page.getByText("Every share was sent. The rest waits for you to choose.").waitFor({ timeout: 40_000 });
    await page.getByText(/^Got it: [1-9]/).waitFor({ timeout: 40_000 });
    await until("the chart is drawn", async () => (await page.locator(".recharts-surface").count()) > 0);
    await noSeriousTrouble(page);
    await page.getByRole("button", { name: "B goes to the rest" }).click();
    await page.getByText("Finished").waitFor({ timeout: 40_000 });
    await page.getByText("The rest gets version B.").waitFor();
    await page.getByText("Table", { exact: true }).click();
    await page.getByRole("rowheader", { name: "A", exact: true }).waitFor();
    const { recipients } = await api("GET", `/broadcasts/${idOf()}`);
    expect(recipients).toMatchObject({ sent: people, failed: 0, skipped: 0, waiting: 0 });
    await page.getByText("Web chat tells neither what was delivered nor what was read.").waitFor();
    const href = await page.getByRole("link", { name: "Recipients as CSV" }).getAttribute("href");
    const file = await page.evaluate(async (address) => await (await fetch(address ?? "")).text(), href);
    expect(file.trim().split("\r\n")).toHaveLength(people + 1);
    expect(file).toMatch(/,sent,,B,/);
  });

  it("works in Russian, in the dark, at a phone's width, and complains of nothing", async () => {
    const storage = await page.context().storageState();
    const phone = await openTab(admin.browser, {
      locale: "ru-RU",
      colorScheme: "dark",
      viewport: { width: 360, height: 740 },
      storageState: { ...storage, origins: [] },
    });
    const noOverflow = async () => {
      const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
    };
    await phone.page.goto(page.url());
    await phone.page.getByText("Остальные получают версию B.").waitFor();
    await until("the chart is drawn", async () => (await phone.page.locator(".recharts-surface").count()) > 0);
    await noOverflow();
    await noSeriousTrouble(phone.page);
    await phone.page.getByRole("button", { name: "Сделать копию" }).click();
    await phone.page.getByRole("group", { name: "Версия A" }).waitFor();
    await phone.page.getByText("По местному времени").waitFor();
    await noOverflow();
    await noSeriousTrouble(phone.page);
    expect(phone.complaints).toEqual([]);
    await phone.close();
    // A form that was refused is a request that failed.
    expect(admin.tab.complaints.filter((line) => !line.includes("status of 422"))).toEqual([]);
  });
});
