import { escapeHtml } from "../../engine/escape-html.ts";
import { findTextLinks } from "../../engine/text-links.ts";
import type { MediaKind } from "../../model/message.ts";

/** A message in the parts that a mail shows, with every address known. */
export interface MailPart {
  readonly text: string;
  /** Where addresses that stand in the text lead instead, by the address. */
  readonly ways: Readonly<Record<string, string>>;
  /** `url`: a page, or `cid:` and what the mail calls a picture of its own; absent: the file goes along, and is not shown. */
  readonly files: readonly { readonly kind: MediaKind; readonly url: string | undefined; readonly name: string }[];
  readonly buttons: readonly { readonly title: string; readonly url: string }[];
}

/** Only pages: a link from a template may be `javascript:` or worse. */
function isPage(url: string): boolean {
  return URL.canParse(url) && ["http:", "https:", "mailto:", "tel:"].includes(new URL(url).protocol);
}

const linkColour = "#1d4ed8";

/** Text as HTML: paragraphs, line breaks, addresses that can be followed; nothing in it is markup. */
export function textToHtml(text: string, ways: MailPart["ways"] = {}): string {
  return text
    .trim()
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph !== "")
    .map((paragraph) => `<p style="margin:0 0 16px">${linked(paragraph, ways).replaceAll("\n", "<br>\n")}</p>`)
    .join("\n");
}

function linked(text: string, ways: MailPart["ways"]): string {
  let html = "";
  let from = 0;
  for (const { url, index } of findTextLinks(text)) {
    const way = (Object.hasOwn(ways, url) ? ways[url] : undefined) ?? url;
    html += escapeHtml(text.slice(from, index));
    html += `<a href="${escapeHtml(way)}" style="color:${linkColour};word-break:break-word">${escapeHtml(url)}</a>`;
    from = index + url.length;
  }
  return html + escapeHtml(text.slice(from));
}

function fileToHtml({ kind, url, name }: MailPart["files"][number]): string {
  if (url === undefined) return "";
  const label = escapeHtml(name);
  if (!isPage(url) && !url.startsWith("cid:file")) return `<p style="margin:0 0 16px">${label}</p>`;
  const address = escapeHtml(url);
  return kind === "image"
    ? `<p style="margin:0 0 16px"><img src="${address}" alt="${label}" width="536" style="display:block;width:100%;max-width:536px;height:auto;border:0;border-radius:8px"></p>`
    : `<p style="margin:0 0 16px"><a class="file" href="${address}" style="color:${linkColour};word-break:break-word">${label}</a></p>`;
}

/** A table cell with a colour, since not every mail program gives a link a padding. */
function buttonToHtml({ title, url }: MailPart["buttons"][number]): string {
  if (!isPage(url)) return `<p style="margin:0 0 12px">${escapeHtml(title)}</p>`;
  return `<table role="presentation" border="0" cellpadding="0" cellspacing="0" width="100%" style="margin:0 0 12px"><tr><td align="center" bgcolor="#2563eb" style="border-radius:8px"><a class="button" href="${escapeHtml(url)}" style="display:block;padding:14px 20px;color:#ffffff;font-weight:600;text-decoration:none;word-break:break-word">${escapeHtml(title)}</a></td></tr></table>`;
}

/** The whole document: one column of at most 600 pixels, styles on the elements, nothing that runs and nothing that is loaded but the message's own pictures. */
export function layOut(options: {
  readonly subject: string;
  readonly preheader: string;
  readonly part: MailPart;
  readonly footer: string;
  readonly links: { readonly unsubscribe: string; readonly unsubscribeTitle: string };
}): string {
  const { subject, preheader, part, footer, links } = options;
  const hidden =
    preheader.trim() === ""
      ? ""
      : `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escapeHtml(preheader)}</div>\n`;
  const below = footer.trim() === "" ? "" : `${escapeHtml(footer.trim()).replaceAll("\n", "<br>\n")}<br>\n`;
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${escapeHtml(subject)}</title>
</head>
<body style="margin:0;padding:0;background:#f3f4f6">
${hidden}<table role="presentation" border="0" cellpadding="0" cellspacing="0" width="100%" bgcolor="#f3f4f6"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" border="0" cellpadding="0" cellspacing="0" width="100%" style="max-width:600px"><tr><td bgcolor="#ffffff" style="padding:32px 32px 20px;border-radius:12px;font:16px/1.55 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#14161b;text-align:left;word-break:break-word">
${[textToHtml(part.text, part.ways), ...part.files.map(fileToHtml), ...part.buttons.map(buttonToHtml)].filter((html) => html !== "").join("\n")}
</td></tr><tr><td align="center" style="padding:20px 32px;font:13px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#5b6270">
${below}<a href="${escapeHtml(links.unsubscribe)}" style="color:#5b6270">${escapeHtml(links.unsubscribeTitle)}</a>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}
