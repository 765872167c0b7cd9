/** Makes an element; text goes in as text, never as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const svg = "http://www.w3.org/2000/svg";

/** An icon from its path on a 24-unit grid. */
export function icon(path: string, name = ""): SVGSVGElement {
  const drawing = document.createElementNS(svg, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", `icon ${name}`);
  const line = document.createElementNS(svg, "path");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

/** An address that a page may open: http and https only. */
export function safeUrl(text: string | undefined): string | undefined {
  try {
    const url = new URL(text ?? "");
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** A link that opens beside this page and tells the other page nothing. */
export function outsideLink(
  href: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly (Node | string)[],
): HTMLAnchorElement {
  return element("a", { href, target: "_blank", rel: "noopener noreferrer", ...attributes }, children);
}

/** Text with its addresses made into links. A full stop or bracket after an address is not part of it. */
export function linkedText(text: string): (Node | string)[] {
  return text.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}])/i).map((part, index) => {
    const url = index % 2 === 1 ? safeUrl(part) : undefined;
    return url === undefined ? part : outsideLink(url, {}, [part]);
  });
}
