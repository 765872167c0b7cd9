import { element, icon } from "./elements.ts";
import { type Entry, entriesOf } from "./entries.ts";
import { drawMessage, type LineView, type MessageActions } from "./message-view.ts";
import { type ChatState, cursorOf } from "./state.ts";
import type { Language } from "./words.ts";

export interface LogView {
  readonly node: HTMLElement;
  draw(state: ChatState): void;
  scrollToEnd(): void;
}

/** Nearer to the end than this counts as being there. */
const nearPx = 80;
const dayMs = 86_400_000;

/**
 * The conversation. Lines keep their elements, so that a film that plays goes on and a screen reader hears what is new only. Who reads at the end
 * stays at the end; who has scrolled up is left there and told of what is new.
 */
export function createLogView(language: Language, actions: MessageActions & { loadEarlier(): Promise<void> }): LogView {
  const { words } = language;
  const earlier = element("button", { class: "earlier", type: "button" }, [words.earlier]);
  const list = element("div", { class: "list" });
  const log = element(
    "div",
    { class: "log", role: "log", "aria-live": "polite", "aria-label": words.conversation, tabindex: "0" },
    [earlier, list],
  );
  const pill = element("button", { class: "pill", type: "button" }, [
    icon("M12 5v14M6 13l6 6 6-6", "small"),
    words.newMessages,
  ]);
  const node = element("div", { class: "frame" }, [log, pill]);
  const lines = new Map<string, LineView<never>>();
  let isAtEnd = true;
  let newest = 0;
  let ownActs = 0;
  pill.hidden = true;

  function scrollToEnd(): void {
    isAtEnd = true;
    pill.hidden = true;
    log.scrollTop = log.scrollHeight;
  }

  log.addEventListener("scroll", () => {
    isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < nearPx;
    if (isAtEnd) pill.hidden = true;
  });
  pill.addEventListener("click", scrollToEnd);
  earlier.addEventListener("click", async () => {
    earlier.disabled = true;
    await actions.loadEarlier();
    earlier.disabled = false;
  });
  // A picture that has loaded, a keyboard that came up.
  const resizing = new ResizeObserver(() => isAtEnd && scrollToEnd());
  resizing.observe(list);
  resizing.observe(log);

  return {
    node,
    scrollToEnd,
    draw(state) {
      const fromEnd = log.scrollHeight - log.scrollTop;
      const hasMoreAbove = lines.size > 0 && state.messages[0] !== undefined && !lines.has(keyOfFirst(state));
      earlier.hidden = !state.hasEarlier;
      updateLines(list, lines, entriesOf(state, dayOf), (entry) => drawEntry(entry, language, actions));
      const isNews = cursorOf(state) > newest && newest > 0;
      newest = cursorOf(state);
      const hasActed = state.outbox.length > ownActs;
      ownActs = state.outbox.length;
      if (hasActed || isAtEnd) scrollToEnd();
      else if (hasMoreAbove) log.scrollTop = log.scrollHeight - fromEnd;
      else if (isNews && state.messages.at(-1)?.direction === "out") pill.hidden = false;
    },
  };
}

function keyOfFirst(state: ChatState): string {
  const entry = entriesOf({ ...state, messages: state.messages.slice(0, 1), outbox: [] }, dayOf).at(-1);
  return entry?.key ?? "";
}

/** Makes the list show these entries: what was there stays, what is new is drawn, what is gone goes. */
function updateLines(
  list: HTMLElement,
  lines: Map<string, LineView<never>>,
  entries: readonly Entry[],
  draw: (entry: Entry) => LineView<never>,
): void {
  const gone = new Set(lines.keys());
  let place = list.firstChild;
  for (const entry of entries) {
    gone.delete(entry.key);
    const line = lines.get(entry.key) ?? draw(entry);
    lines.set(entry.key, line);
    // A line was drawn from an entry of this very key, and so of this kind.
    line.update(entry as never);
    if (line.node === place) place = place.nextSibling;
    else list.insertBefore(line.node, place);
  }
  for (const key of gone) {
    lines.get(key)?.node.remove();
    lines.delete(key);
  }
}

function drawEntry(entry: Entry, language: Language, actions: MessageActions): LineView<never> {
  if (entry.kind === "message") return drawMessage(entry, language, actions);
  const still = (node: HTMLElement) => ({ node, update: () => undefined });
  if (entry.kind === "day") return still(element("div", { class: "day" }, [dayText(entry.at, language)]));
  if (entry.kind === "joined") {
    const { words } = language;
    return still(element("div", { class: "day joined", dir: "auto" }, [words.joined(entry.name ?? words.team)]));
  }
  const dots = [element("i"), element("i"), element("i")];
  return still(element("div", { class: "dots", role: "img", "aria-label": language.words.typing }, dots));
}

const dayOf = (at: number) => new Date(at).toDateString();

function dayText(at: number, { tag, words }: Language): string {
  const now = Date.now();
  if (dayOf(at) === dayOf(now)) return words.today;
  if (dayOf(at) === dayOf(now - dayMs)) return words.yesterday;
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Date(at).toLocaleDateString(tag, {
    day: "numeric",
    month: "long",
    ...(isThisYear ? {} : { year: "numeric" }),
  });
}
