import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createServerProcess, type ServerProcess } from "../test/crash/server-process.ts";
import { until } from "../test/until.ts";
import { hasBrowser, launchBrowser, openTab, type Tab } from "./browser.ts";

/** The demo bot, talked to by a browser, on the server that `npm start` runs. */
describe.skipIf(!hasBrowser)("the demo chat", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "demo-chat-"));
  let server: ServerProcess;
  let browser: Browser;
  const tabs: Tab[] = [];

  async function open(address: string): Promise<Tab> {
    const tab = await openTab(browser);
    tabs.push(tab);
    await tab.page.goto(`${server.url}${address}`);
    return tab;
  }

  beforeAll(async () => {
    server = await createServerProcess({ DATA_DIR: path.join(folder, "data") });
    await server.start();
    browser = await launchBrowser();
  });

  afterEach(async () => {
    for (const { close, complaints } of tabs.splice(0)) {
      await close();
      // What the browser itself says of a server that is away is no fault of the page's.
      expect(complaints.filter((line) => !/ERR_|Failed to load resource/.test(line))).toEqual([]);
    }
  });

  afterAll(async () => {
    await browser?.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const lines = ({ page }: Tab) => page.locator(".message .bubble").allTextContents();

  it("greets, and takes answers by quick reply and by keyboard", async () => {
    const tab = await open("/chat/demo");
    const { page } = tab;
    await page.getByText("You came without an invite link").waitFor();
    await page.getByRole("button", { name: "A sales funnel" }).click();
    await page.locator(".visitor", { hasText: "A sales funnel" }).waitFor();
    await until("an answer", async () => (await page.locator(".visitor ~ .bot").count()) > 0);
    expect(await page.getByRole("button", { name: "A help desk" }).isVisible()).toBe(false);
    await page.getByLabel("Message", { exact: true }).fill("restart");
    await page.keyboard.press("Enter");
    await until("a second greeting", async () => (await page.getByText("I am the demo bot").count()) === 2);
    expect(await lines(tab)).toContain("restart");
  });

  it("knows what an entry link brings, keeps the history over a reload, and does not begin again", async () => {
    const tab = await open("/chat/demo?start=chess");
    const { page } = tab;
    await page.getByText('interested in the course "Chess"').waitFor();
    expect(page.url()).toBe(`${server.url}/chat/demo`);
    await page.getByRole("button", { name: "A newsletter" }).waitFor();
    const before = await lines(tab);
    await page.reload();
    await page.getByRole("button", { name: "A newsletter" }).waitFor();
    expect(await lines(tab)).toEqual(before);
    // A link that is followed in a conversation that exists counts as well.
    await page.goto(`${server.url}/chat/demo?start=eyJ2Ijp7ImNvdXJzZSI6IkdvIn19`);
    await page.getByText('interested in the course "Go"').waitFor();
  });

  it.each(["stop", "kill"] as const)("goes on after a %s of the server and a new start", async (how) => {
    const tab = await open("/chat/demo");
    const { page } = tab;
    await page.getByRole("button", { name: "A help desk" }).waitFor();
    await server[how]();
    await page.getByText("No connection. What you write").waitFor();
    await page.getByRole("button", { name: "A help desk" }).click();
    await page.locator(".visitor.waiting", { hasText: "A help desk" }).waitFor();
    const before = await lines(tab);
    await server.start();
    await until("an answer", async () => (await page.locator(".visitor ~ .bot").count()) > 0, { withinMs: 40_000 });
    expect((await lines(tab)).slice(0, before.length)).toEqual(before);
    expect(await page.locator(".visitor").count()).toBe(1);
    await page.getByText("Online").waitFor();
  });

  it("sends what was written without a network once it is back", async () => {
    const tab = await open("/chat/demo");
    const { page } = tab;
    await page.getByRole("button", { name: "A help desk" }).waitFor();
    await page.context().setOffline(true);
    await page.getByText("No connection. What you write").waitFor();
    await page.getByLabel("Message", { exact: true }).fill("a help desk");
    await page.keyboard.press("Enter");
    await page.getByText("Sending…").waitFor();
    await page.context().setOffline(false);
    await until("an answer", async () => (await page.locator(".visitor ~ .bot").count()) > 0);
    expect(await page.locator(".visitor").count()).toBe(1);
    expect(await page.getByText("Sending…").count()).toBe(0);
  });
});
