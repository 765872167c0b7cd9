import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

const steps = [
  {
    ref: "ask",
    kind: "question",
    name: "Ask",
    config: { text: "Size?", answer: { type: "text" }, saveTo: { variable: "size" } },
  },
  { ref: "find", kind: "query", name: "Find", config: { query: "get_message", args: { mid: "1" } } },
  {
    ref: "sell",
    kind: "action",
    name: "Sell",
    config: { actions: [{ action: "send_deal_to_amocrm", args: { name: "Deal", contact: {} } }] },
  },
  {
    ref: "level",
    kind: "question",
    name: "Level",
    config: { text: "Which level?", answer: { type: "number" }, saveTo: { field: "goal" } },
  },
  { ref: "say", kind: "message", name: "Say", config: { messages: [{ text: "Hello" }] } },
  {
    ref: "odd",
    kind: "split",
    name: "Odd",
    config: { branches: ["a", "b"].map((id) => ({ id, title: id, weight: 0 })) },
  },
];
const edges = ["ask:answered:find", "find:next:sell", "sell:next:level", "level:answered:say", "say:next:odd"].map(
  (line) => {
    const [from, output, to] = line.split(":");
    return { from, output, to };
  },
);
const document = {
  name: "Forms",
  start: "ask",
  edges,
  steps: steps.map((step, index) => ({ ...step, at: { x: index * 320, y: 0 } })),
};

const pipelines = [
  { id: 31, name: "Sales", isMain: true, statuses: [{ id: 311, name: "New" }] },
  {
    id: 32,
    name: "Service",
    isMain: false,
    statuses: [
      { id: 321, name: "Asked" },
      { id: 322, name: "Answered" },
    ],
  },
];
const template = {
  name: "order_update",
  language: "en_US",
  status: "approved",
  category: "utility",
  text: "Hi {{1}}, order {{2}} is on its way.",
  variables: 2,
  buttons: [{ kind: "url", title: "Track", hasVariable: true }],
};
/** What two platforms would say: their accounts are not of this test. */
const told: Readonly<Record<string, unknown>> = {
  "/integrations": [{ id: 1, kind: "amocrm", ref: "crm", name: "Our amoCRM" }],
  "/integrations/1/lookups/pipelines": pipelines,
  "/integrations/1/lookups/users": [{ id: 7, name: "Olga" }],
  "/integrations/1/lookups/deal_fields": [{ id: 501, name: "Course" }],
  "/integrations/1/lookups/contact_fields": [{ id: 601, name: "City" }],
  "/channels": [{ id: 9, botId: 1, kind: "whatsapp", name: "WhatsApp", status: "connected" }],
  "/channels/9/templates": [template, { ...template, name: "not_yet", status: "pending" }],
};

