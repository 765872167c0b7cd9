import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { type Admin, openAdmin } from "./open-admin.ts";
import { findTroubles } from "./page-troubles.ts";

/** A file whose columns are more than the workspace has fields for. */
describe.skipIf(!hasBrowser)("the columns of an imported file", () => {
  let admin: Admin;
  let page: Page;
  const api = callFrom(() => page);

  beforeAll(async () => {
    admin = await openAdmin({ width: 360, height: 740 });
    page = admin.page;
    const id = await page.evaluate(async (body) => {
      const headers = { "x-workspace": "demo", "content-type": "text/csv" };
      const answer = await fetch("/api/v1/imports?bot=demo&name=people.csv", { method: "POST", headers, body });
      return ((await answer.json()) as { readonly id: number }).id;
    }, "email,Shoe size\nann@example.com,38\n");
    await page.goto(`${admin.server.url}/w/demo/contacts/import?id=${id}`);
  });
  afterAll(async () => {
    await admin?.close();
  });

  const meaning = () => page.getByRole("combobox", { name: "Becomes: Shoe size" });
  const dialog = () => page.getByRole("dialog");

  it("get a field where there is none, of the kind that is chosen", async () => {
    await meaning().click();
    await page.getByRole("option", { name: "New field “Shoe size”…" }).click();
    expect(await dialog().getByLabel("Name").inputValue()).toBe("Shoe size");
    expect(await dialog().getByRole("combobox", { name: "Kind" }).inputValue()).toBe("Text");
    await dialog().getByRole("combobox", { name: "Kind" }).click();
    await page.getByRole("option", { name: "Number", exact: true }).click();
    await dialog().getByRole("button", { name: "Create" }).click();
    await dialog().waitFor({ state: "detached" });
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[value="Field: Shoe size"]') !== null);
    const { data } = await api("GET", "/fields");
    const made = data.find(({ key }: { readonly key: string }) => key === "shoe_size");
    expect(made).toMatchObject({ name: "Shoe size", kind: "number" });
    expect(await findTroubles(page, { place: "/contacts/import" })).toEqual([]);
  });

  it("become what they say", async () => {
    await page.getByRole("button", { name: "Import 1" }).click();
    await page.getByText("New: 1").waitFor();
    const { data } = await api("GET", "/contacts?q=ann@example.com");
    expect(data).toMatchObject([{ fields: { shoe_size: 38 } }]);
    expect(admin.tab.complaints).toEqual([]);
  });
});
