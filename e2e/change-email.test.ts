import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServerProcess } from "../test/crash/server-process.ts";
import { type SmtpStandIn, startSmtpStandIn } from "../test/stand-ins/smtp.ts";
import { until } from "../test/until.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { ada } from "./first-user.ts";
import { lookAt, pictures } from "./look-at.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

const moved = "ada@new.example";
const login = { user: "bots@example.com", password: "pass/word of ours" };

describe.skipIf(!hasBrowser)("another e-mail to sign in with", () => {
  let admin: Admin;
  let smtp: SmtpStandIn;
  let page: Page;

  beforeAll(async () => {
    smtp = await startSmtpStandIn(login);
    const settings = {
      ACCOUNT_SMTP_URL: `smtp://${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@127.0.0.1:${smtp.port}?tls=none`,
      ACCOUNT_MAIL_FROM: "Repartee <bots@example.com>",
    };
    admin = await openAdmin({ width: 1280, height: 900, settings });
    page = admin.page;
  });
  afterAll(async () => {
    await admin?.close();
    await smtp?.close();
  });

  const mailTo = async (to: string, count: number) => {
    const theirs = () => smtp.taken.filter((mail) => mail.to.includes(to));
    await until(`the mail to ${to} has come`, () => theirs().length === count);
    return theirs().at(-1);
  };
  const linkTo = async (to: string, count: number) =>
    /https?:\S+\/confirm-email#\S+/.exec((await mailTo(to, count))?.mail.text ?? "")?.[0] ?? "";

  it("is asked for on the account's page, and confirmed by the link in a browser that is not signed in yet", async () => {
    await page.goto(`${admin.server.url}/w/demo/settings/account`);
    await page.getByText(`You sign in with ${ada.email}`).waitFor();
    await page.getByRole("button", { name: "Change e-mail" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "New e-mail" }).fill(moved);
    await dialog.getByRole("textbox", { name: "Current password" }).fill("not this one");
    await dialog.getByRole("button", { name: "Send the link" }).click();
    await dialog.getByText("this is not your password").waitFor();
    await lookAt(page, "ask");
    await dialog.getByRole("textbox", { name: "Current password" }).fill(ada.password);
    await dialog.getByRole("button", { name: "Send the link" }).click();
    await page.getByText(`A mail is on its way to ${moved}`).waitFor();
    await lookAt(page, "waiting");
    const link = await linkTo(moved, 1);
    expect((await mailTo(ada.email, 1))?.mail.subject).toBe("Another e-mail was asked for");

    const { page: other, complaints, close } = await openTab(admin.browser);
    await other.goto(link);
    await other.getByText(`then ${moved} takes its place`).waitFor();
    await lookAt(other, "sign-in-first");
    await other.getByLabel("E-mail").fill(ada.email);
    await other.getByRole("textbox", { name: "Password" }).fill(ada.password);
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByText(`instead of ${ada.email}`).waitFor();
    await lookAt(other, "confirm");
    await other.getByRole("button", { name: "Sign in with this e-mail" }).click();
    await other.getByRole("heading", { name: "Your e-mail is changed" }).waitFor();
    await lookAt(other, "changed");
    expect((await mailTo(ada.email, 2))?.mail.subject).toBe("Your e-mail was changed");
    await other.getByRole("link", { name: "Go on" }).click();
    await other.getByRole("heading", { name: "Demo" }).waitFor();
    expect(complaints.filter((line) => !/status of 4/.test(line))).toEqual([]);

    // The browser that asked is out, and the link is used.
    await page.goto(`${admin.server.url}/w/demo/settings/account`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await other.goto(link);
    await other.getByRole("heading", { name: "This link works no more" }).waitFor();
    await lookAt(other, "over");
    await close();
  });

  it("is asked for in Russian, at a phone's width in the dark, and withdrawn", async () => {
    const phone = await openTab(admin.browser, {
      locale: "ru-RU",
      viewport: { width: 360, height: 740 },
      colorScheme: "dark",
    });
    const { page: small } = phone;
    await small.goto(`${admin.server.url}/sign-in`);
    await small.getByRole("textbox", { name: "Эл. почта" }).fill(moved);
    await small.getByRole("textbox", { name: "Пароль" }).fill(ada.password);
    await small.getByRole("button", { name: "Войти" }).click();
    await small.getByRole("heading", { name: "Demo" }).waitFor();
    await small.goto(`${admin.server.url}/w/demo/settings/account`);
    await small.getByRole("button", { name: "Сменить адрес" }).click();
    const dialog = small.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Новый адрес почты" }).fill("a.rather.long.address.of.ada@new.example");
    await dialog.getByRole("textbox", { name: "Текущий пароль" }).fill(ada.password);
    await lookAt(small, "ask-ru");
    await dialog.getByRole("button", { name: "Прислать ссылку" }).click();
    await small.getByText("уже в пути").waitFor();
    await lookAt(small, "waiting-ru");
    const link = await linkTo("a.rather.long.address.of.ada@new.example", 1);
    await small.getByRole("button", { name: "Оставить как есть" }).click();
    await small.getByText("уже в пути").waitFor({ state: "detached" });
    await small.goto(link);
    await small.getByRole("heading", { name: "Эта ссылка больше не действует" }).waitFor();
    await lookAt(small, "over-ru");
    if (pictures !== undefined) {
      const letter = await openTab(admin.browser, { viewport: { width: 360, height: 740 } });
      for (const [n, { mail }] of smtp.taken.entries()) {
        await letter.page.setContent(mail.html ?? "");
        await letter.page.screenshot({ path: path.join(pictures, `mail-${n}.png`), fullPage: true });
      }
      await letter.close();
    }
    await phone.close();
  });

  it("is another account's link to somebody else, who signs in as that one first", async () => {
    const made = await admin.server.run(
      "user",
      "create",
      "--email",
      "bob@example.com",
      "--workspace",
      "demo",
      "--role",
      "admin",
    );
    const hers = await openTab(admin.browser);
    const signIn = async (on: Page, email: string, password: string) => {
      await on.goto(`${admin.server.url}/sign-in`);
      await on.getByLabel("E-mail").fill(email);
      await on.getByRole("textbox", { name: "Password" }).fill(password);
      await on.getByRole("button", { name: "Sign in" }).click();
      await on.getByRole("heading", { name: "Demo" }).waitFor();
    };
    await signIn(hers.page, moved, ada.password);
    await hers.page.goto(`${admin.server.url}/w/demo/settings/account`);
    await hers.page.getByRole("button", { name: "Change e-mail" }).click();
    await hers.page.getByRole("dialog").getByRole("textbox", { name: "New e-mail" }).fill("ada@third.example");
    await hers.page.getByRole("dialog").getByRole("textbox", { name: "Current password" }).fill(ada.password);
    await hers.page.getByRole("dialog").getByRole("button", { name: "Send the link" }).click();
    const link = await linkTo("ada@third.example", 1);
    const bob = await openTab(admin.browser);
    await signIn(bob.page, "bob@example.com", made.trim());
    await bob.page.goto(link);
    await bob.page.getByText("You are signed in as bob@example.com").waitFor();
    await lookAt(bob.page, "other-account");
    await bob.page.getByRole("button", { name: "Sign in as somebody else" }).click();
    await bob.page.getByText("then ada@third.example takes its place").waitFor();
    await bob.close();
    // The command line gives an account its e-mail back, and the audit log says who did it.
    await admin.server.run("user", "change-email", "--email", moved, "--to", ada.email);
    await signIn(hers.page, ada.email, ada.password);
    await hers.page.goto(`${admin.server.url}/w/demo/settings/audit-log`);
    await hers.page.getByRole("button", { name: "E-mail changed" }).first().click();
    await hers.page.getByRole("dialog").getByText("Whoever runs the server").waitFor();
    await lookAt(hers.page, "audit");
    await hers.close();
  });

  it("is changed at once where the server sends no mail, and not to one that is taken", async () => {
    await admin.server.stop();
    const mute = await createServerProcess({ DATA_DIR: admin.data });
    await mute.start();
    const { page: other, close } = await openTab(admin.browser);
    await other.goto(`${mute.url}/sign-in`);
    await other.getByLabel("E-mail").fill(ada.email);
    await other.getByRole("textbox", { name: "Password" }).fill(ada.password);
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByRole("heading", { name: "Demo" }).waitFor();
    await other.goto(`${mute.url}/w/demo/settings/account`);
    await other.getByRole("button", { name: "Change e-mail" }).click();
    const dialog = other.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "New e-mail" }).fill("Bob@example.com");
    await dialog.getByRole("textbox", { name: "Current password" }).fill(ada.password);
    await dialog.getByRole("button", { name: "Change e-mail" }).click();
    await dialog.getByText("there is already a user Bob@example.com").waitFor();
    await lookAt(other, "taken-without-mail");
    await dialog.getByRole("textbox", { name: "New e-mail" }).fill(moved);
    await dialog.getByRole("button", { name: "Change e-mail" }).click();
    await other.getByText(`You sign in with ${moved}, and`).waitFor();
    await lookAt(other, "changed-without-mail");
    await close();
    await mute.stop();
  });
});
