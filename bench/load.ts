import net from "node:net";

/** What a load gave. Times in milliseconds. */
export interface LoadResult {
  readonly perSecond: number;
  readonly answered: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
}

/** Where a load goes, and what it sends. */
export interface LoadTarget {
  readonly port: number;
  /** Default: POST. */
  readonly method?: "GET" | "POST" | "PUT";
  readonly path: string | (() => string);
  readonly headers: Readonly<Record<string, string>>;
  readonly body: () => string;
}

/**
 * Sends requests over that many keep-alive connections, one at a time on each, for some seconds. Raw sockets: the generator shares two cores with what it
 * measures, and a whole HTTP client would take a good part of them.
 */
export async function load(target: LoadTarget, connections: number, seconds: number): Promise<LoadResult> {
  const times: number[] = [];
  let refused = 0;
  const began = performance.now();
  const end = began + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, () =>
      drive(target, end, (ms, isGood) => {
        times.push(ms);
        if (!isGood) refused += 1;
      }),
    ),
  );
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const elapsed = (performance.now() - began) / 1000;
  return { perSecond: times.length / elapsed, answered: times.length - refused, refused, p50: at(0.5), p99: at(0.99) };
}

/**
 * One connection: the next request goes when the answer to the last has come whole. `report` hears how long each took and whether it was answered 200. Resolves at
 * the end; rejects when the connection breaks.
 */
function drive(target: LoadTarget, end: number, report: (ms: number, isGood: boolean) => void): Promise<void> {
  return converse(target, () => (performance.now() > end ? undefined : target.body()), report);
}

/** The same for as long as `next` has a body to send. */
export function converse(
  target: Omit<LoadTarget, "body">,
  next: () => string | undefined,
  report: (ms: number, isGood: boolean) => void,
): Promise<void> {
  const { method = "POST", path, headers, port } = target;
  const lines = Object.entries({ host: "127.0.0.1", "content-type": "application/json", ...headers });
  const fixed = lines.map(([name, value]) => `${name}: ${value}`).join("\r\n");
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1");
    let sentAt = 0;
    let received = "";
    let isOver = false;
    const send = () => {
      const text = next();
      if (text === undefined) {
        isOver = true;
        socket.end();
        resolve();
        return;
      }
      const head = `${method} ${typeof path === "string" ? path : path()} HTTP/1.1\r\n${fixed}`;
      sentAt = performance.now();
      socket.write(`${head}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    };
    const take = (length: number) => {
      const isGood = received.startsWith("HTTP/1.1 200");
      received = received.slice(length);
      report(performance.now() - sentAt, isGood);
      send();
    };
    socket.setNoDelay(true);
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("close", () => {
      if (!isOver) reject(new Error("the connection was closed"));
    });
    socket.on("data", (data) => {
      received += data.toString("latin1");
      const length = lengthOf(received);
      if (length !== undefined && received.length >= length) take(length);
    });
  });
}

/** How long the answer at the beginning is, head and body; undefined: not to be told yet. Some servers tell the length beforehand, others send chunks. */
function lengthOf(received: string): number | undefined {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = received.slice(0, headEnd);
  if (/^transfer-encoding: chunked$/im.test(head)) {
    const last = received.indexOf("0\r\n\r\n", headEnd + 4);
    return last < 0 ? undefined : last + 5;
  }
  return headEnd + 4 + Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
}
