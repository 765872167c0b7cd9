import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServerProcess, type ServerProcess } from "../test/crash/server-process.ts";
import { hasBrowser, launchBrowser, openTab } from "./browser.ts";
import { becomeFirstUser } from "./first-user.ts";

const person = { email: "ada@example.com", password: "correct horse battery" };

/** What somebody with an empty cache waits for, in bytes as they come over the wire. */
describe.skipIf(!hasBrowser)("the scripts of a first visit", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "first-load-"));
  const data = path.join(folder, "data");
  let server: ServerProcess;
  let browser: Browser;
  let storageState: Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>>;

  beforeAll(async () => {
    server = await createServerProcess({ DATA_DIR: data });
    await server.start();
    browser = await launchBrowser();
    const { page, close } = await openTab(browser);
    await becomeFirstUser(page, { url: server.url, data }, person);
    storageState = await page.context().storageState();
    await close();
  });

  afterAll(async () => {
    await browser?.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  /** Bytes of script until the page shows what it is for. */
  async function weigh(
    address: string,
    { isSignedIn, isThere }: { readonly isSignedIn: boolean; readonly isThere: (page: Page) => Promise<void> },
  ): Promise<number> {
    const { page, close } = await openTab(browser, isSignedIn ? { storageState } : {});
    const scripts: Request[] = [];
    page.on("requestfinished", (request) => {
      if (request.resourceType() === "script") scripts.push(request);
    });
    await page.goto(`${server.url}${address}`);
    await isThere(page);
    await page.waitForLoadState("networkidle");
    const sizes = await Promise.all(scripts.map(async (request) => (await request.sizes()).responseBodySize));
    await close();
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    process.stdout.write(`${address}: ${Math.round(bytes / 1000)} kB of script\n`);
    return bytes;
  }

  it("weigh less than 300 kB for signing in", async () => {
    const isThere = (page: Page) => page.getByRole("button", { name: "Sign in" }).waitFor();
    const bytes = await weigh("/sign-in", { isSignedIn: false, isThere });
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(300_000);
  });

  it("weigh less than 700 kB for the flow builder", async () => {
    const isThere = (page: Page) => page.locator(".react-flow__node-step").first().waitFor();
    const bytes = await weigh("/w/demo/flows/demo", { isSignedIn: true, isThere });
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(700_000);
  });
});
