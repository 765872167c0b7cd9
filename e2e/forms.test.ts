import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { type Form, listForms, made } from "./forms.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** What whoever saves second is told, and what becomes of what was typed. */
describe.skipIf(!hasBrowser)("a form", () => {
  let admin: Admin;

  const api = callFrom(() => admin.page);
  const forms = listForms(api);

  const open = async (page: Page, { page: place, opener, item }: Form, resource: string) => {
    await page.goto(`${admin.server.url}/w/demo${place(resource)}`);
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
    admin = await openAdmin({ width: 1280, height: 900 });
  });

  afterAll(async () => {
    await admin?.close();
  });

  it.each(Object.entries(forms))(
    "of %s tells who saves second what others did, and overwrites nothing before that is decided",
    async (name, form) => {
      const resource = await form.make();
      const page = await admin.page.context().newPage();
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
    const storageState = await admin.page.context().storageState();
    for (const [name, form] of Object.entries(forms)) {
      const resource = await form.make();
      // Each has live news open, of which a browser keeps six to one server.
      const { page } = await openTab(admin.browser, { storageState });
      await open(page, form, resource);
      await type(page, form, `Later ${name}`);
      opened.push({ name, form, resource, page });
    }
    await admin.server.kill();
    for (const { form, page } of opened) await save(page, form);
    for (const { name, form, page } of opened) {
      await page.getByRole("alert").getByText("The server does not answer").first().waitFor();
      expect(await field(page, form).inputValue()).toBe(`Later ${name}`);
    }
    await admin.server.start();
    for (const { name, form, resource, page } of opened) {
      await save(page, form);
      await until(`${name} is kept`, async () => (await kept(resource, form)) === `Later ${name}`, { everyMs: 50 });
      await page.context().close();
    }
  }, 240_000);

  it("of a role, which is saved as it is chosen, does the same", async () => {
    const resource = await made(api, "/members", { email: "rita@example.com", role: "agent" })();
    const role = async () => (await api("GET", resource)).role;
    const page = await admin.page.context().newPage();
    await page.goto(`${admin.server.url}/w/demo/settings/members`);
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

    await admin.server.kill();
    await choose("Agent");
    await page.getByRole("alert").getByText("The server does not answer").waitFor();
    expect(await choice.inputValue()).toBe("Agent");
    await admin.server.start();
    await page.getByRole("button", { name: "Try again" }).click();
    await until("it is kept now", async () => (await role()) === "agent", { everyMs: 50 });
    await page.close();
  });

  it("of an invitation tells that the person was invited meanwhile, before that invitation ends", async () => {
    const page = await admin.page.context().newPage();
    await page.goto(`${admin.server.url}/w/demo/settings/members`);
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
