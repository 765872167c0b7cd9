import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openTab } from "./browser.ts";
import { ada } from "./first-user.ts";
import { lookAt } from "./look-at.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

/** Codes are taken once: each next one is of the time step after, which a clock that is off by some seconds may have. */
let steps = 0;
const codeOf = (secret: string) => {
  steps += 1;
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + (steps - 1) * 30_000 });
};

describe.skipIf(!hasBrowser)("the second factor", () => {
  let admin: Admin;
  let page: Page;
  let secret = "";
  let recoveryCodes: readonly string[] = [];

  beforeAll(async () => {
    admin = await openAdmin({ width: 1280, height: 900 });
    page = admin.page;
  });
  afterAll(async () => {
    await admin?.close();
  });

  const typePassword = async (on: Page) => {
    await on.goto(`${admin.server.url}/sign-in`);
    await on.getByLabel("E-mail").fill(ada.email);
    await on.getByRole("textbox", { name: "Password" }).fill(ada.password);
    await on.getByRole("button", { name: "Sign in" }).click();
    await on.getByRole("heading", { name: "One more step" }).waitFor();
  };

  it("is set up on the account page with the password, and gives recovery codes", async () => {
    await page.goto(`${admin.server.url}/w/demo/account`);
    const section = page.locator("section", { has: page.getByRole("heading", { name: "Second factor" }) });
    await section.getByRole("textbox", { name: "Current password" }).fill("wrong one, surely");
    await section.getByRole("button", { name: "Set up" }).click();
    await section.getByText("this is not your password").waitFor();
    await section.getByRole("textbox", { name: "Current password" }).fill(ada.password);
    await section.getByRole("button", { name: "Set up" }).click();
    await section.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    await lookAt(page, "set-up");
    secret = await section.getByRole("textbox", { name: "Key, where nothing can be scanned" }).inputValue();
    await section.getByRole("textbox", { name: "Code", exact: true }).fill("12345");
    await section.getByRole("button", { name: "Turn on" }).click();
    await section.getByText("the code is wrong, or was used already").waitFor();
    await section.getByRole("textbox", { name: "Code", exact: true }).fill(codeOf(secret));
    await section.getByRole("button", { name: "Turn on" }).click();
    recoveryCodes = (await section.getByRole("textbox", { name: "Recovery codes" }).inputValue()).split("\n");
    expect(recoveryCodes).toHaveLength(10);
    await lookAt(page, "recovery-codes");
    await section.getByRole("button", { name: "I have kept them" }).click();
    await section.getByText("10 recovery codes are left.").waitFor();
    await lookAt(page, "turned-on");
  });

  it("is asked for at the sign-in, by the keyboard alone", async () => {
    const other = await openTab(admin.browser);
    await typePassword(other.page);
    await lookAt(other.page, "asked");
    // The field has the focus.
    await other.page.keyboard.type("000000");
    await other.page.keyboard.press("Enter");
    await other.page.getByText("the code is wrong, or was used already").waitFor();
    await other.page.keyboard.press("ControlOrMeta+A");
    await other.page.keyboard.type(codeOf(secret));
    await other.page.keyboard.press("Enter");
    await other.page.getByRole("heading", { name: "Demo" }).waitFor();
    await page.goto(`${admin.server.url}/w/demo/account`);
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await page.getByRole("button", { name: "Sign out everywhere else" }).waitFor({ state: "detached" });
    await other.close();
  });

  it("lets somebody in with a recovery code, in Russian at a phone's width", async () => {
    const phone = await openTab(admin.browser, {
      locale: "ru-RU",
      viewport: { width: 360, height: 740 },
      colorScheme: "dark",
    });
    await phone.page.goto(`${admin.server.url}/sign-in`);
    await phone.page.getByRole("textbox", { name: "Эл. почта" }).fill(ada.email);
    await phone.page.getByRole("textbox", { name: "Пароль" }).fill(ada.password);
    await phone.page.getByRole("button", { name: "Войти" }).click();
    await phone.page.getByRole("heading", { name: "Ещё один шаг" }).waitFor();
    await lookAt(phone.page, "asked-ru");
    await phone.page.getByRole("textbox", { name: "Код", exact: true }).fill(recoveryCodes[0] ?? "");
    await phone.page.getByRole("button", { name: "Войти" }).click();
    await phone.page.getByRole("heading", { name: "Demo" }).waitFor();
    await phone.page.goto(`${admin.server.url}/w/demo/account`);
    await phone.page.getByText("Осталось 9 резервных кодов.").waitFor();
    await lookAt(phone.page, "account-ru");
    await phone.close();
  });

  it("is asked of everybody where an owner says so, and whoever has none sets one up first", async () => {
    await page.goto(`${admin.server.url}/w/demo/settings/workspace`);
    await page.getByLabel("Everybody needs a second factor").click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await lookAt(page, "rule");
    await page.goto(`${admin.server.url}/w/demo/settings/members`);
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("dialog").getByLabel("E-mail").fill("bob@example.com");
    await page.getByRole("button", { name: "Make the link" }).click();
    const link = await page.getByRole("dialog").locator("pre").innerText();
    const bob = await openTab(admin.browser);
    await bob.page.goto(link);
    await bob.page.getByRole("textbox", { name: "Password" }).fill(ada.password);
    await bob.page.getByRole("button", { name: "Accept" }).click();
    await bob.page.getByRole("heading", { name: "A second factor, please" }).waitFor();
    await lookAt(bob.page, "needed");
    await bob.page.getByRole("textbox", { name: "Current password" }).fill(ada.password);
    await bob.page.getByRole("button", { name: "Set up" }).click();
    const bobs = await bob.page.getByRole("textbox", { name: "Key, where nothing can be scanned" }).inputValue();
    await bob.page
      .getByRole("textbox", { name: "Code", exact: true })
      .fill(new TOTP({ secret: Secret.fromBase32(bobs) }).generate());
    await bob.page.getByRole("button", { name: "Turn on" }).click();
    await bob.page.getByRole("button", { name: "I have kept them" }).click();
    await bob.page.getByRole("heading", { name: "Demo" }).waitFor();
    expect(bob.complaints.filter((line) => !/status of 4/.test(line))).toEqual([]);
    await bob.close();
  });

  it("is reset by an owner, and turned off by whoever has it", async () => {
    await page.goto(`${admin.server.url}/w/demo/settings/members`);
    await page
      .getByRole("row", { name: /bob@example\.com/ })
      .getByRole("button", { name: /Reset/ })
      .click();
    await lookAt(page, "reset");
    await page.getByRole("dialog").getByRole("button", { name: "Reset the second factor" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page
      .getByRole("row", { name: /bob@example\.com/ })
      .getByRole("button", { name: /Reset/ })
      .waitFor({ state: "detached" });
    await page.goto(`${admin.server.url}/w/demo/account`);
    await page.getByRole("button", { name: "Turn off" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Current password" }).fill(ada.password);
    await page
      .getByRole("dialog")
      .getByRole("textbox", { name: "Code", exact: true })
      .fill(recoveryCodes[1] ?? "");
    await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click();
    await page.getByText("The second factor is turned off.").waitFor();
    expect(admin.tab.complaints.filter((line) => !/status of 4/.test(line))).toEqual([]);
  });
});
