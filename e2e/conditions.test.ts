import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** A condition put together by somebody who thinks of tags and fields, not of comparisons. */
describe.skipIf(!hasBrowser)("the editor of conditions", () => {
  let admin: Admin;
  let page: Page;

  const call = callFrom(() => page);
  const rule = (name: string) => page.getByRole("group", { name, exact: true });
  const add = async (group: string, subject: string) => {
    await page.getByRole("combobox", { name: "Add a rule" }).click();
    await page.getByRole("listbox").getByText(group, { exact: true }).waitFor();
    await page.getByRole("option", { name: subject, exact: true }).click();
  };
  const choose = async (name: string, label: string, option: string) => {
    await rule(name).getByRole("combobox", { name: label, exact: true }).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };
  const condition = async () => {
    await page.getByText("Saved", { exact: true }).waitFor();
    return (await call("GET", "/flows/rules")).draft.steps[0].config.condition;
  };

  beforeAll(async () => {
    admin = await openAdmin({ width: 1440, height: 900 });
    page = admin.page;
    await call("POST", "/fields", { key: "age", name: "Age", kind: "number" });
    await call("POST", "/fields", { key: "born", name: "Birthday", kind: "date" });
    const steps = [
      { ref: "who", kind: "condition", config: { condition: { match: "all", rules: [] } }, at: { x: 0, y: 0 } },
    ];
    await call("POST", "/flows", { bot: "demo", ref: "rules", document: { name: "Rules", start: "who", steps } });
    await page.goto(`${admin.server.url}/w/demo/flows/rules`);
    await page.locator('.react-flow__node[data-id="who"]').click();
  });

  afterAll(async () => {
    await admin?.close();
  });

  it("asks what to look at first, then for the field, then how a number is compared", async () => {
    await add("The person", "Field");
    await rule("Field").getByText("Choose a field.").waitFor();
    expect(await rule("Field").getByRole("combobox", { name: "Comparison" }).count()).toBe(0);
    await choose("Field", "Which field", "Age");
    await rule("Field").getByRole("combobox", { name: "Comparison" }).click();
    const offered = await page.getByRole("option").allTextContents();
    expect(offered).toContain("Is more than");
    expect(offered).not.toContain("Contains");
    await page.getByRole("option", { name: "Is more than" }).click();
    await rule("Field").getByText("Write a number.").waitFor();
    await rule("Field").getByLabel("Value", { exact: true }).fill("18");
    expect(await condition()).toEqual({
      match: "all",
      rules: [{ subject: "field", key: "age", operator: "gt", value: 18 }],
    });
  });

  it("takes a variable in the place of a number", async () => {
    await rule("Field").getByRole("button", { name: "Compare with a variable" }).click();
    await rule("Field").getByLabel("Value", { exact: true }).fill("{{ vars.limit }}");
    expect((await condition()).rules[0].value).toBe("{{ vars.limit }}");
  });

  it("takes days as days, and tags by their names", async () => {
    await choose("Field", "Which field", "Birthday");
    expect(await rule("Field").getByRole("combobox", { name: "Comparison" }).inputValue()).toBe("Is on");
    await choose("Field", "Comparison", "Is between");
    await rule("Field").getByLabel("From").fill("2000-01-31");
    await rule("Field").getByText("Choose a day.").waitFor();
    await rule("Field").getByLabel("To", { exact: true }).fill("2001-12-31");
    await choose("Field", "Comparison", "Is within the last");
    await rule("Field").getByLabel("Value", { exact: true }).fill("30");
    await add("The person", "Tag");
    await choose("Tag", "Comparison", "does not have the tag");
    await rule("Tag").getByRole("combobox", { name: "Tag", exact: true }).fill("vip");
    expect(await condition()).toEqual({
      match: "all",
      rules: [
        { subject: "field", key: "born", operator: "within_last_days", value: 30 },
        { subject: "tag", key: "vip", operator: "has_not" },
      ],
    });
    await page.locator(".step-box").getByText("does not have the tag vip").waitFor();
  });

  it("finds a field by its name in the first question", async () => {
    await page.getByRole("combobox", { name: "Add a rule" }).fill("age");
    await page.getByRole("option", { name: "Field: Age", exact: true }).click();
    const last = rule("Field").last();
    expect(await last.getByRole("combobox", { name: "Which field" }).inputValue()).toBe("Age");
    await last.getByLabel("Value", { exact: true }).fill("18");
    await until("it is kept", async () => (await condition()).rules[2]?.value === 18);
    expect((await condition()).rules[2]).toMatchObject({ subject: "field", key: "age" });
  });

  it("can be read and used without a mouse", async () => {
    const { violations } = await new AxeBuilder({ page }).include(".builder-panel").analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

  it("complains about nothing", () => {
    expect(admin.tab.complaints).toEqual([]);
  });
});
