import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { createServerProcess, type ServerProcess } from "../test/crash/server-process.ts";
import { launchBrowser, openTab, type Tab } from "./browser.ts";
import { becomeFirstUser } from "./first-user.ts";

/** A server of its own with the demo workspace, and a browser that is signed in there as its first user. */
export interface Admin {
  readonly server: ServerProcess;
  readonly browser: Browser;
  /** The first user's, on the overview of the demo workspace. */
  readonly tab: Tab;
  readonly page: Page;
  /** The server's data folder. */
  readonly data: string;
  close(): Promise<void>;
}

interface Wishes {
  /** In pixels. */
  readonly width?: number;
  readonly height?: number;
  /** The server's, by their names in the environment. */
  readonly settings?: Readonly<Record<string, string>>;
  /** By which browsers call the server; absent: its address. */
  readonly host?: "127.0.0.1" | "localhost";
}

export async function openAdmin({ width = 1360, height = 850, settings = {}, host }: Wishes = {}): Promise<Admin> {
  const folder = mkdtempSync(path.join(tmpdir(), "admin-"));
  const data = path.join(folder, "data");
  const server = await createServerProcess({ DATA_DIR: data, ...settings }, host);
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  };
  try {
    await server.start();
    browser = await launchBrowser();
    const tab = await openTab(browser, { viewport: { width, height } });
    await becomeFirstUser(tab.page, { url: server.url, data });
    return { server, browser, tab, page: tab.page, data, close };
  } catch (thrown) {
    // Nobody else can: the test has nothing in its hand yet.
    await close();
    throw thrown;
  }
}
