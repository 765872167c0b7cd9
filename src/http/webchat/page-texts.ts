/** The few pages that are text with a name put in. */

import type { OpenedLink } from "../../engine/channel-type.ts";
import { escapeHtml } from "../../engine/escape-html.ts";

/** Exactly what stands in the pages' style element: the policy allows it by its hash. */
export const pageStyle = `
:root { color-scheme: light dark; --text: #14161b; --soft: #5b6270; --back: #f6f7f9; --card: #fff; --line: #e2e5ea; --accent: #2563eb; --code: #f0f2f5; }
@media (prefers-color-scheme: dark) { :root { --text: #eef0f4; --soft: #a2a9b7; --back: #121419; --card: #1a1d23; --line: #2d323b; --accent: #7ea6ff; --code: #12151a; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--text); background: var(--back); -webkit-font-smoothing: antialiased; }
main { max-width: 46rem; margin: 0 auto; padding: clamp(2.5rem, 9vh, 6rem) 1.25rem 6rem; }
.mark { display: flex; align-items: center; gap: .6rem; font-weight: 650; margin-bottom: 2.25rem; }
.mark i { width: 1.9rem; height: 1.9rem; border-radius: .6rem .6rem .6rem .15rem; background: var(--accent); }
h1 { font-size: clamp(1.8rem, 5vw, 2.6rem); line-height: 1.15; margin: 0 0 .75rem; letter-spacing: -.025em; font-weight: 700; text-wrap: balance; }
.lead { color: var(--soft); margin: 0 0 2.5rem; font-size: 1.08rem; max-width: 36rem; }
.cards { list-style: none; margin: 0 0 2.5rem; padding: 0; display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); }
.cards a { display: block; height: 100%; padding: 1.1rem 1.25rem; border: 1px solid var(--line); border-radius: 16px; background: var(--card); color: inherit; text-decoration: none; transition: border-color .15s, transform .15s; }
.cards a:hover { border-color: var(--accent); transform: translateY(-1px); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.cards b { display: block; font-weight: 620; } .cards span { color: var(--soft); font-size: .94rem; }
h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
p { color: var(--soft); margin: 0 0 1rem; }
p a { color: var(--accent); }
pre { margin: 0; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 14px; background: var(--code); overflow-x: auto; font: 13.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
noscript { display: block; padding: 2rem; text-align: center; }
button { font: inherit; font-weight: 600; padding: .8rem 1.4rem; border: 0; border-radius: 12px; background: var(--accent); color: var(--back); cursor: pointer; }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body>${body}</body>
</html>
`;
}

const mark = `<div class="mark"><i></i>Repartee</div>`;

/** The chat alone, over the whole page. The widget reads `?start=` itself. */
export function chatPage({ ref, name }: { readonly ref: string; readonly name: string }): string {
  const script = `<script src="/widget.js" data-bot="${escapeHtml(ref)}" data-mode="page" async></script>`;
  return page(name, `${script}<noscript>This chat needs JavaScript.</noscript>`);
}

export function notFoundPage(bot: string): string {
  return page(
    "No such chat",
    `<main>${mark}<h1>There is no chat here</h1>
<p class="lead">No bot "${escapeHtml(bot)}" has a web chat on this server. The link may be mistyped, or its web chat was disconnected.</p>
<p><a href="/">To the start page</a></p></main>`,
  );
}

/** What a link in a message does, before it is done: only the button does it. `once` tells this look at the page from others. */
export function linkAskPage(link: OpenedLink, once: string): string {
  const [title, text, button] =
    link.kind === "press"
      ? [link.title, "One more tap sends your answer.", link.title]
      : ["Unsubscribe?", `No more messages will be sent to ${link.recipient}.`, "Unsubscribe"];
  const form = `<form method="post"><input type="hidden" name="once" value="${escapeHtml(once)}"><button type="submit">${escapeHtml(button)}</button></form>`;
  return page(title, `<main><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(text)}</p>${form}</main>`);
}

export function linkDonePage(link: OpenedLink): string {
  const [title, text] =
    link.kind === "press"
      ? ["Thank you", "Your answer has arrived. You can close this page."]
      : ["You are unsubscribed", `No more messages will be sent to ${link.recipient}.`];
  return page(title, `<main><h1>${escapeHtml(title)}</h1><p class="lead">${escapeHtml(text)}</p></main>`);
}

export function linkGonePage(): string {
  const text = "It is not complete, or the sender no longer uses it. Open it from the message once more.";
  return page("Unknown link", `<main><h1>This link is not known</h1><p class="lead">${text}</p></main>`);
}
