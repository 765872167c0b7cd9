import { element, icon, linkedText, outsideLink, safeUrl } from "./elements.ts";
import type { MessageEntry } from "./entries.ts";
import type { Language, Words } from "./words.ts";

export interface MessageActions {
  press(payload: string, title: string): void;
  retry(actId: string): void;
}

/** A line of the log: its element stays, what changes about it is updated. */
export interface LineView<E> {
  readonly node: HTMLElement;
  update(entry: E): void;
}

/** Draws a message once; later only its place in the group, its delivery and its quick replies change. */
export function drawMessage(
  entry: MessageEntry,
  { words, tag }: Language,
  actions: MessageActions,
): LineView<MessageEntry> {
  const { content, side, at, from } = entry;
  const { text, attachments, buttons, quickReplies } = content;
  const parts: HTMLElement[] = attachments.flatMap((attachment) => drawAttachment(attachment, words) ?? []);
  if (text !== undefined && text !== "") parts.push(element("div", { class: "bubble", dir: "auto" }, linkedText(text)));
  const choices = buttons.flatMap((button) => drawButton(button, actions) ?? []);
  if (choices.length > 0) parts.push(element("div", { class: "choices" }, choices));
  const replies = element(
    "div",
    { class: "choices replies" },
    quickReplies.map(({ title, payload }) => drawPress(title, payload, actions)),
  );
  const note = element("div", { class: "note" });
  const name = element("div", { class: "speaker", dir: "auto" }, [nameOf(from, words)]);
  const node = element("div", { class: `message ${side}` }, [
    ...(side === "visitor" ? [element("span", { class: "unseen" }, [`${words.you}: `])] : [name]),
    ...parts,
    note,
    replies,
  ]);
  let shown = "";

  function update({ delivery, actId, isGroupStart, isGroupEnd, offersReplies }: MessageEntry): void {
    name.hidden = !isGroupStart || from === undefined;
    node.classList.toggle("end", isGroupEnd);
    node.classList.toggle("waiting", delivery === "waiting");
    replies.hidden = !offersReplies || quickReplies.length === 0;
    const wanted = delivery === "waiting" || delivery === "refused" ? delivery : isGroupEnd ? "time" : "";
    if (wanted === shown) return;
    shown = wanted;
    note.classList.toggle("bad", delivery === "refused");
    if (wanted === "time") note.replaceChildren(timeOf(at, tag));
    else if (wanted === "waiting") note.replaceChildren(words.sending);
    else if (wanted === "refused") note.replaceChildren(words.refused, " ", drawRetry(words, actId ?? "", actions));
    else note.replaceChildren();
  }

  update(entry);
  return { node, update };
}

function nameOf(from: MessageEntry["from"], words: Words): string {
  return from?.name ?? (from?.kind === "agent" ? words.team : "");
}

function timeOf(at: number, tag: string): HTMLTimeElement {
  const date = new Date(at);
  const text = date.toLocaleTimeString(tag, { hour: "2-digit", minute: "2-digit" });
  return element("time", { datetime: date.toISOString() }, [text]);
}

function drawRetry(words: Words, actId: string, actions: MessageActions): HTMLButtonElement {
  const retry = element("button", { type: "button" }, [words.retry]);
  retry.addEventListener("click", () => actions.retry(actId));
  return retry;
}

type Button = MessageEntry["content"]["buttons"][number];

function drawButton(button: Button, actions: MessageActions): HTMLElement | undefined {
  if (button.type === "press") return drawPress(button.title, button.payload, actions);
  const address = safeUrl(button.url);
  if (address === undefined) return undefined;
  return outsideLink(address, { class: "choice" }, [button.title, icon("M8 16L16 8M9 8h7v7", "small")]);
}

function drawPress(title: string, payload: string, actions: MessageActions): HTMLButtonElement {
  const button = element("button", { class: "choice", type: "button" }, [title]);
  button.addEventListener("click", () => actions.press(payload, title));
  return button;
}

type Attachment = MessageEntry["content"]["attachments"][number];

const players: Readonly<Record<string, (url: string, label: string) => HTMLElement>> = {
  image: (url, label) => outsideLink(url, { class: "picture" }, [element("img", { src: url, alt: label })]),
  video: (url, label) =>
    element("video", { src: url, controls: "", playsinline: "", preload: "metadata", "aria-label": label }),
  audio: (url, label) => element("audio", { src: url, controls: "", preload: "metadata", "aria-label": label }),
  voice: (url, label) => element("audio", { src: url, controls: "", preload: "metadata", "aria-label": label }),
};

/** What cannot be shown (a picture that is gone, a format the browser lacks) becomes a link to it. */
function drawAttachment({ kind, url, name }: Attachment, words: Words): HTMLElement | undefined {
  const address = safeUrl(url);
  if (address === undefined) return undefined;
  const asFile = () =>
    outsideLink(address, { class: "file" }, [
      icon("M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5"),
      element("span", {}, [name ?? fileNameOf(address) ?? words.file]),
    ]);
  const play = players[kind];
  if (play === undefined) return asFile();
  const player = play(address, name ?? (kind === "image" ? words.picture : words.file));
  player.addEventListener("error", () => player.replaceWith(asFile()), { capture: true, once: true });
  return player;
}

function fileNameOf(address: string): string | undefined {
  try {
    return decodeURIComponent(new URL(address).pathname.split("/").at(-1) ?? "") || undefined;
  } catch {
    return undefined;
  }
}
