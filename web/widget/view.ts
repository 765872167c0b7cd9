import type { SessionBody } from "../../src/http/contract/webchat.ts";
import { readableAs, readableOn } from "./colour.ts";
import { createComposerView } from "./composer-view.ts";
import { element, icon } from "./elements.ts";
import { createLogView } from "./log-view.ts";
import type { MessageActions } from "./message-view.ts";
import { type ChatState, unreadOf } from "./state.ts";
import { darkGround, lightGround, style } from "./style.ts";
import type { Language } from "./words.ts";

export interface ViewOptions {
  readonly language: Language;
  /** Over the whole page, with no launcher. */
  readonly isPage: boolean;
  readonly theme: "light" | "dark" | "auto";
  readonly actions: MessageActions & {
    say(text: string): void;
    loadEarlier(): Promise<void>;
    opened(): void;
    /** The page came to the front while the chat is open. */
    cameIntoSight(): void;
  };
}

export interface View {
  draw(state: ChatState): void;
  /** Title, colour and side, as the server says; the launcher shows from then on. */
  dress(session: SessionBody): void;
  open(): void;
  close(): void;
  isOpen(): boolean;
  /** Open, and on a page that is in front. */
  isInSight(): boolean;
}

/** Draws the chat into the page, in a shadow: nothing of the page's style gets in, nothing of ours gets out. */
export function createView({ language, isPage, theme, actions }: ViewOptions): View {
  const { words } = language;
  const log = createLogView(language, actions);
  const composer = createComposerView(words, (text) => actions.say(text));
  const header = createHeader(language);
  const hint = element("div", { class: "hint", role: "status" });
  const panel = element("section", { class: "panel", role: isPage ? "main" : "dialog", "aria-labelledby": "title" }, [
    header.node,
    hint,
    log.node,
    composer.node,
  ]);
  panel.id = "panel";
  const badge = element("span", { class: "badge", "aria-hidden": "true" });
  const launcher = element("button", { class: "launcher", type: "button", "aria-controls": "panel" }, [
    icon("M20.5 11.6a8 8 0 0 1-11.7 7.1L4 20l1.4-4.5A8 8 0 1 1 20.5 11.6z", "talk"),
    icon("M6 9.5l6 6 6-6", "down"),
    badge,
  ]);
  const root = element("div", { class: `root ${theme}${isPage ? " page" : ""}` }, [panel, launcher]);
  attach(root);
  let isOpen = false;
  let unread = 0;

  function setOpen(open: boolean): void {
    if (isOpen === open) return;
    isOpen = open;
    show();
    if (!open) {
      launcher.focus({ preventScroll: true });
      return;
    }
    actions.opened();
    log.scrollToEnd();
    // On a touch screen the keyboard would hide the greeting that the visitor came to read.
    if (matchMedia("(pointer: coarse)").matches) header.focus();
    else composer.focus();
  }

  function show(): void {
    root.classList.toggle("open", isOpen);
    panel.hidden = !isOpen;
    launcher.setAttribute("aria-expanded", String(isOpen));
    const label = isOpen ? words.close : words.open;
    launcher.setAttribute("aria-label", unread === 0 ? label : `${label}, ${words.unread(unread)}`);
    badge.textContent = unread === 0 ? "" : unread > 99 ? "99+" : String(unread);
  }

  launcher.hidden = true;
  show();
  launcher.addEventListener("click", () => setOpen(!isOpen));
  header.onClose(() => setOpen(false));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !isPage) setOpen(false);
  });
  const isInSight = () => isOpen && document.visibilityState === "visible";
  document.addEventListener("visibilitychange", () => isInSight() && actions.cameIntoSight());

  return {
    open: () => setOpen(true),
    close: () => setOpen(false),
    isOpen: () => isOpen,
    isInSight,
    dress(session) {
      header.dress(session.title);
      launcher.hidden = isPage;
      root.classList.toggle("left", session.position === "left");
      paint(root, session.accent);
    },
    draw(state) {
      unread = isOpen ? 0 : unreadOf(state);
      show();
      header.show(state.connection);
      hint.textContent = state.connection === "offline" ? words.offlineHint : "";
      log.draw(state);
    },
  };
}

function attach(root: HTMLElement): void {
  const host = document.createElement("repartee-chat");
  const shadow = host.attachShadow({ mode: "open" });
  // Made by script, a sheet also works where a page's policy forbids style elements.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(root);
  document.body.append(host);
}

function createHeader({ words }: Language) {
  const avatar = element("span", { class: "avatar", "aria-hidden": "true" });
  const title = element("h2", { id: "title", tabindex: "-1" });
  const status = element("p", { class: "status" });
  const close = element("button", { class: "close", type: "button", "aria-label": words.close }, [
    icon("M6 6l12 12M18 6L6 18"),
  ]);
  const texts = { idle: words.connecting, connecting: words.connecting, online: words.online, offline: words.offline };
  const node = element("header", {}, [
    element("div", { class: "bar" }, [avatar, element("div", { class: "names" }, [title, status]), close]),
  ]);
  return {
    node,
    focus: () => title.focus({ preventScroll: true }),
    onClose: (run: () => void) => close.addEventListener("click", run),
    dress(text: string) {
      title.textContent = text;
      avatar.textContent = [...text.trim()][0]?.toUpperCase() ?? "";
    },
    show(connection: ChatState["connection"]) {
      status.textContent = texts[connection];
      status.className = `status ${connection}`;
    },
  };
}

/** The accent, and what can be read on it and in it. */
function paint(root: HTMLElement, accent: string): void {
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) root.style.removeProperty(name);
    else root.style.setProperty(name, value);
  };
  set("--accent", accent);
  set("--on-accent", readableOn(accent));
  set("--accent-on-light", readableAs(accent, lightGround));
  set("--accent-on-dark", readableAs(accent, darkGround));
}
