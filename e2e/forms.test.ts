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
  /** The button that opens it, and what of a menu then; absent: it is there. */
  opener?: string;
  item?: string;
  label: string;
  key: string;
  /** Where the API's answer has the value, if not under the key. */
  read?(body: Answer): unknown;
  /** What others send to change it, where it is more than the key and the value. */
  write?(value: string, body: Answer): object;
  /** Where the value is read, if not where it is changed. */
  readAt?: string;
  /** The button that saves. */
  saves?: string;
  /** What whoever saves second is told. */
  told?: RegExp;
  /** Waits until the page knows what was typed, where it lets people finish first. */
  settle?(page: Page, value: string): Promise<void>;
  /** There is one of it: it stays under the name that a test gave it. */
  only?: true;
  /** With what it comes to others, where a revision is asked for. */
  revised?: true;
}

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is looked into by each form's own reading.
type Answer = any;

/** One of each kind: dialogs over lists, pages that are a form, cards of which each has its own, forms with a revision. */
describe.skipIf(!hasBrowser)("a form", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "forms-"));
  const data = path.join(folder, "data");
  let server: ServerProcess;
  let browser: Browser;
  let tab: Tab;

  const api = async (method: string, address: string, body?: unknown): Promise<Answer> =>
    await tab.page.evaluate(
      async ([how, where, what]) => {
        const headers = { "x-workspace": "demo", ...(what === "" ? {} : { "content-type": "application/json" }) };
        const path = where.startsWith("/auth/") ? where : `/api/v1${where}`;
        const answer = await fetch(path, { method: how, headers, ...(what === "" ? {} : { body: what }) });
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
  const deals = new Map<string, string>();
  const planned = async (name = "Old") => {
    const statuses = ["open", "won", "lost"].map((kind) => ({ name: kind, kind }));
    return await api("POST", "/sales-plans", { name, currency: "EUR", statuses });
  };
  const holds = (value: string) => ({
    match: "all",
    rules: [{ subject: "profile", key: "firstName", operator: "is", value }],
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
    "a product's variant": {
      ...dialog("/products", {}, "/products"),
      make: async () => {
        keys += 1;
        const variants = [{ name: "Old form", price: 1000, currency: "EUR" }];
        return `/variants/${(await api("POST", "/products", { name: `Product ${keys}`, variants })).variants[0].id}`;
      },
      opener: "Edit: Old form",
    },
    "a sales plan": {
      make: async () => `/sales-plans/${(await planned()).ref}`,
      page: (resource) => resource.replace("/sales-plans", "/sales"),
      opener: "Plan settings",
      label: "Name",
      key: "name",
    },
    "a deal": {
      make: async () => {
        keys += 1;
        const [{ ref }, contact] = [
          await planned(`Plan ${keys}`),
          await made("/contacts", { bot: "demo", firstName: "Dealer" })(),
        ];
        deals.set("last", ref);
        const body = { plan: ref, contact: Number(contact.split("/").at(-1)), title: "Old deal" };
        return await made("/deals", body)();
      },
      page: () => `/sales/${deals.get("last")}`,
      opener: "Old deal",
      label: "Title",
      key: "title",
    },
    "a bot": dialog("/bots", {}, "/settings/channels"),
    "a secret": {
      ...withKey("/secrets", { bot: "demo", value: "a long secret" }),
    },
    "a saved reply": {
      make: async () => {
        keys += 1;
        return await made("/saved-replies", { shortcut: `old${keys}`, text: "Old" })();
      },
      page: () => "/settings/saved-replies",
      get opener() {
        return `Edit: old${keys}`;
      },
      label: "Text",
      key: "text",
    },
    "a segment's name": {
      make: made("/segments", { name: "Old", condition: holds("Ada") }),
      page: (resource) => `/contacts?segment=${resource.split("/").at(-1)}`,
      opener: "More about the segment Old",
      item: "Rename",
      label: "Name of the segment",
      key: "name",
    },
    "a segment's condition": {
      make: async () => {
        keys += 1;
        return await made("/segments", { name: `Held ${keys}`, condition: holds("Old") })();
      },
      page: (resource) => `/contacts?segment=${resource.split("/").at(-1)}`,
      opener: "Filter",
      label: "Value",
      key: "condition",
      read: ({ condition }) => condition.rules[0].value,
      write: (value) => ({ condition: holds(value) }),
      saves: "Save the change",
      settle: async (page, value) =>
        await page.waitForURL((url) => (url.searchParams.get("where") ?? "").includes(value)),
    },
    "one's own name": {
      make: async () => "/auth/profile",
      page: () => "/account",
      label: "Your name",
      key: "name",
      readAt: "/auth/session",
      read: ({ user }) => user.name,
      told: /changed on another device/,
      only: true,
    },
    "a contact's field": {
      make: async () => {
        await api("POST", "/fields", { name: "Goal", key: "goal", kind: "text" }).catch(() => undefined);
        const contact = await made("/contacts", { bot: "demo", firstName: "Fay" })();
        await api("PATCH", contact, { fields: { goal: "Old" } });
        return contact;
      },
      page: (resource) => resource,
      label: "Goal",
      key: "goal",
      read: ({ fields }) => fields.goal,
      write: (value) => ({ fields: { goal: value } }),
    },
    "a broadcast's version": {
      make: made("/broadcasts", {
        bot: "demo",
        name: "Split",
        audience: { all: true },
        split: { variants: ["A", "Old"].map((name) => ({ name, share: 10, content: "Hello" })) },
      }),
      page: (resource) => resource,
      label: "Name",
      key: "split",
      read: ({ split }) => split.variants[1].name,
      write: (name, { split: { variants } }) => ({
        split: { variants: ["A", name].map((one, at) => ({ name: one, share: 10, actions: variants[at].actions })) },
      }),
      revised: true,
    },
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
      only: true,
    },
    "the workspace": {
      make: async () => "/workspace",
      page: () => "/settings/workspace",
      label: "Name",
      key: "name",
      only: true,
    },
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

  const open = async (page: Page, { page: place, opener, item }: Form, resource: string) => {
    await page.goto(`${server.url}/w/demo${place(resource)}`);
    if (opener !== undefined) await page.getByRole("button", { name: opener, exact: true }).click();
    if (item !== undefined) await page.getByRole("menuitem", { name: item, exact: true }).click();
  };
  const field = (page: Page, { label }: Form) => page.getByRole("textbox", { name: label, exact: true }).last();
  const type = async (page: Page, form: Form, value: string) => {
    await field(page, form).fill(value);
    await form.settle?.(page, value);
  };
  const save = (page: Page, { saves = "Save" }: Form) =>
    page.getByRole("button", { name: saves, exact: true }).last().click();
  const kept = async (resource: string, { key, readAt, read = (body) => body[key] }: Form) =>
    read(await api("GET", readAt ?? resource));
  /** As somebody else does it. */
  const change = async (resource: string, form: Form, value: string) => {
    const { revised, write = (text: string) => ({ [form.key]: text }) } = form;
    const now = form.readAt === undefined ? await api("GET", resource) : {};
    const revision = revised === true ? { revision: now.revision } : {};
    await api("PATCH", resource, { ...write(value, now), ...revision });
  };

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
      await type(page, form, `Mine ${name}`);
      await change(resource, form, `Theirs ${name}`);
      await save(page, form);
      const alert = page.getByRole("alert");
      await alert.getByText(form.told ?? /Somebody else changed this/).waitFor();
      await alert.getByText(new RegExp(`→ .*Theirs ${name}`)).waitFor();
      expect(await kept(resource, form)).toBe(`Theirs ${name}`);
      expect(await field(page, form).inputValue()).toBe(`Mine ${name}`);
      // Having seen theirs, people put both together: that is what is then kept.
      await type(page, form, `Both ${name}`);
      if (form.revised === true) {
        await page.getByRole("button", { name: "Keep mine, then save" }).click();
        await save(page, form);
      } else await page.getByRole("button", { name: "Save mine over it" }).click();
      await until("mine is kept", async () => (await kept(resource, form)) === `Both ${name}`, { everyMs: 50 });
      await page.close();
      // The next test has its own, under the same name.
      if (form.only !== true) await change(resource, form, `Done ${name}`);
    },
  );

  it("keeps what was typed while the server is stopped, and saves it when it is there again", async () => {
    const opened = [];
    const storageState = await tab.page.context().storageState();
    for (const [name, form] of Object.entries(forms)) {
      const resource = await form.make();
      // Each has live news open, of which a browser keeps six to one server.
      const { page } = await openTab(browser, { storageState });
      await open(page, form, resource);
      await type(page, form, `Later ${name}`);
      opened.push({ name, form, resource, page });
    }
    await server.kill();
    for (const { form, page } of opened) await save(page, form);
    for (const { name, form, page } of opened) {
      await page.getByRole("alert").getByText("The server does not answer").first().waitFor();
      expect(await field(page, form).inputValue()).toBe(`Later ${name}`);
    }
    await server.start();
    for (const { name, form, resource, page } of opened) {
      await save(page, form);
      await until(`${name} is kept`, async () => (await kept(resource, form)) === `Later ${name}`, { everyMs: 50 });
      await page.context().close();
    }
  }, 240_000);

  it("of a role, which is saved as it is chosen, does the same", async () => {
    const resource = await made("/members", { email: "rita@example.com", role: "agent" })();
    const role = async () => (await api("GET", resource)).role;
    const page = await tab.page.context().newPage();
    await page.goto(`${server.url}/w/demo/settings/members`);
    const choice = page.getByRole("combobox", { name: "Role of rita@example.com" });
    const choose = async (name: string) => {
      await choice.click();
      await page.getByRole("option", { name, exact: true }).click();
    };
    await choice.waitFor();
    await api("PATCH", resource, { role: "admin" });
    await choose("Editor");
    await page.getByRole("alert").getByText("Role: Agent → Admin").waitFor();
    expect(await role()).toBe("admin");
    expect(await choice.inputValue()).toBe("Editor");
    await page.getByRole("button", { name: "Take theirs" }).click();
    await until("theirs is shown", async () => (await choice.inputValue()) === "Admin", { everyMs: 50 });
    await page.getByRole("alert").waitFor({ state: "detached" });

    await api("PATCH", resource, { role: "viewer" });
    await choose("Editor");
    await page.getByRole("button", { name: "Save mine over it" }).click();
    await until("mine is kept", async () => (await role()) === "editor", { everyMs: 50 });

    await server.kill();
    await choose("Agent");
    await page.getByRole("alert").getByText("The server does not answer").waitFor();
    expect(await choice.inputValue()).toBe("Agent");
    await server.start();
    await page.getByRole("button", { name: "Try again" }).click();
    await until("it is kept now", async () => (await role()) === "agent", { everyMs: 50 });
    await page.close();
  });

  it("of an invitation tells that the person was invited meanwhile, before that invitation ends", async () => {
    const page = await tab.page.context().newPage();
    await page.goto(`${server.url}/w/demo/settings/members`);
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("textbox", { name: "E-mail" }).fill("ivy@example.com");
    const { id } = await api("POST", "/invitations", { email: "ivy@example.com", role: "admin" });
    await page.getByRole("button", { name: "Make the link" }).click();
    await page.getByRole("alert").getByText("ivy@example.com is invited already").waitFor();
    await page.getByRole("alert").getByText("Role: — → Admin").waitFor();
    const invited = async () => (await api("GET", "/invitations")).data;
    expect(await invited()).toMatchObject([{ id, role: "admin" }]);
    await page.getByRole("button", { name: "Invite anew" }).click();
    await page.getByText("Send this link to ivy@example.com").waitFor();
    expect(await invited()).toMatchObject([{ email: "ivy@example.com", role: "agent" }]);
    await page.close();
  });
});
