import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServerProcess, type ServerProcess } from "../test/crash/server-process.ts";
import { until } from "../test/until.ts";
import { hasBrowser, launchBrowser, listen, openTab, type Tab } from "./browser.ts";
import { becomeFirstUser } from "./first-user.ts";

/** A browser opens six connections to a server: with a stream each, the seventh tab would load nothing. */
const tabsOpen = 8;

/** One agent with many tabs of one browser, and somebody who writes to the demo bot. */
describe.skipIf(!hasBrowser)("tabs of one browser", () => {
  const data = mkdtempSync(path.join(tmpdir(), "tabs-"));
  let server: ServerProcess;
  let browser: Browser;
  let context: BrowserContext;
  let visitor: Tab;
  const complaints: string[][] = [];
  /** The pages that asked for the stream, in their order. */
  const askers: Page[] = [];

  const countStreams = async () => {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    return Number(/^repartee_live_streams (\d+)$/m.exec(metrics)?.[1]);
  };
  const expectOneStream = () => until("the server counts one stream", async () => (await countStreams()) === 1);
  const open = async () => {
    const page = await context.newPage();
    page.setDefaultTimeout(40_000);
    complaints.push(listen(page));
    await look(page);
    return page;
  };
  /** At the visitor's conversation: a row shows the last message alone, which is soon the bot's answer. */
  const look = async (page: Page) => {
    await page.goto(`${server.url}/w/demo/inbox`);
    await page.locator(".inbox-row", { hasText: "eve@example.com" }).click();
    await page.getByRole("log").getByText("demo bot").first().waitFor();
  };
  const say = async (text: string) => {
    await visitor.page.getByLabel("Message", { exact: true }).fill(text);
    await visitor.page.keyboard.press("Enter");
  };
  const expectSeen = (text: string, pages: readonly Page[]) =>
    Promise.all(pages.map((page) => page.getByRole("log").getByText(text).first().waitFor()));
  const pages = () => context.pages();
  const leader = () => askers.at(-1) as Page;
  const expectAsked = (times: number) => until(`${times} asked for the stream`, () => askers.length === times);

  beforeAll(async () => {
    server = await createServerProcess({ DATA_DIR: data });
    await server.start();
    browser = await launchBrowser();
    context = await browser.newContext({ locale: "en-GB", viewport: { width: 1100, height: 700 } });
    context.on("request", (request) => {
      if (new URL(request.url()).pathname === "/api/v1/live") askers.push(request.frame().page());
    });
    const page = await context.newPage();
    complaints.push(listen(page));
    await becomeFirstUser(page, { url: server.url, data });
    visitor = await openTab(browser);
    // {"e":"eve@example.com"}
    await visitor.page.goto(`${server.url}/chat/demo?start=eyJlIjoiZXZlQGV4YW1wbGUuY29tIn0`);
    await visitor.page.getByText("demo bot").first().waitFor();
    await say("is anybody there?");
    await look(page);
    await expectOneStream();
    askers.splice(0, askers.length, page);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await server.stop();
    rmSync(data, { recursive: true });
  });

  it("are all live, eight of them, with one stream in all", async () => {
    for (let n = 1; n < tabsOpen; n += 1) await open();
    expect(pages()).toHaveLength(tabsOpen);
    await say("to all eight");
    await expectSeen("to all eight", pages());
    expect(askers).toHaveLength(1);
    await expectOneStream();
  });

  it("go on when the one with the stream is closed, and miss nothing of what came meanwhile", async () => {
    const closed = leader();
    await Promise.all([closed.close(), say("while it was closed")]);
    await expectAsked(2);
    expect(pages()).toHaveLength(tabsOpen - 1);
    await expectSeen("while it was closed", pages());
    await say("after it was closed");
    await expectSeen("after it was closed", pages());
    await expectOneStream();
  });

  it("go on when the browser freezes the one with the stream, which is up to date when it wakes", async () => {
    const frozen = leader();
    // Chromium freezes no page that it counts as seen, and without a screen it counts all: the page is told what it would be told.
    await frozen.evaluate(() => document.dispatchEvent(new Event("freeze")));
    await expectAsked(3);
    const others = pages().filter((page) => page !== frozen);
    expect(others).toContain(leader());
    await say("while one was frozen");
    await expectSeen("while one was frozen", others);
    await expectOneStream();
    await frozen.evaluate(() => document.dispatchEvent(new Event("resume")));
    await expectSeen("while one was frozen", [frozen]);
    expect(askers).toHaveLength(3);
  });

  it("all come back when the server does, by one stream", async () => {
    await server.kill();
    await server.start();
    await expectOneStream();
    await say("after the server came back");
    await expectSeen("after the server came back", pages());
    expect(new Set(askers.slice(2)).size).toBe(1);
  });

  it("are all left with a sign-out in one of them, and so is the stream", async () => {
    const [signedOut, ...others] = pages();
    expect(complaints.flat().filter((line) => !/ERR_|Failed to load resource/.test(line))).toEqual([]);
    await signedOut?.getByRole("button", { name: "ada@example.com" }).click();
    await signedOut?.getByRole("menuitem", { name: "Sign out" }).click();
    for (const page of others) await page.waitForURL(/\/sign-in\?to=/);
    await until("the server counts no stream", async () => (await countStreams()) === 0);
    expect(new URL(String(signedOut?.url())).pathname).toBe("/sign-in");
  });
});
