import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aReceiver, type Receiver } from "../test/receiver.ts";
import { startTelegramStandIn, type TelegramStandIn } from "../test/stand-ins/telegram-bot-api.ts";
import { until } from "../test/until.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { type Admin, openAdmin } from "./open-admin.ts";
import { findTroubles } from "./page-troubles.ts";

/** Everything that a marketer sets up, as somebody does it who has the browser alone. */
describe.skipIf(!hasBrowser)("the set-up pages", () => {
  let admin: Admin;
  let receiver: Receiver;
  let telegram: TelegramStandIn;
  let page: Page;

  beforeAll(async () => {
    admin = await openAdmin({ settings: { OUTBOUND_ALLOW_NETWORKS: "127.0.0.0/8" } });
    page = admin.page;
    receiver = await aReceiver();
    telegram = await startTelegramStandIn();
  });

  afterAll(async () => {
    await admin?.close();
    await receiver?.close();
    await telegram?.close();
  });

  const open = (place: string) => page.goto(`${admin.server.url}/w/demo${place}`);
  const dialog = () => page.getByRole("dialog");
  const choose = async (label: string, option: string, within: Page | Locator = page) => {
    await within.getByRole("combobox", { name: label, exact: true }).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  };
  const api = callFrom(() => page);

  it("make a bot and put it on a site", async () => {
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("button", { name: "New bot" }).click();
    await dialog().getByLabel("Name").fill("Shop");
    await dialog().getByRole("button", { name: "Create" }).click();
    const shop = page.locator("section", { has: page.getByRole("heading", { name: "Shop" }) });
    await shop.getByText("Not connected with anything yet").waitFor();
    await shop.getByRole("button", { name: "Connect a channel" }).click();
    // A kind is told by what it is for and what it takes, and one may look at another first.
    const telegram = dialog().getByRole("button", { name: "Telegram", exact: true });
    expect(await telegram.getAttribute("aria-describedby")).toBeTruthy();
    await dialog().getByText("Needed: a token from @BotFather").waitFor();
    await dialog().getByText("which this one has not yet").first().waitFor();
    await telegram.click();
    await dialog().getByRole("button", { name: "Advanced settings" }).click();
    await dialog().getByText("Chosen for this server. This server asks the platform").waitFor();
    const mode = dialog().getByRole("combobox", { name: "How messages come in" });
    expect(await mode.inputValue()).toContain("polling");
    await choose("How messages come in", "The platform calls this server (webhook)", dialog());
    await dialog().getByText(`does not reach this server at ${admin.server.url}`).waitFor();
    await dialog().getByRole("button", { name: "All kinds of channels" }).click();
    await dialog().getByRole("button", { name: "Web chat", exact: true }).click();
    await dialog().getByLabel("Colour").click();
    await page.getByRole("button", { name: "#b91c1c" }).click();
    await dialog().getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("The bot has no published flow yet").waitFor();
    await page.getByText("Open the chat and write to the bot").waitFor();
    expect(await page.getByRole("textbox", { name: "Colour" }).inputValue()).toBe("#b91c1c");
    const snippet = page.getByRole("textbox", { name: "Code for your site" });
    await snippet.waitFor();
    const { data: bots } = await api("GET", "/bots");
    const ref = bots.find(({ name }: { name: string }) => name === "Shop").ref;
    expect(await snippet.inputValue()).toBe(
      `<script src="${admin.server.url}/widget.js" data-bot="${ref}" async></script>`,
    );
    await page
      .getByText(/^Only this machine can open this address.*sets PUBLIC_URL/)
      .first()
      .waitFor();
    const chat = await page.getByRole("textbox", { name: "Link to the chat" }).inputValue();
    expect((await fetch(chat)).status).toBe(200);
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText(/^It works/).waitFor();
  });

  it("connect Telegram with its token alone, which is asked for messages where it cannot call", async () => {
    await open("/settings/channels");
    const demo = page.locator("section", { has: page.getByRole("heading", { name: "Demo" }) });
    await demo.getByRole("button", { name: "Connect a channel" }).click();
    await dialog().getByRole("button", { name: "Telegram", exact: true }).click();
    await dialog().getByLabel("Access token").fill("123456:ABCDEFGHIJKLMNOP");
    await dialog().getByRole("button", { name: "Advanced settings" }).click();
    await dialog().getByLabel("Address of the platform's API").fill(telegram.url);
    await dialog().getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("Open the chat in Telegram and press Start").waitFor();
    expect(await page.getByRole("link", { name: "Open the chat" }).getAttribute("href")).toBe(
      "https://t.me/standin_bot",
    );
    await until("the server asks for messages", () => telegram.calls.some(({ method }) => method === "getUpdates"));
    expect(telegram.calls.map(({ method }) => method)).not.toContain("setWebhook");
    // Nobody has to be told an address then.
    expect(await page.getByRole("heading", { name: "Webhook address" }).count()).toBe(0);
    await page.getByRole("button", { name: "Delete" }).click();
    await dialog().getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { name: "Channels", level: 1 }).waitFor();
  });

  it("find a setting by what stands in its page", async () => {
    await open("/settings/channels");
    const menu = page.getByRole("navigation", { name: "Settings" });
    await menu.getByText("Operation", { exact: true }).waitFor();
    const search = menu.getByRole("searchbox", { name: "Search settings" });
    await search.fill("time zone");
    await menu.getByRole("link", { name: "Channels" }).waitFor({ state: "detached" });
    await menu.getByRole("link", { name: "Workspace" }).getByText("time zone").waitFor();
    await search.press("Enter");
    await page.getByRole("heading", { name: "Workspace", level: 1 }).waitFor();
    await search.fill("nonsense");
    await menu.getByText("No setting fits").waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    const field = page.getByRole("combobox", { name: "Settings" });
    await field.click();
    await field.fill("password");
    await page.getByRole("option", { name: "My account" }).click();
    await page.getByRole("heading", { name: "My account", level: 1 }).waitFor();
    await page.setViewportSize({ width: 1360, height: 850 });
  });

  it("make an entry link that fits, with its QR code, and count who came by it", async () => {
    await open("/entry-links");
    await page.getByRole("button", { name: "New entry link" }).first().click();
    await dialog().getByRole("textbox", { name: "Name", exact: true }).fill("Spring poster");
    await choose("Bot", "Demo", dialog());
    await choose("What happens when somebody opens it", "Welcome", dialog());
    await dialog().getByRole("button", { name: "More: source (UTM), data for flows" }).click();
    await dialog().getByLabel("Source (utm_source)").fill("poster");
    await dialog().getByText("Contacts have no field for this yet").waitFor();
    const one = dialog().getByRole("group", { name: "For one person" });
    await one.getByText("Data", { exact: true }).click();
    await one.getByLabel("E-mail").fill(`${"a".repeat(60)}@example.com`);
    await dialog().getByText("Too long for every channel").waitFor();
    await one.getByLabel("E-mail").fill("eve@example.com");
    await dialog()
      .getByText(/^\d+ of 64 characters$/)
      .waitFor();
    await dialog().getByRole("button", { name: "Create" }).click();
    // Shown where it was made, to be taken along.
    await dialog().getByRole("img", { name: "QR code of the link" }).first().waitFor();
    await dialog().getByRole("button", { name: "Copy the link" }).waitFor();
    const link = await page.getByRole("textbox", { name: "Web chat" }).inputValue();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: /PNG/ }).first().click();
    const { data: links } = await api("GET", "/entry-links");
    const { ref } = links.find(({ name }: { readonly name: string }) => name === "Spring poster");
    expect((await download).suggestedFilename()).toBe(`${ref}-webchat.png`);
    const visitor = await openTab(admin.browser);
    await visitor.page.goto(link);
    await visitor.page.getByText("demo bot").first().waitFor();
    await visitor.close();
    await dialog().getByRole("link", { name: "To the link's page" }).click();
    await page.waitForURL((url) => /\/entry-links\/./.test(url.pathname));
    expect(await page.getByLabel("Source (utm_source)").inputValue()).toBe("poster");
    await until("one came", async () => {
      await page.reload();
      await page.getByRole("heading", { name: "Spring poster" }).waitFor();
      return (await page.getByText("Came by it: 1").count()) === 1;
    });
    const { data: eves } = await api("GET", "/contacts?q=eve");
    expect((await api("GET", `/contacts/${eves[0].id}`)).fields).toMatchObject({ utm_source: "poster" });
  });

  it("build an action link from menus, which then does what it says", async () => {
    await open("/settings/tags");
    await page.getByRole("button", { name: "New tag" }).first().click();
    await dialog().getByLabel("Name").fill("Купил курс");
    await dialog().getByRole("button", { name: "Create" }).click();
    await page.getByRole("link", { name: "Купил курс" }).waitFor();
    await page.getByRole("button", { name: "New tag" }).first().click();
    await dialog().getByLabel("Name").fill("Купил курс");
    await dialog().getByRole("button", { name: "Create" }).click();
    await dialog().getByText("there is already a tag").waitFor();
    // Where GetCourse is connected, it is said where its other direction is.
    await open("/settings/integrations");
    await page.getByRole("link", { name: "Inbound webhooks" }).last().click();
    await page.getByRole("heading", { name: "Inbound webhooks" }).waitFor();
    await page.goBack();
    await page.getByText("For the other direction").getByRole("link", { name: "Action links" }).click();
    await page.getByRole("button", { name: "Make a secret key" }).click();
    await page.getByText("Choose a tag.").waitFor();
    await choose("Tag", "Купил курс");
    await page.getByText("Only this machine can open this address").waitFor();
    const link = await page.getByRole("textbox", { name: "Ready link" }).inputValue();
    expect(link).toContain(`${admin.server.url}/compat/bothelp/gc?domain_name=demo&token=`);
    const filled = link.replace("{object.user.email}", "eve@example.com").replace("{object.user.phone}", "");
    expect(await (await fetch(filled, { method: "POST" })).json()).toEqual({ success: true });
    await open("/contacts?tag=%D0%9A%D1%83%D0%BF%D0%B8%D0%BB%20%D0%BA%D1%83%D1%80%D1%81");
    await page.getByText("eve@example.com").first().waitFor();
    await open("/settings/log?ok=true");
    await page
      .getByRole("row", { name: /action-link/ })
      .getByRole("button")
      .first()
      .click();
    await dialog().getByText("Request", { exact: true }).waitFor();
  });

  it("make a token that opens the API, and revoke it", async () => {
    await open("/settings/tokens");
    await page.getByRole("button", { name: "New token" }).first().click();
    await dialog().getByRole("textbox", { name: "Name" }).fill("Make");
    await dialog().getByRole("button", { name: "Create" }).click();
    const token = await dialog().getByLabel("Make", { exact: true }).inputValue();
    const ask = async () =>
      (await fetch(`${admin.server.url}/api/v1/tags`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await ask()).toBe(200);
    await dialog().getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Revoke: Make" }).click();
    await dialog().getByText("locked out within seconds").waitFor();
    await dialog().getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByText("Revoked", { exact: true }).waitFor();
    await until("the token is useless", async () => (await ask()) === 401);
  });

  it("make a webhook, see its delivery and send it again", async () => {
    await open("/settings/webhooks");
    await page.getByRole("button", { name: "New webhook" }).first().click();
    await dialog().getByRole("textbox", { name: "Name" }).fill("CRM");
    await dialog().getByLabel("Address that is called").fill("ftp://example.com");
    await page.getByRole("combobox", { name: "What it hears of" }).fill("tag added");
    await page.getByRole("option", { name: "Tag added" }).click();
    await page.keyboard.press("Escape");
    await dialog().getByRole("button", { name: "Create" }).click();
    await dialog().getByText(/http/).first().waitFor();
    await dialog().getByLabel("Address that is called").fill(`${receiver.url}/crm`);
    await dialog().getByRole("button", { name: "Header", exact: true }).click();
    await dialog().getByLabel("Name", { exact: true }).last().fill("x-key");
    await dialog().getByLabel("Value", { exact: true }).fill("hidden");
    await choose("Signing in at the receiver", "User name and password", dialog());
    await dialog().getByLabel("User name").fill("me");
    await dialog().getByRole("textbox", { name: "Password" }).fill("pass-word");
    await dialog().getByRole("button", { name: "Create" }).click();
    await dialog().getByRole("textbox", { name: "Secret that signs the calls" }).waitFor();
    await dialog().getByRole("button", { name: "Close" }).click();
    const { data: contacts } = await api("GET", "/contacts?q=eve");
    await api("POST", `/contacts/${contacts[0].id}/actions`, {
      actions: [{ action: "add_tag", args: { tag: "heard" } }],
    });
    await until("the receiver was called", () => receiver.at("/crm").length === 1);
    expect(receiver.at("/crm")[0]?.headers).toMatchObject({
      "x-key": "hidden",
      authorization: "Basic bWU6cGFzcy13b3Jk",
    });
    await page.getByRole("button", { name: "Edit: CRM" }).click();
    expect(await dialog().getByLabel("Value", { exact: true }).getAttribute("placeholder")).toBe("kept as it is");
    await dialog().getByRole("button", { name: "Header", exact: true }).click();
    await dialog().getByLabel("Name", { exact: true }).last().fill("x-more");
    await dialog().getByLabel("Value", { exact: true }).last().fill("too");
    await dialog().getByRole("button", { name: "Save" }).click();
    await dialog().waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Deliveries" }).click();
    await page
      .getByRole("row", { name: /Tag added/ })
      .getByText("Delivered")
      .waitFor();
    await page.getByRole("button", { name: "Send again" }).click();
    await until("it was called again", () => receiver.at("/crm").length === 2);
    expect(receiver.at("/crm")[1]?.headers).toMatchObject({ "x-key": "hidden", "x-more": "too" });
  });

  it("draft a broadcast, start it, and see who got it", async () => {
    await open("/broadcasts");
    await page.getByRole("button", { name: "New broadcast" }).first().click();
    await dialog().getByRole("textbox", { name: "Name", exact: true }).fill("Hello");
    await choose("Bot", "Demo", dialog());
    await dialog().getByRole("button", { name: "Make the draft" }).click();
    await dialog().getByRole("alert").first().waitFor();
    await dialog().getByLabel("Text", { exact: true }).fill("Hello, {{ contact.first_name }}!");
    await dialog().getByRole("button", { name: "Make the draft" }).click();
    await page.getByRole("heading", { name: "Hello", level: 1 }).waitFor();
    const id = Number(page.url().split("/").at(-1));
    // Somebody else is quicker.
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Mine");
    expect(await api("PATCH", `/broadcasts/${id}`, { revision: 1, name: "Theirs" })).toMatchObject({ revision: 2 });
    await page.getByRole("alert").getByText("Somebody else changed this draft").waitFor();
    expect(await page.getByRole("button", { name: "Start", exact: true }).isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Keep mine, then save" }).click();
    await page.getByRole("button", { name: "Button", exact: true }).click();
    await page.getByLabel("What it says").fill("Tell me more");
    await choose("Whoever presses it", "goes into a flow");
    await page.getByRole("combobox", { name: /^Flow/ }).click();
    await page.getByRole("option", { name: "Welcome" }).click();
    await page.getByRole("combobox", { name: /^Step/ }).waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("heading", { name: "Mine", level: 1 }).waitFor();
    expect(await api("GET", `/broadcasts/${id}`)).toMatchObject({
      ...{ revision: 3, audience: { all: true } },
      actions: [{ args: { content: { buttons: [{ type: "press", title: "Tell me more", payload: "demo:hello" }] } } }],
    });
    await page.getByRole("button", { name: "Duplicate" }).click();
    await page.waitForURL((url) => !url.pathname.endsWith(`/${id}`));
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await dialog().getByRole("button", { name: "Send it" }).click();
    await page.getByText("Finished").waitFor();
    await page
      .getByRole("row", { name: /Contact \d+ Sent/ })
      .first()
      .waitFor();
    await open(`/broadcasts/${id}`);
    await page.getByRole("button", { name: "Delete" }).click();
    await dialog().getByText("Nobody got it yet").waitFor();
    await dialog().getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { name: "Broadcasts", level: 1 }).waitFor();
  });

  it("keep a reply that the team says again and again, and change it", async () => {
    await open("/settings/saved-replies");
    await page.getByRole("button", { name: "New saved reply" }).first().click();
    await dialog().getByLabel("Shortcut").fill("two words");
    await dialog().getByLabel("Text", { exact: true }).fill("Hello, {{ contact.first_name }}!");
    await dialog().getByRole("button", { name: "Save" }).click();
    await dialog().getByText("letters, digits, _ and -").waitFor();
    await dialog().getByLabel("Shortcut").fill("hi");
    await dialog().getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Edit: hi" }).click();
    await dialog().getByLabel("Text", { exact: true }).fill("Good day!");
    await dialog().getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /\/hi Good day!/ }).waitFor();
    await page.getByRole("button", { name: "Delete: hi" }).click();
    await dialog().getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("No saved replies yet").waitFor();
  });

  it("sell a product with a price, and say what is wrong with one", async () => {
    await open("/products");
    await page.getByRole("button", { name: "New product" }).first().click();
    await dialog().getByRole("textbox", { name: "Name" }).fill("Course");
    await dialog().getByRole("button", { name: "Create" }).click();
    await page.getByRole("button", { name: "Add a variant: Course" }).click();
    await dialog().getByRole("textbox", { name: "Price", exact: true }).fill("12.345");
    await dialog().getByRole("button", { name: "Create" }).click();
    await dialog().getByText("A price looks like 12.50").waitFor();
    await dialog().getByRole("textbox", { name: "Price", exact: true }).fill("12,5");
    await dialog().getByRole("button", { name: "Create" }).click();
    await page.getByText("12.50 EUR").waitFor();
  });

  const places = [
    "/entry-links",
    "/broadcasts",
    "/sequences",
    "/products",
    "/orders",
    ...[
      ...["channels", "channels/1", "integrations", "action-links", "webhooks", "inbound-webhooks", "tokens", "log"],
      ...["tags", "labels", "fields", "variables", "events", "members", "closing-notes", "workspace", "failures"],
      ...["audit-log", "saved-replies"],
    ].map((name) => `/settings/${name}`),
  ];

  /** What opens over a page, and the buttons that lead there. */
  const dialogs: [string, ...(string | RegExp)[]][] = [
    ["/settings/channels", "Подключить канал"],
    ["/settings/channels", "Подключить канал", "Telegram", "Дополнительные настройки"],
    ["/settings/channels", "Подключить канал", "Чат на сайте"],
    ["/entry-links", "Новая ссылка входа", /^Ещё: /],
  ];

  it("say who changed what, with what it was before", async () => {
    await open("/settings/workspace");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Demo school");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await open("/settings/audit-log");
    await page.getByRole("button", { name: "Token revoked" }).waitFor();
    await choose("Kind of thing", "Workspace");
    await page.getByRole("button", { name: "Token revoked" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Workspace's settings changed" }).click();
    await dialog().getByRole("row", { name: "name Demo Demo school" }).waitFor();
    await dialog().getByRole("button", { name: "All that they did" }).click();
    await page.getByRole("button", { name: "Webhook made" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Webhook made" }).waitFor();
  });

  it("speak Russian at a phone's width, and keep to WCAG in light and dark", async () => {
    const storageState = await page.context().storageState();
    for (const colorScheme of ["light", "dark"] as const) {
      const viewport = { width: 360, height: 740 };
      const phone = await openTab(admin.browser, { storageState, locale: "ru-RU", colorScheme, viewport });
      const troubles: string[] = [];
      for (const [place, ...buttons] of [...places.map((one) => [one] as const), ...dialogs]) {
        await phone.page.goto(`${admin.server.url}/w/demo${place}`);
        troubles.push(...(await findTroubles(phone.page, { place, buttons })));
      }
      expect(troubles, colorScheme).toEqual([]);
      expect(phone.complaints).toEqual([]);
      await phone.close();
    }
    expect(admin.tab.complaints.filter((line) => !/status of 4(09|22)/.test(line))).toEqual([]);
  }, 300_000);
});
