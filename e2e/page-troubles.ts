import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * What keeps the page that was just opened from being read or used, in words; empty: nothing. `heading` is the level of what it is called by; `buttons` lead to what is looked at; `place` is what the page is called in those words.
 */
export async function findTroubles(
  page: Page,
  {
    place,
    heading = 1,
    buttons = [],
  }: { readonly place: string; readonly heading?: number; readonly buttons?: readonly (string | RegExp)[] },
): Promise<string[]> {
  await page.getByRole("heading", { level: heading }).waitFor();
  await page.waitForLoadState("networkidle");
  for (const name of buttons) await page.getByRole("button", { name, exact: true }).first().click();
  // What opens fades in, and is pale until it has.
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== "running"));
  const keys = await page.getByText(/^[a-z]+[A-Za-z]*\.[A-Za-z.]+$/).allInnerTexts();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return [
    ...keys.map((key) => `no word for ${key}`),
    ...(overflow > 0 ? [`${overflow} pixels too wide`] : []),
    ...grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
  ].map((trouble) => `${place}: ${trouble}`);
}
