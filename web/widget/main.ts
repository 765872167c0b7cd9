import { createChat } from "./chat.ts";

/** What pages may call, as `window.Repartee`: the chat of the last script tag on the page. */
let current: ReturnType<typeof createChat> | undefined;

export function open(): void {
  current?.open();
}

export function close(): void {
  current?.close();
}

function begin(script: HTMLScriptElement): void {
  const { bot, mode, server, start, theme } = script.dataset;
  if (bot === undefined || bot === "") throw new Error("Repartee: the script tag needs data-bot");
  const own = script.src.replace(/\/widget\.js.*$/, "");
  current = createChat({
    server: server?.replace(/\/+$/, "") ?? own,
    bot,
    isPage: mode === "page",
    start,
    theme: theme === "light" || theme === "dark" ? theme : "auto",
  });
}

// Only while the script runs does the document say which tag it came from.
const script = document.currentScript;
if (script instanceof HTMLScriptElement) {
  if (document.body === null) addEventListener("DOMContentLoaded", () => begin(script));
  else begin(script);
}
