import { parse } from "csv-parse";
import { type ImportEncoding, type ImportSettings, importSeparators } from "../model/import.ts";

/** A record of a file. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Where it begins: 1 is the file's first line. */
  readonly line: number;
}

const chunkSize = 64 * 1024;

/** The records of a file, the heading first; empty lines are passed over. Throws what `csv-parse` says of a file that is none. */
export async function* readCsv(
  content: Buffer,
  { separator, encoding }: Pick<ImportSettings, "separator" | "encoding">,
): AsyncGenerator<CsvRecord> {
  const parser = parse({
    delimiter: separator,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    bom: true,
    info: true,
  });
  const feed = async () => {
    const decoder = new TextDecoder(encoding);
    for (let at = 0; at < content.length; at += chunkSize) {
      const text = decoder.decode(content.subarray(at, at + chunkSize), { stream: true });
      if (!parser.write(text)) await new Promise((resolve) => parser.once("drain", resolve));
    }
    parser.end(decoder.decode());
  };
  const feeding = feed();
  feeding.catch((error) => parser.destroy(error));
  try {
    let last = 0;
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      // The parser tells where a record ends; a quoted cell may go over several lines.
      const inner = record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
      const line = Math.max(last + 1, info.lines - inner);
      last = info.lines;
      yield { cells: record, line };
    }
  } finally {
    parser.destroy();
  }
}

/** UTF-8 where all of it is that, else what spreadsheets of Russian Windows write. */
export function findEncoding(content: Buffer): ImportEncoding {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return "utf-8";
  } catch {
    return "windows-1251";
  }
}

/** What the first line has most of, outside quotes. */
export function findSeparator(content: Buffer, encoding: ImportEncoding): ImportSettings["separator"] {
  const [line = ""] = new TextDecoder(encoding).decode(content.subarray(0, chunkSize)).split(/\r\n|\n|\r/, 1);
  const bare = line.replace(/"[^"]*"/g, "");
  const counts = importSeparators.map((separator) => ({ separator, count: bare.split(separator).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).separator;
}
