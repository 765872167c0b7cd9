import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ensureWebBuilt } from "../scripts/build-web.ts";
import { type TestDatabase, testDatabase } from "../test/database.ts";
import { until } from "../test/until.ts";
import { aChatBot, type ChatBot, type WebchatServer, webchatServer } from "../test/webchat.ts";
import { hasBrowser, launchBrowser, listen, openTab, type Tab } from "./browser.ts";

/** The widget on somebody's page: another origin, with a style and a policy of its own. */
describe.skipIf(!hasBrowser)("the widget on another site's page", () => {
  const secretKey = Buffer.alloc(32, 9);
  let database: TestDatabase;
  let server: WebchatServer;
  let site: Server;
  let siteUrl: string;
  let browser: Browser;
  const tabs: Tab[] = [];

  beforeAll(async () => {
    await ensureWebBuilt();
    database = await testDatabase();
    server = await webchatServer(database, { secretKey });
    browser = await launchBrowser();
    site = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? "/", "http://site.example");
      const policy = searchParams.get("policy");
      response.setHeader("content-type", "text/html; charset=utf-8");
      if (policy !== null) response.setHeader("content-security-policy", policy);
      response.end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Shop</title>
        <h1>Chess for everybody</h1><a href="#">A link of the page</a>
        ${searchParams.has("styled") ? "<style>* { color: red !important; font-size: 40px !important; display: block }</style>" : ""}
        <script src="${server.url}/widget.js" data-bot="${searchParams.get("bot")}" ${searchParams.get("data") ?? ""} async></script>`);
    }).listen(0, "127.0.0.1");
    await once(site, "listening");
    siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    for (const { close } of tabs.splice(0)) await close();
    server.clock.pass(60_000);
  });

  afterAll(async () => {
    await browser?.close();
    site?.close();
    await server?.stop();
    await database?.close();
  });

  const address = (bot: ChatBot, query: Readonly<Record<string, string>> = {}) =>
    `${siteUrl}/?${new URLSearchParams({ bot: bot.ref, ...query })}`;

  async function visit(url: string, options: BrowserContextOptions & { readonly script?: string } = {}): Promise<Tab> {
    const { script, ...context } = options;
    const tab = await openTab(browser, context);
    tabs.push(tab);
    if (script !== undefined) await tab.page.addInitScript(script);
    await tab.page.goto(url);
    return tab;
  }

  /** Opens the page and the chat, and waits for the greeting. */
  async function begin(bot: ChatBot, options?: Parameters<typeof visit>[1], query?: Readonly<Record<string, string>>) {
    const tab = await visit(address(bot, query), options);
    await tab.page.locator(".launcher").click();
    await tab.page.locator(".bot", { hasText: "Hello!" }).waitFor();
    return tab;
  }

  async function say({ page }: Tab, text: string): Promise<void> {
    await page.getByLabel("Message", { exact: true }).fill(text);
    await page.keyboard.press("Enter");
  }

  /** What somebody sends to all the bot's contacts through the API. */
  async function sendToAll(bot: ChatBot, content: unknown): Promise<void> {
    const contacts = await database.db.selectFrom("contacts").select("id").where("botId", "=", bot.botId).execute();
    for (const { id } of contacts) {
      const actions = [{ action: "send_message", args: { content } }];
      const reply = await server.shell.submit({
        target: { contactId: id },
        happening: { kind: "actions", actions },
        source: "api",
      });
      expect(reply).toMatchObject({ status: "done" });
    }
  }

  const shown = ({ page }: Tab) => page.locator(".message .bubble").allTextContents();

  it("makes nobody a contact who only looks, and greets who opens it", async () => {
    const bot = await aChatBot(database);
    const tab = await visit(address(bot));
    await tab.page.getByRole("button", { name: "Open the chat" }).waitFor();
    const contacts = () => database.db.selectFrom("contacts").select("id").where("botId", "=", bot.botId).execute();
    expect(await contacts()).toEqual([]);
    expect(await tab.page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await tab.page.getByRole("button", { name: "Open the chat" }).click();
    await tab.page.getByText("Hello!").waitFor();
    expect((await contacts()).length).toBe(1);
    expect(tab.complaints).toEqual([]);
  });

  it("shows what was said at once, and each word and answer once", async () => {
    const tab = await begin(await aChatBot(database));
    await tab.page.getByRole("button", { name: "Yes" }).click();
    await tab.page.getByText("Glad.").waitFor();
    for (const word of ["one", "two", "three"]) await say(tab, word);
    await tab.page.getByText("re: three").waitFor();
    const words = await tab.page.locator(".visitor .bubble").allTextContents();
    expect(words).toEqual(["Yes", "one", "two", "three"]);
    const answers = await tab.page.locator(".bot .bubble").allTextContents();
    expect(answers).toEqual(["Hello!", "Glad.", "re: one", "re: two", "re: three"]);
    expect(await tab.page.locator(".waiting, .dots").count()).toBe(0);
  });

  it("can be used with the keyboard alone, and says what is what", async () => {
    const tab = await visit(address(await aChatBot(database)));
    const { page } = tab;
    const launcher = page.locator(".launcher");
    await launcher.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Ann's shop" }).waitFor();
    expect(await launcher.getAttribute("aria-expanded")).toBe("true");
    const focused = () =>
      page.evaluate(() => {
        const active = document.activeElement?.shadowRoot?.activeElement;
        return active?.getAttribute("aria-label") ?? active?.textContent;
      });
    expect(await focused()).toBe("Message");
    expect(await page.getByRole("log", { name: "Conversation" }).getAttribute("aria-live")).toBe("polite");
    await page.getByText("Hello!").waitFor();
    const path = [];
    for (let step = 0; step < 5; step += 1) {
      await page.keyboard.press("Shift+Tab");
      path.push(await focused());
    }
    expect(path).toEqual(["Later", "Site", "Yes", "Conversation", "Close the chat"]);
    for (let step = 0; step < 2; step += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText("Glad.").waitFor();
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await focused()).toBe("Open the chat");
  });

  it("counts what comes while it is closed, over a reload too", async () => {
    const bot = await aChatBot(database);
    const tab = await begin(bot);
    await tab.page.keyboard.press("Escape");
    await sendToAll(bot, "News");
    await tab.page.getByRole("button", { name: "Open the chat, 1 new message" }).waitFor();
    await tab.page.reload();
    await tab.page.getByRole("button", { name: "Open the chat, 1 new message" }).click();
    await tab.page.getByText("News").waitFor();
    await tab.page.keyboard.press("Escape");
    await tab.page.getByRole("button", { name: "Open the chat", exact: true }).waitFor();
  });

  it("shows text as text and opens web addresses only", async () => {
    const bot = await aChatBot(database);
    const tab = await begin(bot);
    await sendToAll(bot, {
      text: '<img src=x onerror="document.title=1"><b>bold</b> see https://example.com/a?b=1. javascript:alert(1)',
      buttons: [
        { type: "url", title: "Bad", url: "javascript:document.title=1" },
        { type: "url", title: "Good", url: "https://example.com/" },
      ],
      attachments: [{ kind: "file", url: "javascript:document.title=1", name: "bad" }],
    });
    const text = tab.page.locator(".bubble", { hasText: "<b>bold</b>" });
    await text.waitFor();
    expect(await text.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href")))).toEqual([
      "https://example.com/a?b=1",
    ]);
    const good = tab.page.getByRole("link", { name: "Good" });
    expect([await good.getAttribute("target"), await good.getAttribute("rel")]).toEqual([
      "_blank",
      "noopener noreferrer",
    ]);
    expect(await tab.page.getByText("Bad", { exact: true }).count()).toBe(0);
    expect(await tab.page.locator(".file").count()).toBe(0);
    expect(await tab.page.title()).toBe("Shop");
  });

  it("shows pictures, films, sounds and files, and a link to what it cannot show", async () => {
    const bot = await aChatBot(database);
    const tab = await begin(bot);
    const picture = `${siteUrl}/picture.svg`;
    await tab.page.route(picture, (route) =>
      route.fulfill({
        contentType: "image/svg+xml",
        body: '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="green"/></svg>',
      }),
    );
    await sendToAll(bot, {
      text: "All kinds",
      attachments: [
        { kind: "image", url: picture, name: "A board" },
        { kind: "image", url: `${siteUrl}/gone.png` },
        { kind: "file", url: `${siteUrl}/files/price%20list.pdf` },
      ],
    });
    await tab.page.getByRole("img", { name: "A board" }).waitFor();
    await tab.page.getByRole("link", { name: "price list.pdf" }).waitFor();
    // The page answers with HTML: no picture.
    await tab.page.getByRole("link", { name: "gone.png" }).waitFor();
    // The picture came after the text, and the end stays in sight.
    await tab.page.getByText("All kinds").waitFor();
    expect(await isAtEnd(tab)).toBe(true);
  });

  it("leaves who has scrolled up where they are, and tells of what is new", async () => {
    const bot = await aChatBot(database);
    const tab = await begin(bot);
    for (let index = 0; index < 15; index += 1) await sendToAll(bot, `Line ${index}\nof\nsome`);
    await tab.page.getByText("Line 14").waitFor();
    expect(await isAtEnd(tab)).toBe(true);
    await tab.page.locator(".log").hover();
    await tab.page.mouse.wheel(0, -3000);
    await until(
      "the log to be scrolled",
      async () => (await tab.page.locator(".log").evaluate((log) => log.scrollTop)) === 0,
    );
    await sendToAll(bot, "The last word");
    await tab.page.getByRole("button", { name: "New messages" }).click();
    expect(await isAtEnd(tab)).toBe(true);
    expect(await tab.page.getByRole("button", { name: "New messages" }).isVisible()).toBe(false);
  });

  it("loads what was said long ago when it is asked for", async () => {
    const bot = await aChatBot(database);
    const tab = await begin(bot);
    const contact = await database.db
      .selectFrom("contacts")
      .select("id")
      .where("botId", "=", bot.botId)
      .executeTakeFirstOrThrow();
    const rows = Array.from({ length: 120 }, (_, index) => ({
      contactId: contact.id,
      channelId: bot.channelId,
      direction: "out" as const,
      eventId: 0,
      ordinal: 0,
      content: JSON.stringify({ text: `Number ${index}`, attachments: [], buttons: [], quickReplies: [] }),
      status: "sent" as const,
      createdAt: new Date(server.clock.now()),
    }));
    await database.db.insertInto("messages").values(rows).execute();
    await tab.page.reload();
    await tab.page.locator(".launcher").click();
    await tab.page.getByText("Number 119").waitFor();
    expect((await shown(tab)).length).toBe(100);
    await tab.page.getByRole("button", { name: "Earlier messages" }).click();
    await tab.page.getByText("Hello!").waitFor();
    expect((await shown(tab)).length).toBe(121);
    expect(await tab.page.getByRole("button", { name: "Earlier messages" }).isVisible()).toBe(false);
  });

  it("keeps what was not sent when the page is left, and sends it once", async () => {
    const bot = await aChatBot(database);
    const tab = await begin(bot);
    const port = Number(new URL(server.url).port);
    await server.stop();
    await tab.page.getByText("No connection. What you write").waitFor();
    await say(tab, "Do not lose this");
    await tab.page.getByText("Sending…").waitFor();
    await tab.page.goto("about:blank");
    server = await webchatServer(database, { secretKey, port });
    await tab.page.goto(address(bot));
    await tab.page.locator(".launcher").click();
    await tab.page.getByText("re: Do not lose this").waitFor();
    expect(await shown(tab)).toEqual(["Hello!", "Do not lose this", "re: Do not lose this"]);
    expect(await tab.page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("outbox")))).toEqual(
      [],
    );
  });

  it("is one conversation in two tabs", async () => {
    const bot = await aChatBot(database);
    const tab = await begin(bot);
    const other = await tab.page.context().newPage();
    const complaints = listen(other);
    await other.goto(address(bot));
    await other.locator(".launcher").click();
    await other.getByText("Hello!").waitFor();
    await say(tab, "From the first");
    await other.getByText("re: From the first").waitFor();
    await tab.page.getByText("re: From the first").waitFor();
    expect(await other.locator(".message .bubble").allTextContents()).toEqual(await shown(tab));
    expect(complaints).toEqual([]);
  });

  it("works where sockets do not pass", async () => {
    const script = `window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.()); } close() {} send() {} };`;
    const tab = await begin(await aChatBot(database), { script });
    await say(tab, "By other ways");
    await tab.page.getByText("re: By other ways").waitFor();
    expect(await shown(tab)).toEqual(["Hello!", "By other ways", "re: By other ways"]);
  });

  it("works where storage is blocked", async () => {
    const script = `Object.defineProperty(window, "localStorage", { get() { throw new Error("blocked"); } });`;
    const tab = await begin(await aChatBot(database), { script });
    await say(tab, "Nothing kept");
    await tab.page.getByText("re: Nothing kept").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it("works under a strict policy, and takes no style from the page", async () => {
    const policy = `default-src 'none'; script-src ${server.url}; connect-src ${server.url} ${server.url.replace("http", "ws")}`;
    const tab = await begin(await aChatBot(database), {}, { policy, styled: "1" });
    const bubble = tab.page.locator(".bubble").first();
    const look = await bubble.evaluate((node) => {
      const { fontSize, color, backgroundColor } = getComputedStyle(node);
      return { fontSize, color, backgroundColor };
    });
    expect(look).toEqual({ fontSize: "15px", color: "rgb(20, 22, 27)", backgroundColor: "rgb(240, 242, 245)" });
    // The policy forbids the page's own style element, and that alone.
    expect(tab.complaints.filter((line) => !line.includes("style"))).toEqual([]);
  });

  it("stays away from pages that may not embed it", async () => {
    const bot = await aChatBot(database, { allowedOrigins: ["https://shop.example"] });
    const tab = await visit(address(bot));
    await until("the refusal", () => tab.complaints.some((line) => line.includes("403")));
    expect(await tab.page.locator(".launcher").isVisible()).toBe(false);
  });

  it("follows a payload of its tag once", async () => {
    const bot = await aChatBot(database);
    const tab = await begin(bot, {}, { data: 'data-start="poster"' });
    await tab.page.reload();
    await tab.page.locator(".launcher").click();
    await tab.page.getByText("Hello!").waitFor();
    await say(tab, "Still me");
    await tab.page.getByText("re: Still me").waitFor();
    expect(await shown(tab)).toEqual(["Hello!", "Still me", "re: Still me"]);
    const contact = await database.db
      .selectFrom("contacts")
      .select("clientExternalId")
      .where("botId", "=", bot.botId)
      .executeTakeFirst();
    expect(contact?.clientExternalId).toBe("poster");
  });

  it("fills a phone's screen, and does not push the keyboard before the greeting", async () => {
    const phone = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };
    const tab = await begin(await aChatBot(database), phone);
    expect(await tab.page.locator(".panel").boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 780 });
    expect(await tab.page.locator(".launcher").isVisible()).toBe(false);
    const tag = await tab.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName);
    expect(tag).toBe("H2");
    await tab.page.getByRole("button", { name: "Close the chat" }).tap();
    await tab.page.getByRole("button", { name: "Open the chat" }).waitFor();
  });

  it("speaks Russian to a Russian browser, and can be opened by the page", async () => {
    const tab = await visit(address(await aChatBot(database)), { locale: "ru-RU" });
    await tab.page.getByRole("button", { name: "Открыть чат" }).waitFor();
    await tab.page.evaluate(() => (window as unknown as { Repartee: { open(): void } }).Repartee.open());
    await tab.page.getByPlaceholder("Напишите сообщение…").waitFor();
    await tab.page.getByText("На связи").waitFor();
  });

  it("looks as the channel's settings say, and readable in any colour", async () => {
    const tab = await begin(await aChatBot(database, { accent: "#ffd400", position: "left", title: "Ask Ann" }));
    const { page } = tab;
    await page.getByRole("dialog", { name: "Ask Ann" }).waitFor();
    const box = await page.locator(".panel").boundingBox();
    expect(box?.x).toBe(20);
    expect(await page.locator("header").evaluate((node) => getComputedStyle(node).color)).toBe("rgb(0, 0, 0)");
    expect(await page.getByRole("button", { name: "Yes" }).evaluate((node) => getComputedStyle(node).color)).toBe(
      "rgb(20, 22, 27)",
    );
  });
});

async function isAtEnd({ page }: Tab): Promise<boolean> {
  return await page.locator(".log").evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 2);
}
