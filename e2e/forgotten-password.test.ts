import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServerProcess } from "../test/crash/server-process.ts";
import { testCertificate } from "../test/stand-ins/certificate.ts";
import { type SmtpStandIn, startSmtpStandIn } from "../test/stand-ins/smtp.ts";
import { until } from "../test/until.ts";
import { hasBrowser, openTab } from "./browser.ts";
import { ada } from "./first-user.ts";
import { lookAt, pictures } from "./look-at.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

const next = "staple of another day";
const login = { user: "bots@example.com", password: "pass/word of ours" };

describe.skipIf(!hasBrowser)("a forgotten password", () => {
  let admin: Admin;
  let smtp: SmtpStandIn;
  let folder: string;
  let page: Page;

  beforeAll(async () => {
    // TLS from the first byte, and an authority of one's own, as the manual says.
    smtp = await startSmtpStandIn(login, { secure: true });
    folder = mkdtempSync(path.join(tmpdir(), "authority-"));
    const authority = path.join(folder, "authority.pem");
    writeFileSync(authority, testCertificate);
    const settings = {
      NODE_EXTRA_CA_CERTS: authority,
      ACCOUNT_SMTP_URL: `smtps://${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@127.0.0.1:${smtp.port}`,
      ACCOUNT_MAIL_FROM: "Repartee <bots@example.com>",
    };
    admin = await openAdmin({ width: 1280, height: 900, settings });
    page = admin.page;
  });
  afterAll(async () => {
    await admin?.close();
    await smtp?.close();
    rmSync(folder, { recursive: true });
  });

  /** The link of the newest mail, once there are so many. */
  const linkOf = async (count: number) => {
    await until("the mail has come", () => smtp.taken.length === count);
    return /https?:\S+\/new-password#\S+/.exec(smtp.taken.at(-1)?.mail.text ?? "")?.[0] ?? "";
  };

  it("is replaced by way of a mail, and the new one signs in", async () => {
    const { page: other, complaints, close } = await openTab(admin.browser);
    await other.goto(`${admin.server.url}/sign-in`);
    await other.getByRole("link", { name: "Forgotten your password?" }).waitFor();
    await lookAt(other, "sign-in");
    await other.getByRole("link", { name: "Forgotten your password?" }).click();
    await other.getByRole("heading", { name: "A new password" }).waitFor();
    await other.getByLabel("E-mail").fill(ada.email);
    await lookAt(other, "forgotten");
    await other.getByRole("button", { name: "Send the link" }).click();
    await other.getByText(`If there is an account for ${ada.email}`).waitFor();
    await lookAt(other, "sent");
    const link = await linkOf(1);
    await other.goto(link);
    await other.getByText(`For ${ada.email}`).waitFor();
    await other.getByRole("textbox", { name: "New password" }).fill("password2026");
    await other.getByRole("button", { name: "Set the password" }).click();
    await other.getByText("is too easy to guess").waitFor();
    await lookAt(other, "choose");
    await other.getByRole("textbox", { name: "New password" }).fill(next);
    await other.getByRole("button", { name: "Set the password" }).click();
    await other.getByRole("heading", { name: "The new password is set" }).waitFor();
    await lookAt(other, "set");
    await other.getByRole("link", { name: "Sign in" }).click();
    await other.getByLabel("E-mail").fill(ada.email);
    await other.getByRole("textbox", { name: "Password" }).fill(next);
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByRole("heading", { name: "Demo" }).waitFor();
    // What was signed in before is out, and the person is told.
    await page.goto(`${admin.server.url}/w/demo/account`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await until("the notice has come", () => smtp.taken.length === 2);
    expect(smtp.taken[1]?.mail.subject).toBe("Your password was changed");
    expect(smtp.taken[1]?.isSecure).toBe(true);
    expect(complaints.filter((line) => !/status of 4/.test(line))).toEqual([]);
    // A link that was used says so, and leads to another.
    await page.goto(link);
    await page.getByRole("heading", { name: "This link works no more" }).waitFor();
    await page.getByText("It was used, replaced by a newer one").waitFor();
    await lookAt(page, "over");
    await page.getByRole("link", { name: "Send me another link" }).click();
    await page.getByRole("button", { name: "Send the link" }).waitFor();
    await close();
  });

  it("is replaced in Russian, at a phone's width in the dark", async () => {
    const phone = await openTab(admin.browser, {
      locale: "ru-RU",
      viewport: { width: 360, height: 740 },
      colorScheme: "dark",
    });
    const { page: small } = phone;
    await small.goto(`${admin.server.url}/sign-in`);
    await small.getByRole("link", { name: "Забыли пароль?" }).waitFor();
    await lookAt(small, "sign-in-ru");
    await small.getByRole("link", { name: "Забыли пароль?" }).click();
    await small.getByRole("heading", { name: "Новый пароль" }).waitFor();
    await small.getByRole("textbox", { name: "Эл. почта" }).fill("bob@example.com");
    await lookAt(small, "forgotten-ru");
    await small.getByRole("button", { name: "Прислать ссылку" }).click();
    await small.getByText("Если учётная запись bob@example.com существует").waitFor();
    await lookAt(small, "sent-ru");
    await small.getByRole("button", { name: "Попросить ещё раз" }).click();
    await small.getByRole("textbox", { name: "Эл. почта" }).fill(ada.email);
    await small.getByRole("button", { name: "Прислать ссылку" }).click();
    await small.getByText(`Если учётная запись ${ada.email} существует`).waitFor();
    // Nobody is bob: theirs is the next mail.
    const link = await linkOf(3);
    await small.goto(link);
    await small.getByRole("textbox", { name: "Новый пароль" }).fill("password2026");
    await small.getByRole("button", { name: "Сохранить пароль" }).click();
    await small.getByText("слишком легко угадать").waitFor();
    await lookAt(small, "choose-ru");
    await small.getByRole("textbox", { name: "Новый пароль" }).fill(ada.password);
    await small.getByRole("button", { name: "Сохранить пароль" }).click();
    await small.getByRole("heading", { name: "Новый пароль сохранён" }).waitFor();
    await lookAt(small, "set-ru");
    await small.goto(`${admin.server.url}/new-password`);
    await small.getByText("Ссылка из письма неполная").waitFor();
    await lookAt(small, "over-ru");
    if (pictures !== undefined) {
      const letter = await openTab(admin.browser, { viewport: { width: 360, height: 740 } });
      await letter.page.setContent(smtp.taken[2]?.mail.html ?? "");
      await letter.page.screenshot({ path: path.join(pictures, "mail-360.png"), fullPage: true });
      await letter.close();
    }
    await phone.close();
  });

  it("sends an invitation by mail, too, and shows its link", async () => {
    await page.goto(`${admin.server.url}/sign-in`);
    await page.getByLabel("E-mail").fill(ada.email);
    await page.getByRole("textbox", { name: "Password" }).fill(ada.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Demo" }).waitFor();
    await page.goto(`${admin.server.url}/w/demo/settings/members`);
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("dialog").getByLabel("E-mail").fill("bob@example.com");
    await page.getByRole("button", { name: "Make the link" }).click();
    await page.getByText("bob@example.com gets a mail with this link").waitFor();
    const link = await page.getByRole("dialog").locator("pre").innerText();
    await lookAt(page, "invited");
    await until("the invitation has come", () => smtp.taken.some(({ to }) => to.includes("bob@example.com")));
    const mail = smtp.taken.find(({ to }) => to.includes("bob@example.com"))?.mail;
    expect(mail?.text).toContain(link);
    if (pictures !== undefined) {
      const { page: other, close } = await openTab(admin.browser);
      await other.setContent(mail?.html ?? "");
      await other.screenshot({ path: path.join(pictures, "mail-invitation.png"), fullPage: true });
      await close();
    }
  });

  it("is the operator's to replace where the server sends no mail, which the page says", async () => {
    await admin.server.stop();
    const mute = await createServerProcess({ DATA_DIR: admin.data });
    await mute.start();
    const { page: other, close } = await openTab(admin.browser);
    await other.goto(`${mute.url}/sign-in`);
    await other.getByText("with the command “repartee user reset-password”").waitFor();
    expect(await other.getByRole("link", { name: "Forgotten your password?" }).count()).toBe(0);
    await lookAt(other, "sign-in-without-mail");
    await other.goto(`${mute.url}/forgotten-password`);
    await other.getByText("with the command “repartee user reset-password”").waitFor();
    await lookAt(other, "forgotten-without-mail");
    const made = await mute.run("user", "reset-password", "--email", ada.email);
    await other.goto(`${mute.url}/sign-in`);
    await other.getByLabel("E-mail").fill(ada.email);
    await other.getByRole("textbox", { name: "Password" }).fill(made);
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByRole("heading", { name: "Demo" }).waitFor();
    await close();
    await mute.stop();
  });
});
