import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

/** Whether there is a browser to test with; says so where there is none. */
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser) {
  process.stderr.write(`The browser tests are skipped: there is no ${executablePath} (CHROMIUM_PATH names another).\n`);
}

export async function launchBrowser(): Promise<Browser> {
  const args = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"];
  return await chromium.launch({ executablePath, args });
}

/** A tab with storage of its own, and everything that its console complained about. */
export interface Tab {
  readonly page: Page;
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return { page, complaints: listen(page), close: () => context.close() };
}

export function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (line) => line.type() === "error" && complaints.push(line.text()));
  return complaints;
}
