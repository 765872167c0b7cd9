import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "./browser.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** What somebody who sees the admin for the first time must not stumble over: codes for names, work that is gone, a click that cannot be taken back. */
describe.skipIf(!hasBrowser)("the admin for a newcomer", () => {
  let admin: Admin;
  let page: Page;
  let contact: number;

  const api = async (method: string, address: string, body?: unknown) =>
    await page.evaluate(
      async ([how, where, what]) => {
        const request = { method: how, headers: { "content-type": "application/json" } };
        const answer = await fetch(`/api/v1${where}`, what === "" ? request : { ...request, body: what });
        if (!answer.ok) throw new Error(await answer.text());
        return await answer.json();
      },
      [method, address, body === undefined ? "" : JSON.stringify(body)] as const,
    );
  const dialog = (name: string) => page.getByRole("dialog", { name });

  beforeAll(async () => {
    admin = await openAdmin({ width: 1360, height: 900 });
    page = admin.page;
    const steps = [
      {
        ref: "q92g75",
        kind: "question",
        name: "Ask for the level",
        config: { text: "How good is your English?", answer: { type: "text" } },
      },
    ];
    const document = { name: "English course", triggers: [{ kind: "start" }], start: "q92g75", steps, edges: [] };
    await api("POST", "/flows", { bot: "demo", ref: "anrxbq8djtsd", document });
    await api("POST", "/flows/anrxbq8djtsd/publish", {});
    const made = await api("POST", "/contacts", { bot: "demo", name: "Eve" });
    contact = made.id;
    await api("POST", `/contacts/${contact}/actions`, {
      actions: [
        { action: "start_flow", args: { flow: "anrxbq8djtsd" } },
        { action: "pause_bot", args: {} },
        { action: "move_conversation", args: { status: "done" } },
      ],
    });
  }, 240_000);

  afterAll(async () => {
    await admin?.close();
  });

  it("says on a contact's page what happened by names, and who did it", async () => {
    await page.goto(`${admin.server.url}/w/demo/contacts/${contact}`);
    await page.getByText("Waits at “Ask for the level” for a reply").waitFor();
    await page.getByText("English course / Ask for the level").waitFor();
    await page.getByText("Entered the flow English course: an action").waitFor();
    await page.getByText("Conversation is now closed").waitFor();
    await page.getByText("You", { exact: true }).first().waitFor();
    expect(await page.getByRole("main").innerText()).not.toMatch(/q92g75|anrxbq8djtsd/);
    // Whoever needs the refs has them all the same.
    await page.getByTitle("anrxbq8djtsd / q92g75").first().waitFor();
  });

  it("leads from one thing back to the list of all", async () => {
    const { ref } = await api("POST", "/sequences", { bot: "demo", name: "Course" });
    const audience = { audience: { all: true }, actions: [{ action: "send_message", args: { content: "Hello" } }] };
    const broadcast = await api("POST", "/broadcasts", { bot: "demo", name: "Sale", ...audience });
    const ways = [
      [`/contacts/${contact}`, "Contacts"],
      [`/sequences/${ref}`, "Sequences"],
      [`/broadcasts/${broadcast.id}`, "Broadcasts"],
      ["/settings/channels/1", "Channels"],
    ];
    for (const [place, list = ""] of ways) {
      await page.goto(`${admin.server.url}/w/demo${place}`);
      await page.getByRole("navigation", { name: "Way back" }).getByRole("link", { name: list }).click();
      await page.getByRole("heading", { name: list, level: 1 }).waitFor();
    }
  });

  it("asks before a sequence's unsaved steps are left, and keeps them for whoever stays", async () => {
    const { ref } = await api("POST", "/sequences", { bot: "demo", name: "Warm up" });
    await page.goto(`${admin.server.url}/w/demo/sequences/${ref}`);
    await page.getByRole("button", { name: "Add a step" }).click();
    await page.getByLabel("Text", { exact: true }).fill("The first lesson");
    await page.getByRole("link", { name: "Contacts" }).click();
    await dialog("This is not saved").getByRole("button", { name: "Go on editing" }).click();
    expect(await page.getByLabel("Text", { exact: true }).inputValue()).toBe("The first lesson");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Contacts" }).click();
    await page.getByRole("heading", { name: "Contacts", exact: true }).waitFor();
  });

  it("asks before a dialog goes with what was typed in it, and lets an empty one go", async () => {
    await page.goto(`${admin.server.url}/w/demo/broadcasts`);
    const open = () => page.getByRole("button", { name: "New broadcast" }).first().click();
    const form = dialog("New broadcast");
    await open();
    await form.waitFor();
    await page.keyboard.press("Escape");
    await form.waitFor({ state: "detached" });
    await open();
    await form.getByRole("textbox", { name: "Name", exact: true }).fill("News");
    await page.keyboard.press("Escape");
    await dialog("This is not saved").getByRole("button", { name: "Go on editing" }).click();
    expect(await form.getByRole("textbox", { name: "Name", exact: true }).inputValue()).toBe("News");
    await form.getByLabel("Text", { exact: true }).fill("A group starts on Monday");
    await form.getByRole("button", { name: "Make the draft" }).click();
    await page.getByRole("heading", { name: "News", level: 1 }).waitFor();
  });

  it("starts a broadcast once it has said whom it reaches, and says who was skipped and why", async () => {
    await page.getByRole("button", { name: "Start", exact: true }).click();
    const ask = dialog("Start “News”?");
    await ask.getByText("1 contact, as of now").waitFor();
    await ask.getByText("People who want no messages").waitFor();
    await ask.getByRole("button", { name: "Cancel" }).click();
    await ask.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await ask.getByRole("button", { name: "Send it" }).click();
    await page.getByText("Finished", { exact: true }).waitFor();
    await page.getByRole("list", { name: "Why not" }).getByText("Skipped: ").waitFor();
    await page.getByText("1 of 1 · Sent: 0 · Skipped: 1").waitFor();
    await page.getByText("Nobody got it. Above is why.").waitFor();
    expect(admin.tab.complaints).toEqual([]);
  });
});
