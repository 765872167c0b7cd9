import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServerProcess, type ServerProcess } from "../test/crash/server-process.ts";
import { until } from "../test/until.ts";
import { hasBrowser, launchBrowser, openTab, type Tab } from "./browser.ts";
import { becomeFirstUser } from "./first-user.ts";

/** A form that changes something: where it is, what is typed over, and how the API says what is kept. */
interface Form {
  /** Makes what is changed; its path in the API. */
  make(): Promise<string>;
  /** Where the form is. */
  page(resource: string): string;
  /** The button that opens it; absent: it is there. */
  opener?: string;
  label: string;
  key: string;
  /** With what it comes to others, where a revision is asked for. */
  revised?: true;
}

/** One of each kind: dialogs over lists, pages that are a form, cards of which each has its own, forms with a revision. */
describe.skipIf(!hasBrowser)("a form", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "forms-"));
  const data = path.join(folder, "data");
  let server: ServerProcess;
  let browser: Browser;
  let tab: Tab;

  const api = async (method: string, address: string, body?: unknown) =>
    await tab.page.evaluate(
      async ([how, where, what]) => {
        const headers = { "x-workspace": "demo", ...(what === "" ? {} : { "content-type": "application/json" }) };
        const answer = await fetch(`/api/v1${where}`, { method: how, headers, ...(what === "" ? {} : { body: what }) });
        const said = await answer.json();
        if (!answer.ok) throw new Error(`${how} ${where}: ${JSON.stringify(said)}`);
        return said;
      },
      [method, address, body === undefined ? "" : JSON.stringify(body)] as const,
    );
  const made =
    (list: string, body: object, by = "id") =>
    async () =>
      `${list}/${(await api("POST", list, body))[by]}`;
  const dialog = (list: string, body: object, place = `/settings${list}`): Form => ({
    make: made(list, { name: "Old", ...body }),
    page: () => place,
    opener: "Edit: Old",
    label: "Name",
    key: "name",
  });
  let keys = 0;
  /** Keys are for good, and each one's own. */
  const withKey = (list: string, body: object): Form => ({
    ...dialog(list, {}),
    make: async () => {
      keys += 1;
      return await made(list, { name: "Old", key: `key${keys}`, ...body })();
    },
  });
  const forms: Readonly<Record<string, Form>> = {
    "a tag": dialog("/tags", {}),
    "a field": withKey("/fields", { kind: "text" }),
    "a variable": withKey("/variables", { bot: "demo", kind: "text", value: "x" }),
    "a closing note": dialog("/closing-notes", { bot: "demo" }),
    "a webhook": dialog("/webhooks", { url: "https://example.org/hook", events: ["tag_added"], active: false }),
    "an inbound webhook": dialog("/inbound-webhooks", { bot: "demo" }),
    "an integration": dialog("/integrations", {
      kind: "getcourse",
      settings: { account: "school", key: "a secret" },
      active: false,
    }),
    "a product": dialog("/products", {}, "/products"),
    "an entry link": {
      make: made("/entry-links", { bot: "demo", name: "Old" }, "ref"),
      page: (resource) => resource,
      label: "Name",
      key: "name",
    },
    "a channel": {
      make: async () => "/channels/1",
      page: (resource) => `/settings${resource}`,
      label: "Name",
      key: "name",
    },
    "the workspace": { make: async () => "/workspace", page: () => "/settings/workspace", label: "Name", key: "name" },
    "a contact's profile": {
      make: made("/contacts", { bot: "demo", firstName: "Old" }),
      page: (resource) => resource,
      label: "First name",
      key: "firstName",
    },
    "a broadcast's draft": {
      make: made("/broadcasts", {
        bot: "demo",
        name: "Old",
        audience: { all: true },
        actions: [{ action: "send_message", args: { content: { text: "Hello" } } }],
      }),
      page: (resource) => resource,
      label: "Name",
      key: "name",
      revised: true,
    },
    "a sequence": {
      make: made("/sequences", { bot: "demo", name: "Old" }, "ref"),
      page: (resource) => resource,
      label: "Name",
      key: "name",
      revised: true,
    },
  };

  const open = async (page: Page, { page: place, opener }: Form, resource: string) => {
    await page.goto(`${server.url}/w/demo${place(resource)}`);
    if (opener !== undefined) await page.getByRole("button", { name: opener, exact: true }).click();
  };
  const field = (page: Page, { label }: Form) => page.getByRole("textbox", { name: label, exact: true }).last();
  const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true }).last().click();
  const kept = async (resource: string, key: string) => (await api("GET", resource))[key];

  beforeAll(async () => {
    server = await createServerProcess({ DATA_DIR: data });
    await server.start();
    browser = await launchBrowser();
    tab = await openTab(browser, { viewport: { width: 1280, height: 900 } });
    await becomeFirstUser(tab.page, { url: server.url, data });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it.each(Object.entries(forms))(
    "of %s tells who saves second what others did, and overwrites nothing before that is decided",
    async (name, form) => {
      const resource = await form.make();
      const page = await tab.page.context().newPage();
      await open(page, form, resource);
      await field(page, form).fill(`Mine ${name}`);
      const revision = form.revised === true ? { revision: await kept(resource, "revision") } : {};
      await api("PATCH", resource, { [form.key]: `Theirs ${name}`, ...revision });
      await save(page);
      await page
        .getByRole("alert")
        .getByText(/Somebody else changed this/)
        .waitFor();
      expect(await kept(resource, form.key)).toBe(`Theirs ${name}`);
      expect(await field(page, form).inputValue()).toBe(`Mine ${name}`);
      if (form.revised === true) {
        await page.getByRole("button", { name: "Keep mine, then save" }).click();
        await save(page);
      } else {
        await page.getByRole("alert").getByText(`→ Theirs ${name}`).waitFor();
        await page.getByRole("button", { name: "Save mine over it" }).click();
      }
      await until("mine is kept", async () => (await kept(resource, form.key)) === `Mine ${name}`, { everyMs: 50 });
      await page.close();
      // The next test has its own, under the same name.
      if (!["/channels/1", "/workspace"].includes(resource))
        await api("PATCH", resource, { ...(await revisionOf(form, resource)), [form.key]: `Done ${name}` });
    },
  );

  const revisionOf = async ({ revised }: Form, resource: string) =>
    revised === true ? { revision: await kept(resource, "revision") } : {};

  it("keeps what was typed while the server is stopped, and saves it when it is there again", async () => {
    const opened = [];
    const storageState = await tab.page.context().storageState();
    for (const [name, form] of Object.entries(forms)) {
      const resource = await form.make();
      // Each has live news open, of which a browser keeps six to one server.
      const { page } = await openTab(browser, { storageState });
      await open(page, form, resource);
      await field(page, form).fill(`Later ${name}`);
      opened.push({ name, form, resource, page });
    }
    await server.kill();
    for (const { page } of opened) await save(page);
    for (const { name, form, page } of opened) {
      await page.getByRole("alert").getByText("The server does not answer").first().waitFor();
      expect(await field(page, form).inputValue()).toBe(`Later ${name}`);
    }
    await server.start();
    for (const { name, form, resource, page } of opened) {
      await save(page);
      await until(`${name} is kept`, async () => (await kept(resource, form.key)) === `Later ${name}`, { everyMs: 50 });
      await page.context().close();
    }
  }, 240_000);
});
