import type { BrowserContext, Page } from "playwright-core";

/** The host that nothing may load from. */
const foreign = "evil.test";

/** Text for one place where people write: in quotes and tags of any kind it would break out, run, or load. At most 200 characters, as names are. */
export const hostile = (place: string) =>
  `"'><img src=//${foreign}/${place} onerror=ran('${place}')><script>ran('${place}')</script>`;

/** What happened in a tab that must not. */
export interface Watch {
  /** Scripts that ran, dialogs, and calls of other hosts. */
  readonly deeds: readonly string[];
  /** What the policy had to stop. */
  readonly stopped: readonly string[];
}

/** From now on, in every page of this context. `ownHost`: whom pages may load from. */
export async function watch(context: BrowserContext, ownHost: string): Promise<Watch> {
  const deeds: string[] = [];
  const stopped: string[] = [];
  await context.exposeFunction("ran", (place: string) => deeds.push(`ran ${place}`));
  // zod tries once whether it may make functions of texts, and takes the policy's no for an answer; no text of ours would come to that.
  await context.exposeFunction("stopped", (what: string) => what !== "script-src eval" && stopped.push(what));
  await context.addInitScript(() => {
    const tell = (window as unknown as { stopped(what: string): void }).stopped;
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      tell(`${effectiveDirective} ${blockedURI}`),
    );
  });
  await context.route(
    ({ host, protocol }) => host !== ownHost && protocol.startsWith("http"),
    async (route) => {
      deeds.push(`called ${route.request().url()}`);
      await route.abort();
    },
  );
  context.on("dialog", (dialog) => {
    deeds.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { deeds, stopped };
}

/** Elements that came of a text, and addresses that would run when they are followed; also within shadow roots. */
export async function findBroken(page: Page): Promise<string[]> {
  const elements = page.locator(`[onerror], [onload], [src*="${foreign}"], script:text("ran(")`);
  const made = await elements.evaluateAll((all) => all.map(({ outerHTML }) => outerHTML.slice(0, 200)));
  const places = await page
    .locator("[href], [src], [action], [formaction], [srcdoc]")
    .evaluateAll((all) =>
      all.flatMap((element) =>
        ["href", "src", "action", "formaction", "srcdoc"].flatMap((name) => element.getAttribute(name) ?? []),
      ),
    );
  const runs = (address: string) => /^\W*(?:javascript|vbscript|data:text)/i.test(address);
  return [...made, ...places.filter(runs)];
}

/** The places whose text the page shows as it was written: as text, or in a field. */
export async function readPlaces(page: Page): Promise<string> {
  const fields = await page
    .locator("input, textarea")
    .evaluateAll((all) => all.map((field) => (field as HTMLInputElement).value));
  // The widget's are in a shadow.
  const texts = await page.locator("body, .panel").allInnerTexts();
  return [...texts, ...fields].join("\n");
}
