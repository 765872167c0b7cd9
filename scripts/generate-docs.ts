import { readFileSync, writeFileSync } from "node:fs";
import { insertSettingsTable, renderEnvExample } from "../src/app/config-docs.ts";

/** Brings what is generated in the documents up to date; `src/app/config-docs.test.ts` fails while it is not. */
const root = new URL("../", import.meta.url);
const operations = new URL("docs/operations.md", root);
writeFileSync(new URL(".env.example", root), renderEnvExample());
writeFileSync(operations, insertSettingsTable(readFileSync(operations, "utf8")));
