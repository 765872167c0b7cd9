import { isUtf8 } from "node:buffer";

/** One `key=value` of a query, in the order of the address. `value` is undefined where its bytes are not UTF-8 text. */
export interface QueryPair {
  readonly key: string;
  readonly value: string | undefined;
}

/**
 * Splits a query string into its pairs as vendors' scripts write them: raw or percent-encoded brackets, repeated keys, `+` for a space,
 * a lone `%` that begins no escape (it stays), raw UTF-8 bytes. Pairs without a key are left out.
 */
export function parseRawQuery(url: string): QueryPair[] {
  const from = url.indexOf("?");
  if (from === -1) return [];
  const query = url.slice(from + 1).split("#", 1)[0] ?? "";
  return query.split("&").flatMap((part) => {
    const at = part.indexOf("=");
    const key = decodePart(at === -1 ? part : part.slice(0, at));
    return key === undefined || key === "" ? [] : [{ key, value: at === -1 ? "" : decodePart(part.slice(at + 1)) }];
  });
}

/** Undefined: not UTF-8 (an old script's windows-1251), or U+0000, which is no text. */
function decodePart(part: string): string | undefined {
  const bytes = Buffer.from(part.replaceAll("+", " "), "utf8").toString("latin1");
  const unescaped = bytes.replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const decoded = Buffer.from(unescaped, "latin1");
  if (!isUtf8(decoded) || decoded.includes(0)) return undefined;
  return decoded.toString("utf8");
}
