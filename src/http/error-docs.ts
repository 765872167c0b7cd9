import { type ErrorCode, errorTable } from "../model/app-error.ts";
import { statusOf } from "./errors.ts";

const rows = /(?:^\| `[a-z_.]+` \| \d+ \| .+ \|\n)+/m;

/** The page of errors with its table as the code has it. */
export function renderErrorDocs(page: string): string {
  const codes = Object.keys(errorTable) as ErrorCode[];
  const table = codes.map((code) => `| \`${code}\` | ${statusOf(code)} | ${errorTable[code].meaning} |\n`);
  return page.replace(rows, () => table.join(""));
}
