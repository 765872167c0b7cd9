import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openTab } from "./browser.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** What is done with flows from outside: found, copied, taken out of service, deleted. */
describe.skipIf(!hasBrowser)("the list of flows", () => {
  let admin: Admin;
  let page: Page;
  beforeAll(async () => {
    admin = await openAdmin();
    page = admin.page;
    const token = await admin.server.run("token", "create", "--workspace", "demo", "--kind", "api");
    for (let number = 1; number <= 9; number += 1) {
      const steps = [{ ref: "hi", kind: "message", config: { messages: [{ text: "Hi" }] } }];
      const document = { name: `Flow ${number}`, start: "hi", steps, edges: [] };
      const made = await fetch(`${admin.server.url}/api/v1/flows`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ bot: "demo", document }),
      });
      expect(made.status).toBe(201);
    }
    await page.getByRole("link", { name: "Flows" }).first().click();
    await row("Flow 9").waitFor();
  });
  afterAll(async () => {
    await admin?.close();
  });
  const row = (name: string) => page.getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
  const pick = async (name: string, item: string) => {
    await page.getByRole("button", { name: `More: ${name}`, exact: true }).click();
    // Another one's menu may still be fading out.
    await page
      .getByRole("menu", { name: `More: ${name}`, exact: true })
      .getByRole("menuitem", { name: item })
      .click();
  };
  const answer = async (verb: string) => {
    await page.getByRole("dialog").getByRole("button", { name: verb }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };

  it("finds one by a part of its name", async () => {
    await page.getByRole("searchbox", { name: "Search" }).fill("w 7");
    await row("Flow 8").waitFor({ state: "detached" });
    await row("Flow 7").waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("");
  });

  it("copies one, and opens the copy", async () => {
    await pick("Flow 3", "Duplicate");
    await page.locator('.react-flow__node[data-id="hi"]').waitFor();
    await page.goBack();
    await row("Flow 3 (copy)").waitFor();
  });

  it("puts flows into a folder, which closes and stays closed", async () => {
    await pick("Flow 5", "Move to a folder");
    await page.getByRole("combobox", { name: "Folder" }).fill("Sales");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Sales 1" }).waitFor();
    await pick("Flow 6", "Move to a folder");
    await page.getByRole("combobox", { name: "Folder" }).click();
    await page.getByRole("option", { name: "Sales" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Sales 2" }).click();
    await row("Flow 5").waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("button", { name: "Sales 2", expanded: false }).waitFor();
    await row("Flow 4").waitFor();
    expect(await row("Flow 6").count()).toBe(0);
    // What is searched for is found wherever it is kept.
    await page.getByRole("searchbox", { name: "Search" }).fill("flow 6");
    await row("Flow 6").waitFor();
    await page.getByRole("searchbox", { name: "Search" }).fill("");
    await page.getByRole("button", { name: "Sales 2" }).click();
    await row("Flow 5").waitFor();
  });

  it("takes one out of service after a question, and its draft stays", async () => {
    await pick("Welcome", "Take out of service");
    await answer("Take out of service");
    await row("Welcome").getByText("Draft").waitFor();
  });

  it("deletes one after a question", async () => {
    await pick("Flow 5", "Delete");
    await page.getByRole("dialog").getByText("with all its versions").waitFor();
    await answer("Delete");
    await row("Flow 5").waitFor({ state: "detached" });
    expect(admin.tab.complaints).toEqual([]);
  });

  it("fits a phone, in Russian, in the dark, and axe finds nothing serious", async () => {
    const storageState = { ...(await page.context().storageState()), origins: [] };
    const viewport = { width: 360, height: 740 };
    const phone = await openTab(admin.browser, { locale: "ru-RU", colorScheme: "dark", viewport, storageState });
    await phone.page.goto(`${admin.server.url}/w/demo/flows`);
    await phone.page.getByRole("button", { name: "Ещё: Flow 9" }).click();
    await phone.page.getByRole("menuitem", { name: "Сделать копию" }).waitFor();
    await phone.page.keyboard.press("Escape");
    await phone.page.getByRole("menuitem").first().waitFor({ state: "detached" });
    const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page: phone.page }).analyze();
    const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(bad.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    expect(phone.complaints).toEqual([]);
    await phone.close();
  });
});
