import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const page = path.resolve(import.meta.dirname, "../../../../docs/compat/bothelp.md");

it("each line of the page names a test that there is", () => {
  const links = [...readFileSync(page, "utf8").matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)];
  expect(links.length).toBeGreaterThan(40);
  for (const [, title = "", file = ""] of links) {
    const source = readFileSync(path.resolve(path.dirname(page), file), "utf8");
    const plain = title.replaceAll("\\`", "`");
    expect([file, plain, source.includes(`("${plain}"`) || source.includes(`"${plain}",`)]).toEqual([
      file,
      plain,
      true,
    ]);
  }
});
