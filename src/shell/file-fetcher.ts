import type { FetchedFile, FetchFile } from "../engine/channel-type.ts";
import type { OutboundHttp } from "../engine/outbound.ts";

export interface FileFetcherOptions {
  readonly outbound: OutboundHttp;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Of all files that are kept together. */
  readonly keepBytes?: number;
}

/** What came of a fetch. `maxBytes`: that was the limit, and a higher one could bring the file. */
interface Kept {
  readonly file: Promise<FetchedFile | undefined>;
  readonly maxBytes: number;
  expiresAt: number;
  /** 0 while it is under way, and for what could not be had. */
  size: number;
}

const keepBytes = 64 * 1_048_576;
const keepMs = 5 * 60_000;
/** A server that hangs must not hold up every recipient of a broadcast anew. */
const keepFailureMs = 60_000;
/** What could not be had takes no bytes, but a place. */
const mostKept = 1_000;
const timeoutMs = 20_000;

/**
 * Fetches files of messages through the one client for addresses that users give, and keeps the last ones for some minutes: the same file goes to
 * each recipient of a broadcast, and is asked for once. Who asks while it is being fetched waits for the same answer.
 */
export function createFileFetcher(options: FileFetcherOptions): FetchFile {
  const { outbound, now } = options;
  const most = options.keepBytes ?? keepBytes;
  // In the order of their last use.
  const kept = new Map<string, Kept>();

  async function ask(url: string, maxBytes: number): Promise<FetchedFile | undefined> {
    const answer = await outbound({ method: "GET", url, maxBytes, maxRedirects: 5, timeoutMs, encoding: "binary" });
    if (answer.kind !== "ok" || answer.status !== 200 || answer.bytes === undefined) return undefined;
    return { bytes: answer.bytes, mimeType: answer.headers["content-type"] ?? "" };
  }

  function begin(url: string, maxBytes: number): Kept {
    const entry: Kept = { file: ask(url, maxBytes), maxBytes, expiresAt: Number.POSITIVE_INFINITY, size: 0 };
    void entry.file.then((file) => {
      entry.size = file?.bytes.byteLength ?? 0;
      entry.expiresAt = now() + (file === undefined ? keepFailureMs : keepMs);
      makeRoom();
    });
    return entry;
  }

  function makeRoom(): void {
    let size = [...kept.values()].reduce((sum, entry) => sum + entry.size, 0);
    for (const [url, entry] of kept) {
      const isOver = entry.expiresAt <= now();
      if (!isOver && size <= most && kept.size <= mostKept) continue;
      kept.delete(url);
      size -= entry.size;
    }
  }

  return async (url, { maxBytes }) => {
    const known = kept.get(url);
    const isOver = known === undefined || known.expiresAt <= now();
    const before = isOver ? undefined : await known.file;
    // With a higher limit, what was too large may be had.
    const isGood = !isOver && (before !== undefined || known.maxBytes >= maxBytes);
    const entry = isGood ? known : begin(url, maxBytes);
    kept.delete(url);
    kept.set(url, entry);
    const file = await entry.file;
    return file !== undefined && file.bytes.byteLength <= maxBytes ? file : undefined;
  };
}
