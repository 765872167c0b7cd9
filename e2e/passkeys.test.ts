import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServerProcess } from "../test/crash/server-process.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { ada } from "./first-user.ts";
import { lookAt } from "./look-at.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

describe.skipIf(!hasBrowser)("passkeys", () => {
  let admin: Admin;
  let page: Page;
  let recoveryCodes: readonly string[] = [];

  beforeAll(async () => {
    // Browsers do no passkeys at an address without a name.
    admin = await openAdmin({ width: 1280, height: 900, host: "localhost" });
    page = admin.page;
  });
  afterAll(async () => {
    await admin?.close();
  });

  /** A device with a fingerprint reader, as the browser's own tools make one up. */
  async function giveDevice(on: Page) {
    const tools = await on.context().newCDPSession(on);
    await tools.send("WebAuthn.enable");
    const { authenticatorId } = await tools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    const credentials = async () => (await tools.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
    return {
      credentials,
      put: async (all: Awaited<ReturnType<typeof credentials>>) => {
        for (const credential of all) await tools.send("WebAuthn.addCredential", { authenticatorId, credential });
      },
      letVerify: async (isUserVerified: boolean) =>
        await tools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    };
  }
  let device: Awaited<ReturnType<typeof giveDevice>>;
  /** As it was last used: it counts, and a copy that is behind is refused. */
  let passkeys: Awaited<ReturnType<typeof device.credentials>> = [];

  it("are made on the account's page, with the password, and bring recovery codes", async () => {
    device = await giveDevice(page);
    await page.goto(`${admin.server.url}/w/demo/settings/account`);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Work laptop");
    await dialog.getByRole("textbox", { name: "Current password" }).fill("not this one");
    await dialog.getByRole("button", { name: "Add a passkey" }).click();
    await dialog.getByText("this is not your password").waitFor();
    await lookAt(page, "add");
    await dialog.getByRole("textbox", { name: "Current password" }).fill(ada.password);
    await dialog.getByRole("button", { name: "Add a passkey" }).click();
    recoveryCodes = (await dialog.getByRole("textbox", { name: "Recovery codes" }).inputValue()).split("\n");
    expect(recoveryCodes).toHaveLength(10);
    await lookAt(page, "codes");
    await dialog.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("Work laptop", { exact: true }).waitFor();
    await lookAt(page, "made");
    expect(await device.credentials()).toHaveLength(1);
    // The same device has one already.
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await dialog.getByRole("textbox", { name: "Name" }).fill("Again");
    await dialog.getByRole("textbox", { name: "Current password" }).fill(ada.password);
    await dialog.getByRole("button", { name: "Show a passkey" }).click();
    await dialog.getByText("The passkey was shown.").waitFor();
    await dialog.getByRole("button", { name: "Add a passkey" }).click();
    await dialog.getByText("has a passkey for your account already").waitFor();
    await lookAt(page, "again");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Leave without saving" }).click();
    passkeys = await device.credentials();
  });

  it("sign in without e-mail and password, unless nobody shows that it is them", async () => {
    const other = await openTab(admin.browser);
    const theirs = await giveDevice(other.page);
    await theirs.put(passkeys);
    await other.page.goto(`${admin.server.url}/sign-in`);
    await other.page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
    await lookAt(other.page, "sign-in");
    await theirs.letVerify(false);
    await other.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await other.page.getByText("No passkey was shown.").waitFor();
    await lookAt(other.page, "none");
    await theirs.letVerify(true);
    await other.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await other.page.getByRole("heading", { name: "Demo" }).waitFor();
    expect(other.complaints.filter((line) => !/status of 4/.test(line))).toEqual([]);
    const before = passkeys;
    passkeys = await theirs.credentials();
    const copy = await openTab(admin.browser);
    await (await giveDevice(copy.page)).put(before);
    await copy.page.goto(`${admin.server.url}/sign-in`);
    await copy.page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await copy.page.getByText("this passkey does not sign in here").waitFor();
    await copy.close();
    await other.close();
  });

  it("or a recovery code are asked for beside the password, in Russian at a phone's width in the dark", async () => {
    const phone = await openTab(admin.browser, {
      locale: "ru-RU",
      viewport: { width: 360, height: 740 },
      colorScheme: "dark",
    });
    const { page: small } = phone;
    const theirs = await giveDevice(small);
    await small.goto(`${admin.server.url}/sign-in`);
    await small.getByRole("textbox", { name: "Эл. почта" }).fill(ada.email);
    await small.getByRole("textbox", { name: "Пароль" }).fill(ada.password);
    await lookAt(small, "sign-in-ru");
    await small.getByRole("button", { name: "Войти", exact: true }).click();
    await small.getByRole("heading", { name: "Ещё один шаг" }).waitFor();
    await lookAt(small, "step-ru");
    // No authenticator was set up: there are no six digits to ask for. And there is a way back.
    await small.getByRole("button", { name: "Ввести резервный код" }).click();
    await small.getByRole("textbox", { name: "Резервный код" }).waitFor();
    expect(await small.getByText("Шесть цифр").count()).toBe(0);
    await lookAt(small, "step-code-ru");
    await small.getByRole("button", { name: "Назад к почте и паролю" }).click();
    await small.getByRole("button", { name: "Войти", exact: true }).click();
    await theirs.put(passkeys);
    await small.getByRole("button", { name: "Войти с ключом доступа" }).click();
    await small.getByRole("heading", { name: "Demo" }).waitFor();
    await small.goto(`${admin.server.url}/w/demo/settings/account`);
    await small.getByText("Work laptop", { exact: true }).waitFor();
    await small.getByText("Осталось 10 резервных кодов.").waitFor();
    await lookAt(small, "account-ru");
    await phone.close();
  });

  it("are renamed and removed; the password alone then signs in again", async () => {
    await page.goto(`${admin.server.url}/w/demo/settings/account`);
    await page.getByRole("button", { name: "Rename Work laptop" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Old laptop");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Remove Old laptop" }).click();
    await dialog.getByRole("textbox", { name: "Current password" }).fill(ada.password);
    await dialog.getByRole("button", { name: "Use a recovery code instead" }).click();
    await dialog.getByRole("textbox", { name: "Recovery code" }).fill(recoveryCodes[0] ?? "");
    await lookAt(page, "remove");
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByText("Old laptop", { exact: true }).waitFor({ state: "detached" });
    await lookAt(page, "removed");
    const other = await openTab(admin.browser);
    await other.page.goto(`${admin.server.url}/sign-in`);
    await other.page.getByLabel("E-mail").fill(ada.email);
    await other.page.getByRole("textbox", { name: "Password" }).fill(ada.password);
    await other.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await other.page.getByRole("heading", { name: "Demo" }).waitFor();
    // Where a workspace sends whoever has no second factor.
    await other.page.goto(`${admin.server.url}/second-factor`);
    await other.page.getByRole("button", { name: "Add a passkey" }).waitFor();
    await lookAt(other.page, "needed");
    await other.close();
    expect(admin.tab.complaints.filter((line) => !/status of 4/.test(line))).toEqual([]);
  });

  it("are not offered at an address without a name, which the account's page says", async () => {
    await admin.server.stop();
    const plain = await createServerProcess({ DATA_DIR: admin.data });
    await plain.start();
    const { page: other, close } = await openTab(admin.browser);
    await other.goto(`${plain.url}/sign-in`);
    await other.getByLabel("E-mail").fill(ada.email);
    expect(await other.getByRole("button", { name: "Sign in with a passkey" }).count()).toBe(0);
    await other.getByRole("textbox", { name: "Password" }).fill(ada.password);
    await other.getByRole("button", { name: "Sign in", exact: true }).click();
    await other.getByRole("heading", { name: "Demo" }).waitFor();
    await other.goto(`${plain.url}/w/demo/settings/account`);
    await other.getByText("Passkeys do not work at this address yet").waitFor();
    await close();
    await plain.stop();
  });
});
