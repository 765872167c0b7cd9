import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";
import { insertSettingsTable, renderEnvExample } from "./config-docs.ts";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

describe("the documents of the settings", () => {
  it("hold .env.example as it is generated (npm run docs:gen)", () => {
    expect(read(".env.example")).toBe(renderEnvExample());
  });

  it("hold the table in docs/operations.md as it is generated (npm run docs:gen)", () => {
    const document = read("docs/operations.md");
    expect(insertSettingsTable(document)).toBe(document);
  });

  it("hold an example that changes nothing when it is taken as it is", () => {
    const uncommented = renderEnvExample().replace(/^# ([A-Z_]+=)/gm, "$1");
    const example = parseEnv(uncommented);
    expect(Object.keys(example)).toContain("PORT");
    expect(readConfig(example)).toEqual(readConfig({}));
  });
});
