import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createServerProcess, type ServerProcess } from "../test/crash/server-process.ts";
import { aMail } from "../test/email-channel.ts";
import { aReceiver, type Receiver } from "../test/receiver.ts";
import { testCertificate } from "../test/stand-ins/certificate.ts";
import { type SmtpStandIn, startSmtpStandIn } from "../test/stand-ins/smtp.ts";
import { until } from "../test/until.ts";
import { hasBrowser, launchBrowser } from "./browser.ts";
import { becomeFirstUser } from "./first-user.ts";
import { findBroken, hostile, readPlaces, type Watch, watch } from "./hostile.ts";

const login = { user: "bot@shop.example", password: "a-password-of-ours" };
const webhookSecret = "a-webhook-secret";
const badAddresses = [
  "javascript:ran('link')",
  " javascript:ran('link')",
  "JaVaScRiPt:ran('link')",
  "data:text/html,<script>opener.ran('link')</script>",
  "vbscript:ran('link')",
];

/** Whoever can write anything into the product writes markup and scripts; then everything that shows it is opened. */
describe.skipIf(!hasBrowser)("markup and scripts that people write", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "hostile-"));
  const data = path.join(folder, "data");
  let server: ServerProcess;
  let receiver: Receiver;
  let smtp: SmtpStandIn;
  let browser: Browser;
  let signedIn: Awaited<ReturnType<BrowserContext["storageState"]>>;
  let token: string;
  /** What the pages need in their addresses. */
  const made: Record<string, string> = {};

  const send = async (method: string, at: string, body?: unknown, type = "application/json") =>
    await fetch(`${server.url}/api/v1${at}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": type }) },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  // biome-ignore lint/suspicious/noExplicitAny: answers of many routes, read by a test.
  const call = async (method: string, at: string, body?: unknown, type?: string): Promise<any> => {
    const response = await send(method, at, body, type);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${at}: ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  const make = async (at: string, body: unknown) => await call("POST", at, body);

  beforeAll(async () => {
    server = await createServerProcess({ DATA_DIR: data, OUTBOUND_ALLOW_NETWORKS: "127.0.0.0/8" });
    await server.start();
    receiver = await aReceiver();
    smtp = await startSmtpStandIn(login);
    token = await server.run("token", "create", "--workspace", "demo", "--kind", "api");
    browser = await launchBrowser();
    const context = await browser.newContext({ locale: "en-GB" });
    await becomeFirstUser(await context.newPage(), { url: server.url, data });
    signedIn = await context.storageState();
    await renameWorkspace(context);
    await context.close();
    await writeSetUp();
    await writeFlow();
    await writePeople();
    await writeMail();
    await writeCampaign();
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await receiver?.close();
    await smtp?.close();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  /** Ends once the new name is told: the server remembers for some seconds who is signed in, and where. */
  async function renameWorkspace({ request }: BrowserContext): Promise<void> {
    const name = hostile("space");
    await call("PATCH", "/workspace", { name });
    await until("the new name is told", async () => {
      const session = await (await request.get(`${server.url}/auth/session`)).json();
      return session.workspaces[0].name === name;
    });
  }

  /** Names and descriptions of everything that a workspace sets up. */
  async function writeSetUp(): Promise<void> {
    await make("/bots", { name: hostile("bot"), ref: "bad" });
    await make("/channels", {
      bot: "bad",
      kind: "webchat",
      name: hostile("channel"),
      settings: { title: hostile("chat") },
    });
    await make("/fields", { key: "city", name: hostile("field"), kind: "text", description: hostile("fdesc") });
    await make("/variables", { bot: "bad", key: "v", name: hostile("var"), kind: "text", value: hostile("varval") });
    await make("/secrets", {
      bot: "bad",
      key: "s",
      name: hostile("secret"),
      description: hostile("sdesc"),
      value: "a-secret-of-ours",
    });
    await make("/tags", { name: hostile("tag") });
    await make("/labels", { name: hostile("label") });
    await make("/closing-notes", { bot: "bad", name: hostile("close"), requireSummary: 2 });
    await make("/saved-replies", { shortcut: "bad", text: hostile("reply") });
    const condition = { match: "all", rules: [{ subject: "tag", key: hostile("tag"), operator: "has" }] };
    made.segment = String((await make("/segments", { name: hostile("segment"), condition })).id);
    made.link = (await make("/entry-links", { bot: "bad", name: hostile("entry") })).ref;
    await make("/inbound-webhooks", { bot: "bad", name: hostile("inbound") });
    receiver.answer("/hook", (_call, response) => {
      response.writeHead(500, { "content-type": "text/html" });
      response.end(hostile("answer"));
    });
    await make("/webhooks", { name: hostile("hook"), url: `${receiver.url}/hook`, events: ["contact_created"] });
    const variant = { name: hostile("variant"), sku: "bad", price: 100, currency: "USD" };
    await make("/products", { name: hostile("product"), description: hostile("pdesc"), variants: [variant] });
    const open = { name: hostile("status"), kind: "open" };
    const statuses = [open, { name: "Won", kind: "won" }, { name: "Lost", kind: "lost" }];
    made.plan = (await make("/sales-plans", { name: hostile("plan"), currency: "USD", statuses })).ref;
    made.sequence = (await make("/sequences", { bot: "bad", name: hostile("sequence") })).ref;
    await make("/tokens", { name: hostile("token") });
  }

  /** A flow whose names, texts, buttons and answers are bad, and which asks a server that answers badly. */
  async function writeFlow(): Promise<void> {
    receiver.answer("/ask", (_call, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ city: hostile("asked") }));
    });
    const document = {
      name: hostile("flow"),
      triggers: [{ kind: "start" }],
      start: "hello",
      steps: [
        { ref: "hello", kind: "message", name: hostile("step"), config: { messages: [{ text: hostile("text") }] } },
        {
          ref: "ask",
          kind: "request",
          name: hostile("request"),
          config: { url: `${receiver.url}/ask`, save: [{ from: "body", path: "$.city", field: "city" }] },
        },
        {
          ref: "question",
          kind: "question",
          config: {
            text: hostile("question"),
            answer: { type: "choice", options: [{ id: "o", title: hostile("option") }] },
          },
        },
      ],
      edges: [
        { from: "hello", output: "next", to: "ask" },
        { from: "ask", output: "success", to: "question" },
      ],
    };
    made.flow = (await make("/flows", { bot: "bad", document })).ref;
    await make(`/flows/${made.flow}/publish`, { note: hostile("version") });
  }

  const visit = async (act: object) => {
    const post = async (at: string, body: object) => {
      const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      return await (await fetch(`${server.url}/webchat/bad/${at}`, request)).json();
    };
    made.visitor ??= ((await post("session", {})) as { token: string }).token;
    await post("messages", { token: made.visitor, act });
  };

  /** Somebody in the web chat with a bad name, bad values and bad messages both ways, a deal, an order; and others from a file. */
  async function writePeople(): Promise<void> {
    await visit({ kind: "start", id: "s", payload: hostile("payload") });
    const find = async () => (await call("GET", "/contacts?bot=bad")).data.at(0);
    await until("there is a contact", async () => (await find()) !== undefined);
    const { id } = await find();
    made.contact = String(id);
    await visit({ kind: "text", id: "t", text: hostile("said") });
    await visit({ kind: "button", id: "b", payload: "x", title: hostile("pressed") });
    await call("PATCH", `/contacts/${id}`, {
      name: hostile("name"),
      firstName: hostile("first"),
      clientExternalId: hostile("external"),
    });
    const named = { kind: "file", url: `${server.url}/a-file`, name: hostile("file") };
    const actions = [
      { action: "add_tag", args: { tag: hostile("tag") } },
      { action: "add_label", args: { label: hostile("label") } },
      { action: "add_note", args: { text: hostile("note") } },
      { action: "log_event", args: { event: hostile("event"), text: hostile("logged") } },
      { action: "create_order", args: { items: [{ variant: "bad" }] } },
      { action: "schedule_message", args: { content: hostile("later"), minutes: 600 } },
      { action: "send_message", args: { content: { text: hostile("sent"), attachments: [named] } } },
    ];
    const { results } = await make(`/contacts/${id}/actions`, { actions });
    expect(results.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([]);
    for (const url of badAddresses) {
      const content = {
        text: hostile("linked"),
        buttons: [{ type: "url", title: "Follow me", url }],
        attachments: [
          { kind: "file", url, name: hostile("file") },
          { kind: "image", url },
        ],
      };
      await send("POST", `/contacts/${id}/actions`, { actions: [{ action: "send_message", args: { content } }] });
      await send("PATCH", `/contacts/${id}`, { avatarUrl: url });
      await send("POST", "/products", { name: `By ${url}`, imageUrl: url });
    }
    await make("/deals", { contact: id, plan: made.plan, title: hostile("deal"), note: hostile("dnote") });
    const quoted = (place: string) => `"${hostile(place).replaceAll('"', '""')}"`;
    const csv = `name,email,${quoted("column")}\n${quoted("import")},import@example.com,x\n${quoted("refused")},${quoted("mail")},x\n`;
    const { id: file } = await call(
      "POST",
      `/imports?bot=bad&name=${encodeURIComponent(hostile("csv"))}`,
      csv,
      "text/csv",
    );
    await make(`/imports/${file}/start`, {});
  }

  /** A mail of HTML, with bad headers and a bad file. */
  async function writeMail(): Promise<void> {
    const settings = { host: "127.0.0.1", port: smtp.port, ...login, authority: testCertificate };
    const channel = await make("/channels", {
      bot: "bad",
      kind: "email",
      name: hostile("mailbox"),
      settings: { ...settings, fromAddress: "bot@shop.example", webhookSecret },
    });
    const encoded = (text: string) => `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
    const head = {
      From: `${encoded(hostile("from"))} <eve@example.org>`,
      Subject: encoded(hostile("subject")),
      "Content-Type": 'multipart/mixed; boundary="b"',
    };
    const html = `<p onclick="ran('mail')">Good day</p><script>ran('mail')</script><img src="http://evil.test/mail.png" onerror="ran('mail')"><a href="javascript:ran('mail')">link</a>
      <iframe src="http://evil.test/"></iframe><p>${hostile("html").replaceAll("<", "&lt;")}</p>`;
    const name = encoded(hostile("mailfile"));
    const parts = `--b\r\nContent-Type: text/html\r\n\r\n${html}\r\n--b\r\nContent-Type: text/html; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n<script>ran('mailfile')</script>\r\n--b--\r\n`;
    const response = await fetch(`${server.url}/webhooks/${channel.id}`, {
      method: "POST",
      headers: { authorization: `Bearer ${webhookSecret}`, "content-type": "message/rfc822" },
      body: aMail(head, parts),
    });
    expect(response.ok, await response.clone().text()).toBe(true);
    const find = async () => (await call("GET", "/contacts?bot=bad&email=eve@example.org")).data.at(0);
    await until("the mail has come", async () => (await find()) !== undefined);
    made.mailer = String((await find()).id);
  }

  async function writeCampaign(): Promise<void> {
    const audience = { tags: [hostile("tag")] };
    const body = { bot: "bad", name: hostile("broadcast"), audience, content: hostile("cast"), start: true };
    made.broadcast = String((await make("/broadcasts", body)).id);
    await make("/broadcasts", { ...body, name: hostile("draft"), start: false });
    await until("the hook was called", () => receiver.at("/hook").length > 0);
  }

  interface Shown {
    readonly at: () => string;
    /** Places whose text has to be seen there as it was written. */
    readonly texts: readonly string[];
    /** What has to be done before they are. */
    readonly first?: (page: Page) => Promise<void>;
  }
  const press = (name: string) => async (page: Page) => await page.getByRole("button", { name }).first().click();

  /** Begins the flow in the simulator, and has it ask: the preview of its messages beside it. */
  const simulate = async (page: Page) => {
    await page.locator(".react-flow__node-step").first().click();
    await page.getByRole("button", { name: "Try it" }).click();
    await page.getByRole("button", { name: "Begin", exact: true }).click();
    await page.getByText("Trail").or(page.getByLabel("Write as the contact")).first().waitFor();
  };

  const admin: Readonly<Record<string, Shown>> = {
    overview: { at: () => "/", texts: ["space"] },
    contacts: { at: () => "/contacts", texts: ["name", "tag", "import"] },
    segment: { at: () => `/contacts?segment=${made.segment}`, texts: ["segment", "name"] },
    "a contact": {
      at: () => `/contacts/${made.contact}`,
      texts: ["name", "first", "tag", "label", "note", "field", "asked", "external", "event", "said", "deal", "later"],
    },
    "who wrote a mail": { at: () => `/contacts/${made.mailer}`, texts: ["from"] },
    "a conversation": {
      at: () => `/inbox?contact=${made.contact}`,
      texts: ["said", "sent", "text", "question", "pressed", "file", "linked"],
    },
    "a mail": { at: () => `/inbox?contact=${made.mailer}`, texts: ["html", "from"] },
    flows: { at: () => "/flows", texts: ["flow"] },
    "a flow": { at: () => `/flows/${made.flow}`, texts: ["flow", "step", "text", "question"] },
    "a flow that is tried": { at: () => `/flows/${made.flow}`, texts: ["step", "text"], first: simulate },
    "a flow's versions": { at: () => `/flows/${made.flow}`, texts: ["version"], first: press("Versions") },
    "sales plans": { at: () => "/sales", texts: ["plan"] },
    "a board": { at: () => `/sales/${made.plan}`, texts: ["status", "deal", "name"] },
    channels: { at: () => "/settings/channels", texts: ["bot", "channel", "mailbox"] },
    workspace: { at: () => "/settings/workspace", texts: ["space"] },
    "entry links": { at: () => "/entry-links", texts: ["entry"] },
    "an entry link": { at: () => `/entry-links/${made.link}`, texts: ["entry"] },
    tags: { at: () => "/settings/tags", texts: ["tag"] },
    labels: { at: () => "/settings/labels", texts: ["label"] },
    fields: { at: () => "/settings/fields", texts: ["field", "fdesc"] },
    variables: { at: () => "/settings/variables", texts: ["var", "varval"] },
    secrets: { at: () => "/settings/secrets", texts: ["secret", "sdesc"] },
    events: { at: () => "/settings/events", texts: ["event"] },
    "closing notes": { at: () => "/settings/closing-notes", texts: ["close"] },
    "saved replies": { at: () => "/settings/saved-replies", texts: ["reply"] },
    sequences: { at: () => "/sequences", texts: ["sequence"] },
    "a sequence": { at: () => `/sequences/${made.sequence}`, texts: ["sequence"] },
    tokens: { at: () => "/settings/tokens", texts: ["token"] },
    deliveries: { at: () => "/settings/webhooks", texts: ["hook"], first: press("Deliveries") },
    "inbound webhooks": { at: () => "/settings/inbound-webhooks", texts: ["inbound"] },
    log: { at: () => "/settings/log", texts: [] },
    products: { at: () => "/products", texts: ["product"] },
    orders: { at: () => "/orders", texts: ["name"] },
    broadcasts: { at: () => "/broadcasts", texts: ["broadcast", "draft"] },
    "a broadcast": { at: () => `/broadcasts/${made.broadcast}`, texts: ["broadcast", "cast"] },
    "audit log": { at: () => "/settings/audit-log", texts: ["tag"] },
    failures: { at: () => "/settings/failures", texts: [] },
  };

  /** Opens a page, waits until it shows what it has to, and looks for what must not be in it. */
  async function look(page: Page, address: string, { texts, first }: Omit<Shown, "at">): Promise<void> {
    await page.goto(address);
    await first?.(page);
    let text = "";
    const missing = () => texts.filter((place) => !text.includes(hostile(place)));
    await until(
      `${address} shows ${texts}`,
      async () => {
        text = await readPlaces(page);
        return text.trim() !== "" && missing().length === 0;
      },
      { withinMs: 20_000 },
    ).catch(() => undefined);
    const there = [...new Set([...text.matchAll(/\/\/evil\.test\/(\w+) /g)].map(([, place]) => place))];
    expect.soft(missing(), `${address}: there is ${there}`).toEqual([]);
    expect.soft(await findBroken(page), address).toEqual([]);
  }

  /** What is looked at with the pages' own policy on as well: nothing may even try. */
  const policed = ["a contact", "a conversation", "a mail", "a flow that is tried", "a broadcast"];

  describe.each([
    // Escaping has to hold alone: where the policy is on, a hole would not show.
    { policy: "off", bypassCSP: true, names: Object.keys(admin) },
    { policy: "on", bypassCSP: false, names: policed },
  ])("with the policy $policy", ({ bypassCSP, names }) => {
    let context: BrowserContext;
    let page: Page;
    let seen: Watch;
    beforeAll(async () => {
      context = await browser.newContext({ locale: "en-GB", storageState: signedIn, bypassCSP });
      seen = await watch(context, new URL(server.url).host);
      page = await context.newPage();
    });
    afterEach(() => expect(seen).toEqual({ deeds: [], stopped: [] }));
    afterAll(() => context?.close());

    it.each(names)("are text in the admin: %s", async (name) => {
      const shown = admin[name] ?? expect.fail(name);
      await look(page, `${server.url}/w/demo${shown.at()}`, shown);
    });

    it("are text in the chat's page, to the visitor and to whoever comes with a bad link", async () => {
      const start = encodeURIComponent(hostile("start"));
      await look(page, `${server.url}/chat/bad?start=${start}`, { texts: ["text", "question", "option"] });
    });

    it("are text in the widget on somebody's page", async () => {
      await page.route("**/shop", (route) =>
        route.fulfill({
          contentType: "text/html",
          body: `<!doctype html><title>Shop</title><script src="/widget.js" data-bot="bad"></script>`,
        }),
      );
      const first = async () => await page.locator(".launcher").click();
      await look(page, `${server.url}/shop`, { texts: ["chat", "text", "question"], first });
    });

    it("are text in what a person gets who asks for their data", async () => {
      const answer = await page.goto(`${server.url}/api/v1/contacts/${made.contact}/data?workspace=demo`);
      expect(answer?.status()).toBe(200);
      expect(answer?.headers()).toMatchObject({
        "content-type": expect.stringContaining("application/json"),
        "x-content-type-options": "nosniff",
      });
      const text = await page.locator("body").innerText();
      for (const place of ["name", "said", "note", "asked", "deal"])
        expect(text).toContain(JSON.stringify(hostile(place)).slice(1, -1));
      expect(await findBroken(page)).toEqual([]);
    });
  });
});
