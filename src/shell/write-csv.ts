import { stringify } from "csv-stringify/sync";

/** Tells spreadsheets that it is UTF-8. */
export const byteOrderMark = "\ufeff";

/** A line as RFC 4180 has it. What a spreadsheet would take for a formula (a leading `=`, `+`, `-`, `@`, tab or line end) gets an apostrophe in front. */
export function toCsvLine(cells: readonly string[]): string {
  return stringify([[...cells]], { escape_formulas: true, record_delimiter: "windows" });
}
