import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openTab, type Tab } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { type Admin, openAdmin } from "./open-admin.ts";
import { findTroubles } from "./page-troubles.ts";

/** What a visitor sees of the people who answer: on a phone, in Russian, in the dark. */
describe.skipIf(!hasBrowser)("whoever answers in the web chat", () => {
  let admin: Admin;
  let visitor: Tab;
  let chat: Page;
  let contact: number;
  const api = callFrom(() => admin.page);

  beforeAll(async () => {
    admin = await openAdmin();
    await api("PATCH", "/auth/profile", { name: "Ada Lovelace" });
    const viewport = { width: 360, height: 740 };
    visitor = await openTab(admin.browser, { locale: "ru-RU", colorScheme: "dark", viewport });
    chat = visitor.page;
    await chat.goto(`${admin.server.url}/chat/demo`);
    await chat.getByText("What would you build first?").waitFor();
    const { data } = await api("GET", "/contacts?limit=1");
    contact = data[0].id;
  });
  afterAll(async () => {
    await visitor?.close();
    await admin?.close();
  });

  const answer = (text: string) => api("POST", `/contacts/${contact}/messages`, { text });
  const names = () => chat.locator(".speaker:visible").allTextContents();

  it("is named, and a quiet line tells that a person takes over, also after a reload", async () => {
    expect(await names()).toEqual(["Demo"]);
    await answer("Here I am.");
    await chat.getByText("Ada на связи", { exact: true }).waitFor();
    expect(await names()).toEqual(["Demo", "Ada"]);
    await chat.reload();
    await chat.getByText("Ada на связи", { exact: true }).waitFor();
    expect(await names()).toEqual(["Demo", "Ada"]);
  });

  it("is the team where the channel says so", async () => {
    const { data } = await api("GET", "/channels");
    const { id } = data.find(({ kind }: { readonly kind: string }) => kind === "webchat");
    await api("PATCH", `/channels/${id}`, { settings: { agentNames: "team" } });
    await chat.reload();
    await chat.getByText("Команда на связи", { exact: true }).waitFor();
    expect(await names()).toEqual(["Demo", "Команда"]);
  });

  it("keeps to WCAG and to a phone's width", async () => {
    expect(await findTroubles(chat, { place: "/chat/demo", heading: 2 })).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });
});
