import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser } from "./browser.ts";
import { callFrom } from "./call-api.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** Links of a former platform, which go on working here: what they name can be called as it was there, and says where it leads nowhere. */
describe.skipIf(!hasBrowser)("whoever moves here with links", () => {
  let admin: Admin;
  let page: Admin["page"];

  beforeAll(async () => {
    admin = await openAdmin();
    page = admin.page;
  });

  afterAll(() => admin?.close());

  const open = (place: string) => page.goto(`${admin.server.url}/w/demo${place}`);
  const dialog = () => page.getByRole("dialog");
  const api = callFrom(() => page);

  it("say of a link's flow that it is not published, and of its step that it is gone", async () => {
    const step = (ref: string) => ({ ref, kind: "message", config: { messages: [{ text: ref }] } });
    const document = { name: "Kept back", start: "a", steps: [step("a"), step("b")], edges: [] };
    const flow = await api("POST", "/flows", { bot: "demo", document });
    const { ref } = await api("POST", "/entry-links", { bot: "demo", name: "Too early", flow: flow.ref, step: "b" });
    const { draftRevision } = flow;
    await api("PUT", `/flows/${flow.ref}/draft`, { draftRevision, document: { ...document, steps: [step("a")] } });
    await open("/entry-links");
    await page.getByText("Kept back (Draft)").waitFor();
    await open(`/entry-links/${ref}`);
    await page.getByText("This flow is not published: it starts once it is.").waitFor();
    await page.getByText("This step is not in the flow any more; choose another, or none.").waitFor();
    expect(await page.getByRole("combobox", { name: "Step", exact: true }).inputValue()).toBe("A step that is gone");
    await api("POST", `/flows/${flow.ref}/publish`);
    await page.getByRole("combobox", { name: "Step", exact: true }).click();
    await page.getByRole("option", { name: "Message: a", exact: true }).click();
    await page.reload();
    await page.getByRole("heading", { name: "Too early" }).waitFor();
    expect(await page.getByText("This flow is not published").count()).toBe(0);
  });

  it("make a flow and a sequence with refs of a former platform, so that its links go on working", async () => {
    await open("/flows");
    await page.getByRole("button", { name: "New flow" }).first().click();
    await dialog().getByRole("textbox", { name: "Name", exact: true }).fill("From there");
    await dialog().getByRole("button", { name: "A ref of your own" }).click();
    await page.keyboard.type("of/mine");
    await dialog().getByRole("button", { name: "Create" }).click();
    await dialog().getByText("a ref has 1 to 20 of").waitFor();
    await dialog().getByRole("textbox", { name: "Ref", exact: true }).fill("b1667053874594");
    await dialog().getByRole("button", { name: "Create" }).click();
    await page.waitForURL((url) => url.pathname.endsWith("/flows/b1667053874594"));
    await open("/sequences");
    await page.getByRole("button", { name: "New sequence" }).first().click();
    await dialog().getByRole("textbox", { name: "Name", exact: true }).fill("From there");
    await dialog().getByRole("button", { name: "A ref of your own" }).click();
    await dialog().getByRole("textbox", { name: "Ref", exact: true }).fill("f1667053874594");
    await dialog().getByRole("button", { name: "Create" }).click();
    await page.waitForURL((url) => url.pathname.endsWith("/sequences/f1667053874594"));
  });
});
