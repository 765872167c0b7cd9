import { element, icon } from "./elements.ts";
import type { Words } from "./words.ts";

export interface ComposerView {
  readonly node: HTMLElement;
  focus(): void;
}

const longest = 4_000;
const tallestPx = 140;
/** Half of an emoji that the length cut, and U+0000: the server stores neither. */
const unstorable = /[\p{Surrogate}\0]/gu;

/** Where the visitor writes. Enter sends, Shift with Enter makes a new line. */
export function createComposerView(words: Words, say: (text: string) => void): ComposerView {
  const field = element("textarea", {
    rows: "1",
    placeholder: words.placeholder,
    "aria-label": words.message,
    maxlength: String(longest),
    enterkeyhint: "send",
    dir: "auto",
  });
  const send = element("button", { class: "send", type: "submit", "aria-label": words.send }, [
    icon("M12 19V6M6 11.5l6-6 6 6"),
  ]);
  const node = element("form", {}, [element("div", { class: "composer" }, [field, send])]);
  send.disabled = true;

  function resize(): void {
    send.disabled = field.value.trim() === "";
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, tallestPx)}px`;
  }

  node.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.replace(unstorable, "").trim();
    if (text === "") return;
    field.value = "";
    resize();
    say(text);
    field.focus({ preventScroll: true });
  });
  field.addEventListener("input", resize);
  field.addEventListener("keydown", (event) => {
    // Enter while an input method composes a word belongs to that; Safari says so by the key code only.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    node.requestSubmit();
  });
  return { node, focus: () => field.focus({ preventScroll: true }) };
}
