import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../e2e/browser.ts";
import { openDataDirectory, readSecretKey } from "../src/app/data-directory.ts";
import { makeSetupCode } from "../src/shell/setup-code.ts";
import { createServerProcess } from "../test/crash/server-process.ts";
import { apiAt, makePeople, spreadOverWeeks } from "./demo-people.ts";

const images = path.resolve(import.meta.dirname, "..", "docs", "images");
const largest = 250_000;
const person = { name: "Ada Lovelace", email: "ada@example.com", password: "correct horse battery" };

/** Takes the README's pictures of a server that is made, filled and thrown away: `npm run screenshots`. Needs Chromium, as the browser tests do. */
async function takeScreenshots(): Promise<void> {
  mkdirSync(images, { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), "screenshots-"));
  const data = path.join(folder, "data");
  const server = await createServerProcess({ DATA_DIR: data });
  const browser = await launchBrowser();
  try {
    await server.start();
    const page = await signUp(browser, server.url, makeSetupCode(readSecretKey(openDataDirectory(data), undefined)));
    const token = await server.run("token", "create", "--workspace", "demo", "--kind", "api");
    await makePeople(server.url, apiAt(server.url, token));
    await answerSome(page);
    await server.stop();
    await spreadOverWeeks(openDataDirectory(data).database);
    await server.start();
    await takeAll(page, server.url);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

async function signUp(browser: Browser, url: string, code: string): Promise<Page> {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1360, height: 850 },
    deviceScaleFactor: 1,
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByLabel("Set-up code").fill(code);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Your name").fill(person.name);
  await page.getByRole("textbox", { name: "Password" }).fill(person.password);
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.getByRole("heading", { name: "Demo" }).waitFor();
  return page;
}

/** As somebody of the team, which no token is. */
async function answerSome(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const headers = { "content-type": "application/json", "x-workspace": "demo" };
    const { data } = await (await fetch("/api/v1/contacts?limit=40", { headers })).json();
    for (const [index, { id }] of data.entries()) {
      if (index % 3 !== 0) continue;
      const text = "Yes, of course. I have sent you the details by e-mail.";
      const body = JSON.stringify({ text, attachments: [], author: "agent" });
      const answer = await fetch(`/api/v1/contacts/${id}/messages`, { method: "POST", headers, body });
      if (!answer.ok) throw new Error(await answer.text());
    }
  });
}

async function takeAll(page: Page, url: string): Promise<void> {
  const take = async (name: string) => {
    await page.mouse.move(0, 0);
    await page.waitForLoadState("networkidle").catch(() => undefined);
    const file = path.join(images, `${name}.png`);
    await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
    const { size } = statSync(file);
    if (size > largest) throw new Error(`${name}.png has ${size} bytes; ${largest} are the most`);
    process.stdout.write(`${name}.png ${Math.round(size / 1000)} kB\n`);
  };
  await page.goto(`${url}/w/demo`);
  await page.locator(".recharts-surface").first().waitFor();
  await take("overview");
  await page.goto(`${url}/w/demo/flows/demo`);
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByRole("button", { name: "Begin", exact: true }).click();
  await page.getByText("takes the next answer").first().waitFor();
  // The canvas goes along with the play: it has come to where that waits.
  await page.waitForFunction(() => {
    const step = document.querySelector('.react-flow__node[data-id="goal"]')?.getBoundingClientRect();
    return step !== undefined && step.left > 300 && step.right < 900 && document.getAnimations().length === 0;
  });
  await page.locator(".react-flow__controls-zoomout").click();
  await page.waitForFunction(() => document.getAnimations().length === 0);
  await take("builder");
  await page.goto(`${url}/w/demo/inbox`);
  await page.locator(".inbox-row", { hasText: "Yes, of course" }).first().click();
  await page.getByRole("log").getByText("Yes, of course").waitFor();
  await take("inbox");
  await page.goto(`${url}/w/demo/contacts`);
  await page.getByRole("heading", { name: "Contacts", exact: true }).waitFor();
  await page.getByText("Contacts: 64", { exact: true }).waitFor();
  await take("contacts");
  await page.goto(`${url}/w/demo/sales/courses`);
  await page.getByRole("article").first().waitFor();
  await take("sales");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`${url}/w/demo`);
  await page.locator(".recharts-surface").first().waitFor();
  await take("overview-dark");
}

await takeScreenshots();
