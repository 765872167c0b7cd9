import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const pages = path.resolve(import.meta.dirname, "../../../docs/compat");

it.each([
  ["bothelp.md", 40],
  ["chatbot.md", 30],
  ["../entry-links.md", 5],
  ["../action-block.md", 12],
] as const)("each line of %s names a test that there is", (name, least) => {
  const links = [...readFileSync(path.join(pages, name), "utf8").matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)];
  expect(links.length).toBeGreaterThan(least);
  for (const [, title = "", file = ""] of links) {
    const source = readFileSync(path.resolve(path.dirname(path.join(pages, name)), file), "utf8");
    const plain = title.replaceAll("\\`", "`");
    expect([file, plain, source.includes(`("${plain}"`) || source.includes(`"${plain}",`)]).toEqual([
      file,
      plain,
      true,
    ]);
  }
});
