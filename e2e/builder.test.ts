import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { findCovered } from "./canvas.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** A flow from the first step to its third version, played before anybody meets it. */
describe.skipIf(!hasBrowser)("the flow builder", () => {
  let admin: Admin;
  let page: Page;

  beforeAll(async () => {
    admin = await openAdmin({ width: 1440, height: 900 });
    page = admin.page;
  });

  afterAll(async () => {
    await admin?.close();
  });

  const boxes = () => page.locator(".react-flow__node-step");
  const panel = (name: string) => page.getByRole("complementary", { name });
  const addStep = async (name: RegExp) => {
    await page.getByRole("button", { name: "Add step" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  const isSaved = () => page.getByText("Saved", { exact: true }).waitFor();

  it("plays a draft that nobody has published, lights up its way and says what it changes", async () => {
    await page.getByRole("link", { name: "Flows" }).first().click();
    await page.getByRole("button", { name: "New flow" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Enquiry");
    await page.getByRole("button", { name: "Create" }).click();
    await addStep(/^Question/);
    await page.getByLabel("Text", { exact: true }).fill("What is your e-mail?");
    await page.getByRole("combobox", { name: "Type" }).click();
    await page.getByRole("option", { name: "E-mail" }).click();
    await addStep(/^Actions/);
    await page.getByRole("combobox", { name: "Action 1" }).click();
    await page.getByRole("option", { name: "Add a tag", exact: true }).click();
    await page.getByLabel("Tag", { exact: true }).fill("lead");
    await addStep(/^Smart delay/);
    await addStep(/^Message/);
    await page.getByLabel("Text", { exact: true }).first().fill("See you, {{ contact.first_name }}!");
    await page.getByRole("button", { name: "Try it" }).click();
    const simulator = panel("Simulator");
    await simulator.getByRole("button", { name: "Who the person is" }).click();
    await simulator.getByLabel("Name").fill("Grace Hopper");
    await simulator.getByRole("button", { name: "Begin", exact: true }).click();
    await simulator.getByText("What is your e-mail?", { exact: true }).waitFor();
    await simulator.getByText("takes the next answer").waitFor();
    expect(await page.locator('.step-box[data-trail="here"]').count()).toBe(1);
    await simulator.getByLabel("Write as the contact").fill("grace@example.com");
    await page.keyboard.press("Enter");
    await simulator.getByText("Tag added: lead").waitFor();
    await until("the way is lit up", async () => (await page.locator(".react-flow__edge.walked").count()) >= 2);
    await simulator.getByText("See you, Grace!").waitFor();
    await isSaved();
    // Nobody but this page heard of it.
    await page.getByRole("link", { name: "Contacts" }).first().click();
    await page.getByRole("heading", { name: "Contacts" }).waitFor();
    expect(await page.getByText("Grace Hopper").count()).toBe(0);
    await page.goBack();
    await boxes().first().waitFor();
  });

  it("publishes with a note, tells in words what was changed since, and takes it back", async () => {
    await page.getByRole("button", { name: "With a note…" }).click();
    await page.getByLabel("What is new in it").fill("The first one");
    await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
    const warnings = page.getByRole("dialog", { name: "Version 1 is live. Look at this all the same:" });
    await warnings.getByRole("button", { name: /Nothing starts this flow yet/ }).waitFor();
    await warnings.getByRole("button", { name: /The answer is kept nowhere/ }).waitFor();
    await warnings.getByRole("button", { name: "Close" }).click();
    await page.getByText("Version 1 is live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Arrange" }).click();
    await boxes().filter({ hasText: "What is your e-mail?" }).click();
    await page.getByLabel("Text", { exact: true }).fill("And your e-mail?");
    await page.getByText("Unpublished changes", { exact: true }).waitFor();
    await isSaved();
    await page.getByRole("button", { name: "Versions and files" }).click();
    const version = panel("Versions and files").getByRole("article", { name: "Version 1" });
    await version.getByText("The first one").waitFor();
    await version.getByText("ada@example.com").waitFor();
    await version.getByRole("button", { name: "What is different" }).click();
    await page.getByText(/text is “And your e-mail\?” and no longer “What is your e-mail\?”/).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await version.getByRole("button", { name: "Into the draft" }).click();
    await boxes().filter({ hasText: "What is your e-mail?" }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await boxes().filter({ hasText: "And your e-mail?" }).waitFor();
    await isSaved();
  });

  it("puts a file into the draft once the difference was seen", async () => {
    const file = { name: "Enquiry", start: "only", steps: [{ ref: "only", kind: "end" }] };
    await page.getByRole("button", { name: "Versions and files" }).click();
    await page
      .locator('input[type="file"]')
      .setInputFiles({ name: "flow.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(file)) });
    await page.getByText("New step: End (only).").waitFor();
    await page.getByRole("button", { name: "Put it into the draft" }).click();
    await until("one box", async () => (await boxes().count()) === 1);
    await page.getByRole("button", { name: "Undo" }).click();
    await until("the old boxes", async () => (await boxes().count()) === 4);
    await isSaved();
  });

  it("finds a step by what is written in it, and shows how a messenger would show it", async () => {
    await page.keyboard.press("Escape");
    await page.locator(".react-flow__pane").click({ position: { x: 10, y: 400 } });
    await page.keyboard.press("Control+f");
    await page.getByRole("textbox", { name: "Find a step" }).fill("see you");
    await page.keyboard.press("Enter");
    const preview = page.getByRole("region", { name: "As the messenger shows it" });
    // A variable is called by its name; how it is written is told on it.
    await preview.getByText("See you, First name!").waitFor();
    await boxes().filter({ hasText: "See you, First name!" }).getByTitle("{{ contact.first_name }}").waitFor();
    // As the bot's own channel shows it, and as any other would.
    expect(await preview.getByRole("combobox", { name: "Messenger" }).inputValue()).toBe("Web chat");
    await preview.getByRole("combobox", { name: "Messenger" }).click();
    await page.getByRole("option", { name: "Telegram" }).click();
    await page.getByLabel("Text", { exact: true }).first().fill("x".repeat(4097));
    await preview.getByText(/4096 characters in one message; these are 4097/).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await isSaved();
  });

  it("makes a flow of a template, and counts on its steps what came of it", async () => {
    await page.getByRole("link", { name: "Flows" }).first().click();
    await page.getByRole("button", { name: "New flow" }).click();
    await page.getByRole("radio", { name: /^Support hand-over/ }).click();
    await page.getByRole("button", { name: "Create" }).click();
    await until("the template's boxes", async () => (await boxes().count()) === 6);
    expect(await findCovered(await boxes().all())).toEqual([]);
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByText("Version 1 is published.").waitFor();
    const chat = await openTab(admin.browser);
    await chat.page.goto(`${admin.server.url}/chat/demo`);
    await chat.page.getByText("demo bot").first().waitFor();
    // What the demo flow asks gets its answers first: a keyword waits until nothing is asked.
    for (const [line, answer] of [
      ["A help desk", "What is your e-mail address?"],
      ["eve@example.com", "What I know about you by now"],
      ["help", "What is it about?"],
    ] as const) {
      await chat.page.getByLabel("Message", { exact: true }).fill(line);
      await chat.page.keyboard.press("Enter");
      await chat.page.getByText(answer).last().waitFor();
    }
    await chat.page.getByRole("button", { name: "Delivery" }).click();
    await chat.page.getByText("We deliver within three days").waitFor();
    await page.getByRole("button", { name: "Numbers on the steps" }).click();
    const menu = boxes().filter({ hasText: "What is it about?" });
    await menu.getByText("entered 1").waitFor();
    await menu.getByText("clicked 1").waitFor();
    await chat.close();
  });

  it("complains about nothing", () => {
    expect(admin.tab.complaints).toEqual([]);
  });
});
