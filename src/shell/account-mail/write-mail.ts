import { escapeHtml } from "../../engine/escape-html.ts";
import type { AccountMail, WrittenMail } from "./account-mail.ts";
import type { MailWords } from "./mail-words.ts";
import { wordsFor } from "./words.ts";

type OfKind<Kind extends AccountMail["kind"]> = Extract<AccountMail, { kind: Kind }>;

/** Whom a mail is for: `language` null where it is not known. */
interface To {
  readonly email: string;
  readonly name: string;
  readonly language: string | null;
}

/** Where somebody chooses a new password. What is behind `#` no browser tells a server. */
const resetUrl = (base: string, token: string): string => `${base}/new-password#${token}`;

export function writeReset({ base, token, address }: OfKind<"password_reset">, to: To): WrittenMail {
  const { words, language } = wordsFor(to.language);
  const { subject, lead, button, rules, notYou } = words.reset;
  return layOut(words, {
    ...{ to: to.email, language, subject },
    before: [words.greet(oneLine(to.name)), lead({ email: to.email, server: hostOf(base) })],
    link: { title: button, url: resetUrl(base, token) },
    after: [rules, notYou(address)],
  });
}

export function writeInvitation(
  { base, secret, inviter }: OfKind<"invitation">,
  to: To & { readonly workspace: string },
): WrittenMail {
  const { words, language } = wordsFor(to.language);
  const { subject, lead, button, rules, notYou } = words.invitation;
  const names = { inviter: oneLine(inviter), workspace: oneLine(to.workspace) };
  return layOut(words, {
    ...{ to: to.email, language, subject: subject(names.inviter, names.workspace) },
    before: [words.greet(oneLine(to.name)), lead({ ...names, email: to.email, server: hostOf(base) })],
    link: { title: button, url: `${base}/invitation/${secret}` },
    after: [rules, notYou],
  });
}

/** To the e-mail that is wanted, for whoever wants it: `to.email` is that one. */
export function writeEmailChange({ base, token, address }: OfKind<"email_change">, to: To): WrittenMail {
  const { words, language } = wordsFor(to.language);
  const { subject, lead, button, rules, notYou } = words.emailChange;
  return layOut(words, {
    ...{ to: to.email, language, subject },
    before: [words.greet(oneLine(to.name)), lead({ email: to.email, server: hostOf(base) })],
    link: { title: button, url: `${base}/confirm-email#${token}` },
    after: [rules, notYou(address)],
  });
}

/** The same where the e-mail is somebody's, whom it is for. */
export function writeEmailTaken({ base, address }: OfKind<"email_change">, to: To): WrittenMail {
  const { words, language } = wordsFor(to.language);
  const { subject, lead, button, rules, notYou } = words.emailTaken;
  return layOut(words, {
    ...{ to: to.email, language, subject },
    before: [words.greet(oneLine(to.name)), lead({ email: to.email, server: hostOf(base) })],
    link: { title: button, url: `${base}/sign-in` },
    after: [rules, notYou(address)],
  });
}

export function writeNotice({ base, notice, at, address }: OfKind<"notice">, to: To): WrittenMail {
  const { words, language } = wordsFor(to.language);
  const { subject, lead, notYou } = words.notices[notice];
  const when = words.when({ at: inWords(at, language), address });
  const said = [words.greet(oneLine(to.name)), lead({ email: to.email, server: hostOf(base) }), when];
  return layOut(words, {
    ...{ to: to.email, language, subject },
    before: [...said, notYou ?? words.notYou],
    link: notYou === undefined ? { title: words.button, url: `${base}/forgotten-password` } : undefined,
    after: [],
  });
}

const hostOf = (base: string) => new URL(base).host;
/** A name that somebody chose stays a name: short, and on its line. */
const oneLine = (text: string) => text.replace(/\s+/g, " ").trim().slice(0, 100);

/** The server does not know where the person is. */
function inWords(at: number, language: string): string {
  const format = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" } as const;
  return `${new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, format).format(at)} UTC`;
}

interface Link {
  readonly title: string;
  readonly url: string;
}
interface Layout {
  readonly to: string;
  readonly language: string;
  readonly subject: string;
  readonly before: readonly string[];
  readonly link: Link | undefined;
  readonly after: readonly string[];
}

/** The same as text and as HTML: one column, nothing that is loaded or runs, the address of the link to be seen. */
function layOut(words: MailWords, { to, language, subject, before, link, after }: Layout): WrittenMail {
  const text = [...before, ...(link === undefined ? [] : [link.url]), ...after, `-- \n${words.footer}`].join("\n\n");
  const paragraph = (said: string) => `<p style="margin:0 0 16px">${escapeHtml(said)}</p>`;
  const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:24px 12px;background:#f3f4f6">
<div style="max-width:560px;margin:0 auto;padding:32px 32px 16px;border-radius:12px;background:#ffffff;font:16px/1.55 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#14161b;word-break:break-word">
${before.map(paragraph).join("\n")}
${link === undefined ? "" : layOutLink(words, link)}${after.map(paragraph).join("\n")}
<p style="margin:24px 0 0;font-size:13px;color:#4b5563">${escapeHtml(words.footer)}</p>
</div>
</body>
</html>
`;
  return { to, subject, text: `${text}\n`, html };
}

function layOutLink(words: MailWords, link: Link): string {
  const url = escapeHtml(link.url);
  return `<p style="margin:24px 0"><a href="${url}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none">${escapeHtml(link.title)}</a></p>
<p style="margin:0 0 16px;font-size:14px;color:#4b5563">${escapeHtml(words.orOpen)}<br><a href="${url}" style="color:#1d4ed8">${url}</a></p>
`;
}
