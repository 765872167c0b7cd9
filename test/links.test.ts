import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
/** Ours: a benchmark's peers are installed below its folder, with pages of their own. */
const pages = globSync(["*.md", "{bench,deploy,docs}/**/*.md"], { cwd: root }).filter(
  (page) => !page.split(path.sep).includes("node_modules"),
);

interface Link {
  readonly text: string;
  /** Empty: the page itself. */
  readonly file: string;
  readonly anchor: string | undefined;
}

/** What stands in code is no link. */
const withoutCode = (text: string) => text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, "").replaceAll(/(`+)[^`].*?\1/g, "");

/** Links of a page to files and headings of this repository. */
function linksOf(page: string): Link[] {
  const targets = [...withoutCode(readFileSync(path.join(root, page), "utf8")).matchAll(/\]\(([^)\s]+)\)/g)];
  return targets.flatMap(([, target = ""]) => {
    // Elsewhere, or of a running server.
    if (/^([a-z]+:|\/)/.test(target)) return [];
    const [file = "", anchor] = target.split("#");
    return [{ text: target, file: decodeURIComponent(file), anchor }];
  });
}

/** Names of a page's headings, as GitHub makes them: https://docs.github.com/en/get-started/writing-on-github (section links). */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  const text = readFileSync(page, "utf8").replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, "");
  for (const [, heading = ""] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const words = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .trim()
      .toLowerCase();
    const name = words.replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "").replaceAll(" ", "-");
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    anchors.add(before === 0 ? name : `${name}-${before}`);
  }
  for (const [, name = ""] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(name);
  return anchors;
}

function isDead(page: string, { file, anchor }: Link): boolean {
  const target = file === "" ? path.join(root, page) : path.resolve(root, path.dirname(page), file);
  if (!existsSync(target)) return true;
  if (anchor === undefined || statSync(target).isDirectory() || !target.endsWith(".md")) return false;
  return !anchorsOf(target).has(decodeURIComponent(anchor));
}

describe("the documents", () => {
  it("are found, with their links", () => {
    expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/glossary.md", "deploy/kubernetes/README.md"]));
    expect(pages.flatMap(linksOf).length).toBeGreaterThan(200);
  });

  it.each(pages)("%s leads nowhere but to files and headings that are there", (page) => {
    const dead = linksOf(page).filter((link) => isDead(page, link));
    expect(dead.map(({ text }) => text)).toEqual([]);
  });

  it("would be caught with a link to a file or a heading that is not there", () => {
    const link = { text: "", file: "README.md", anchor: undefined };
    expect(isDead("README.md", { ...link, file: "docs/nowhere.md" })).toBe(true);
    expect(isDead("README.md", { ...link, anchor: "nothing-of-the-kind" })).toBe(true);
    expect(isDead("README.md", { ...link, anchor: "five-minutes" })).toBe(false);
  });
});
