import { readFileSync, writeFileSync } from "node:fs";
import { renderActionDocs } from "../src/app/action-docs.ts";
import { insertSettingsTable, renderEnvExample } from "../src/app/config-docs.ts";
import { insertMetricsTable } from "../src/app/metrics-docs.ts";
import { renderErrorDocs } from "../src/http/error-docs.ts";

/** Brings what is generated in the documents up to date; `src/app/config-docs.test.ts` and `test/contracts/registries.test.ts` look after it. */
const root = new URL("../", import.meta.url);
const operations = new URL("docs/operations.md", root);
writeFileSync(new URL(".env.example", root), renderEnvExample());
writeFileSync(operations, insertMetricsTable(insertSettingsTable(readFileSync(operations, "utf8"))));
const actions = new URL("docs/actions.md", root);
writeFileSync(actions, renderActionDocs(readFileSync(actions, "utf8")));
const errors = new URL("docs/errors.md", root);
writeFileSync(errors, renderErrorDocs(readFileSync(errors, "utf8")));
