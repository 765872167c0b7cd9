import type { Database } from "../store/database.ts";
import { type Import, listRefusedLines } from "../store/import-store.ts";
import { readCsv } from "./read-csv.ts";
import { byteOrderMark, toCsvLine } from "./write-csv.ts";

const pageSize = 1_000;

/** The file's own lines that an import refused, or after a check would, as CSV, with what is wrong in a last column. Throws what `readCsv` does. */
export async function* writeRefusedLines(
  db: Database,
  { id, settings }: Pick<Import, "id" | "settings">,
  content: Buffer,
): AsyncGenerator<string> {
  let refused = await listRefusedLines(db, id, { limit: pageSize });
  let next = 0;
  let place = -1;
  for await (const { cells } of readCsv(content, settings)) {
    place += 1;
    if (place === 0) {
      yield byteOrderMark + toCsvLine([...cells, "problem"]);
      continue;
    }
    if (next === refused.length) {
      if (refused.length < pageSize) return;
      refused = await listRefusedLines(db, id, { after: refused.at(-1)?.place, limit: pageSize });
      next = 0;
    }
    if (refused[next]?.place !== place) continue;
    const width = settings.mapping.length;
    const padded = [...cells, ...Array.from({ length: Math.max(0, width - cells.length) }, () => "")];
    yield toCsvLine([...padded, refused[next]?.reason ?? ""]);
    next += 1;
  }
}
