import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** A sequence as somebody makes, changes and watches it who has the browser alone. */
describe.skipIf(!hasBrowser)("the page of a sequence", () => {
  let admin: Admin;
  let page: Page;
  let contact: number;

  beforeAll(async () => {
    admin = await openAdmin();
    page = admin.page;
    contact = (await api("POST", "/contacts", { bot: "demo", name: "Ann" })).id;
  });

  afterAll(async () => {
    await admin?.close();
  });

  const api = callFrom(() => page);
  const step = (number: number) => page.getByRole("listitem", { name: `Step ${number}`, exact: true });
  const save = async () => {
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Changes are not saved yet").waitFor({ state: "detached" });
  };
  const refOf = () => page.url().split("/").at(-1) ?? "";

  it("makes a sequence and its steps, with a time, weekdays and a condition", async () => {
    await page.goto(`${admin.server.url}/w/demo/sequences`);
    await page.getByRole("button", { name: "New sequence" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Warm-up");
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await page.getByText("No steps yet").waitFor();
    await page.getByRole("button", { name: "Add a step" }).click();
    await step(1).getByLabel("Name").fill("Welcome");
    await step(1).locator("textarea").first().fill("Hello {{ contact.first_name }}");
    await page.getByRole("button", { name: "Add a step" }).click();
    await step(2).locator("textarea").first().fill("A day later");
    await step(2).getByLabel("At this time").fill("10:00");
    await step(2).getByRole("combobox", { name: "Only on these weekdays" }).click();
    await page.getByRole("option", { name: "Monday" }).click();
    await page.keyboard.press("Tab");
    await step(2).getByRole("switch", { name: "Only for some" }).press("Space");
    await step(2).getByRole("combobox", { name: "Add a rule" }).waitFor();
    await step(2).getByText("1 day after the step before, at 10:00, only Mon").waitFor();
    await save();
    const kept = await api("GET", `/sequences/${refOf()}`);
    expect(kept).toMatchObject({
      revision: 2,
      steps: [
        { name: "Welcome", delay: { amount: 5, unit: "minutes" } },
        { delay: { amount: 1, unit: "days", time: "10:00", weekdays: [1] }, condition: { match: "all", rules: [] } },
      ],
    });
  });

  it("shows who is inside, and where they stand on their own page", async () => {
    await api("POST", `/contacts/${contact}/actions`, {
      actions: [{ action: "subscribe_sequence", args: { sequence: refOf() } }],
    });
    await page.getByRole("tab", { name: "Subscribers" }).click();
    await page.getByRole("cell", { name: "1. Welcome" }).waitFor();
    await page.getByRole("link", { name: "Ann" }).click();
    await page.getByText("Waits for step 1 of 2 “Welcome”").waitFor();
    await page.getByRole("link", { name: "Warm-up" }).click();
    await step(1).getByText("Waiting now: 1").waitFor();
  });

  it("moves, copies, switches off and deletes steps, by keyboard too", async () => {
    await step(1).getByRole("button", { name: "Open" }).focus();
    await page.keyboard.press("Alt+ArrowDown");
    await step(2).getByText("2. Welcome").waitFor();
    await step(1).getByRole("button", { name: "More for step 1" }).click();
    await page.getByRole("menuitem", { name: "Duplicate" }).click();
    await step(3).getByText("3. Welcome").waitFor();
    await step(2).getByRole("switch", { name: "On", exact: true }).press("Space");
    await step(2).getByText("off", { exact: true }).waitFor();
    await save();
    expect((await api("GET", `/sequences/${refOf()}`)).steps).toMatchObject([{}, { isOn: false }, { name: "Welcome" }]);
    await step(2).getByRole("button", { name: "More for step 2" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await save();
    expect((await api("GET", `/sequences/${refOf()}`)).steps).toHaveLength(2);
  });

  it("says beside a field what will not do, and keeps what was typed", async () => {
    await step(1).getByRole("button", { name: "Open" }).click();
    await step(1).getByLabel("Name").fill("n".repeat(201));
    await page.getByRole("button", { name: "Save" }).click();
    await step(1).locator("[aria-invalid=true]").waitFor();
    await step(1).getByLabel("Name").fill("Second");
    await step(1).locator("textarea").first().fill("");
    await save();
    await step(1).getByText("the message has neither text nor attachment").waitFor();
    await step(1).getByText("needs a look").waitFor();
  });

  it("tells two who change it at the same time apart", async () => {
    const ref = refOf();
    await step(2).getByRole("button", { name: "Open" }).click();
    await step(2).locator("textarea").first().fill("Mine");
    const { revision, steps } = await api("GET", `/sequences/${ref}`);
    await api("PATCH", `/sequences/${ref}`, { revision, steps: steps.slice(0, 1) });
    await page.getByText("Somebody else changed this sequence").waitFor();
    await page.getByRole("button", { name: "Keep mine, then save" }).click();
    await save();
    expect((await api("GET", `/sequences/${ref}`)).steps).toMatchObject([{}, { content: { content: "Mine" } }]);
  });

  it("can be used at 360 px, in the dark, and by who does not see it", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.reload();
    await step(1).waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
    expect(admin.tab.complaints.filter((line) => !/40[09]|422/.test(line))).toEqual([]);
  });
});