describe.skipIf(!hasBrowser)("the builder's forms", () => {
  let admin: Admin;
  let page: Page;

  const call = callFrom(() => page);
  const configOf = async (ref: string) => {
    await page.getByText("Saved", { exact: true }).waitFor();
    const { draft } = await call("GET", "/flows/forms");
    return draft.steps.find((step: { ref: string }) => step.ref === ref).config;
  };
  const open = async (name: string) => {
    await page.locator(`.react-flow__node[data-id="${name}"]`).click();
    await page.getByRole("complementary", { name: /settings|Настройки/ }).waitFor();
  };
  const choose = async (label: string, option: string) => {
    await page.getByRole("combobox", { name: label, exact: true }).first().click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };

  beforeAll(async () => {
    admin = await openAdmin({ width: 1440, height: 900 });
    page = admin.page;
    const { draftRevision } = await call("POST", "/flows", { bot: "demo", ref: "forms", document: { name: "Forms" } });
    const made = await call("PUT", "/flows/forms/draft", { draftRevision, document });
    expect(made.document?.steps?.length, JSON.stringify(made)).toBe(steps.length);
    await page.route("**/api/v1/**", async (route) => {
      const { pathname } = new URL(route.request().url());
      const answer = told[pathname.replace("/api/v1", "")];
      if (answer === undefined || route.request().method() !== "GET") await route.fallback();
      else await route.fulfill({ json: { data: answer } });
    });
    await page.goto(`${admin.server.url}/w/demo/flows/forms`);
  });

  afterAll(async () => {
    await admin?.close();
  });

  it("ask a query for what it takes, with what the flow keeps among the variables", async () => {
    await open("find");
    await choose("Query", "Find contacts by phone");
    const phone = page.getByLabel("Phone", { exact: true });
    await phone.fill("+7");
    await page.getByRole("button", { name: "Insert a variable" }).first().click();
    await page.getByRole("option", { name: "vars.size" }).click();
    await choose("Where to look", "In the whole workspace");
    await page.getByLabel("Other contacts only").check();
    await page.getByLabel("How many at most").fill("{{ vars.most }}");
    expect(await configOf("find")).toMatchObject({
      query: "find_contacts_by_phone",
      args: { phone: "+7{{ vars.size }}", scope: "workspace", others: true, limit: "{{ vars.most }}" },
    });
    expect((await configOf("find")).args).not.toHaveProperty("mid");
  });

  it("offer amoCRM's pipelines, their statuses, users and fields, and keep parts of the result", async () => {
    await open("sell");
    await choose("Pipeline", "Service");
    await choose("Status", "Answered");
    await choose("Responsible user", "Olga");
    const args = async () => (await configOf("sell")).actions[0].args;
    expect(await args()).toMatchObject({ pipeline: 32, status: 322, responsibleUser: 7 });
    const fields = page.getByRole("group", { name: "Fields", exact: true }).first();
    await fields.getByRole("button", { name: /^Add/ }).click();
    await fields.getByRole("combobox").click();
    await page.getByRole("option", { name: "Course", exact: true }).click();
    await fields.getByLabel(/^Value/).fill("{{ vars.size }}");
    expect(await args()).toMatchObject({ fields: { 501: "{{ vars.size }}" } });
  });

  it("choose an approved template, with a field for each of its variables, and show it filled in", async () => {
    await open("say");
    await page.getByRole("button", { name: "Approved template", exact: true }).click();
    await page.getByRole("combobox", { name: "Template", exact: true }).click();
    expect(await page.getByRole("option", { name: /not_yet/ }).count()).toBe(0);
    await page.getByRole("option", { name: "order_update (en_US)" }).click();
    await page.getByLabel("Value 1", { exact: true }).fill("{{ contact.first_name }}");
    await page.getByLabel("Value 2", { exact: true }).fill("17");
    await page.getByLabel("End of the address behind “Track”").fill("17?from=chat");
    await page.getByText("Hi First name, order 17 is on its way.").waitFor();
    expect((await configOf("say")).messages[0].template).toEqual({
      name: "order_update",
      language: "en_US",
      body: ["{{ contact.first_name }}", "17"],
      urls: [{ index: 0, value: "17?from=chat" }],
    });
    expect(admin.tab.complaints).toEqual([]);
  });

  it("make a field that is missing where its name is typed", async () => {
    await open("level");
    await page.getByRole("combobox", { name: "Field", exact: true }).fill("English level");
    expect(await page.getByRole("option").allTextContents()).toEqual(["New field “English level”"]);
    await page.getByRole("option", { name: "New field “English level”" }).click();
    await until("the answer is kept there", async () => (await configOf("level")).saveTo.field === "english_level");
    const { data } = await call("GET", "/fields");
    expect(data).toContainEqual(
      expect.objectContaining({ key: "english_level", name: "English level", kind: "number" }),
    );
  });

  it("warn under a text of a name that nothing is called by, with the one that was likely meant", async () => {
    await open("say");
    const text = page.getByLabel("Text", { exact: true });
    await text.fill("So you are at {{ fields.english_levle }}");
    const told =
      "{{ fields.english_levle }} stays empty: there is no such field; did you mean {{ fields.english_level }}?";
    await page.getByRole("status").getByText(told).waitFor();
    await text.fill("So you are at {{ fields.english_level }}");
    await page.getByRole("status").getByText(told).waitFor({ state: "detached" });
    // Where the answer is kept is said by the field's name.
    await page
      .locator('.react-flow__node[data-id="level"]')
      .getByText(/English level$/)
      .waitFor();
  });

  it("say in Russian what is wrong, and keep to WCAG with the map in sight, light and dark, wide and narrow", async () => {
    const storageState = await page.context().storageState();
    for (const [locale, colorScheme, width] of [
      ["en-GB", "light", 1440],
      ["ru-RU", "dark", 1440],
      ["ru-RU", "light", 360],
      ["en-GB", "dark", 360],
    ] as const) {
      const other = await openTab(admin.browser, {
        storageState: { ...storageState, origins: [] },
        locale,
        colorScheme,
        viewport: { width, height: 800 },
      });
      page = other.page;
      await page.goto(`${admin.server.url}/w/demo/flows/forms`);
      // A phone has no room for the map.
      if (width > 600) await page.locator(".builder-map").waitFor();
      await page.locator('.step-problem[data-severity="error"]').first().waitFor();
      const seen = `${locale} ${colorScheme} ${width}`;
      expect(await findTroubles(other.page), seen).toEqual([]);
      await page.locator('.react-flow__node[data-id="odd"]').press("Enter");
      await page.getByText(locale === "ru-RU" ? "у всех веток вес 0" : "every branch has the weight 0").waitFor();
      expect(await findTroubles(other.page), `${seen}, a step open`).toEqual([]);
      await findInDialogs(other.page, seen);
      expect(other.complaints).toEqual([]);
      await other.close();
    }
  }, 240_000);

  /** What one has to fill in to connect with each of Meta's messengers. */
  async function findInDialogs(where: Page, seen: string): Promise<void> {
    await where.goto(`${admin.server.url}/w/demo/settings/channels`);
    for (const kind of [/^Messenger/, /^Instagram/, /^WhatsApp/]) {
      await where
        .getByRole("button", { name: /^(Connect a channel|Подключить канал)/ })
        .first()
        .click();
      await where.getByRole("dialog").getByRole("button", { name: kind }).click();
      await where.getByRole("dialog").getByRole("textbox").nth(2).waitFor();
      expect(await findTroubles(where), `${seen}, ${kind}`).toEqual([]);
      await where.keyboard.press("Escape");
      await where.getByRole("dialog").waitFor({ state: "detached" });
    }
  }

  async function findTroubles(where: Page): Promise<string[]> {
    const overflow = await where.evaluate(() => window.document.documentElement.scrollWidth - window.innerWidth);
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const { violations } = await new AxeBuilder({ page: where }).withTags(tags).analyze();
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    return [
      ...(overflow > 0 ? [`${overflow} pixels too wide`] : []),
      ...grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    ];
  }
});
