import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the next call (or the next of a method) goes wrong. */
export interface Fault {
  readonly method?: string;
  /** HTTP status of `body`; default 200. */
  readonly status?: number;
  /** Answered with this instead: as JSON, or (a text) as a page of a proxy. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Never answered. */
  readonly hang?: boolean;
  /** The connection is cut after the call was read. */
  readonly reset?: boolean;
  /** The connection is cut in the middle of the answer. */
  readonly cutShort?: boolean;
  /** The call is carried out before it goes wrong: only its answer is lost. */
  readonly afterwards?: boolean;
}

/** One call as it came in. */
export interface StandInCall {
  readonly method: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Whether it was carried out; undefined while it hangs, or where its connection was cut. */
  ok: boolean | undefined;
}

export interface IncomingCall {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly url: URL;
}

export interface FaultyServer {
  readonly url: string;
  readonly calls: StandInCall[];
  fail(...faults: readonly Fault[]): void;
  /** Every call goes wrong alike, but for the next so many. */
  failAlways(fault: Fault, after: number): void;
  /** No call goes wrong any more. */
  heal(): void;
  close(): Promise<void>;
}

/** What a stand-in answers: JSON as text, since some platforms' numbers are larger than ours. */
export interface StandInAnswer {
  readonly ok: boolean;
  readonly json: string;
  /** Of HTTP; default 200. */
  readonly status?: number;
}

/** A server on loopback that goes wrong when it is told to; `read` says what a call is, `answer` carries it out. */
export async function startFaultyServer(platform: {
  readonly port?: number | undefined;
  read(call: IncomingCall): { readonly method: string; readonly payload: Readonly<Record<string, unknown>> };
  answer(method: string, payload: Readonly<Record<string, unknown>>, call: IncomingCall): Promise<StandInAnswer>;
}): Promise<FaultyServer> {
  const calls: StandInCall[] = [];
  const faults: Fault[] = [];
  let standing: { readonly fault: Fault; after: number } | undefined;

  function takeFault(method: string): Fault | undefined {
    const index = faults.findIndex((fault) => fault.method === undefined || fault.method === method);
    if (index >= 0) return faults.splice(index, 1)[0];
    if (standing === undefined) return undefined;
    standing.after -= 1;
    return standing.after < 0 ? standing.fault : undefined;
  }

  async function handle(call: IncomingCall, response: ServerResponse): Promise<void> {
    const { method, payload } = platform.read(call);
    const record: StandInCall = { method, payload, ok: undefined };
    calls.push(record);
    const fault = takeFault(method);
    if (fault?.afterwards === true) record.ok = (await platform.answer(method, payload, call)).ok;
    if (fault !== undefined) return goWrong(fault, record, response);
    const answer = await platform.answer(method, payload, call);
    record.ok = answer.ok;
    respond(response, answer.status ?? 200, answer.json);
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://stand-in");
      void handle({ request, body: Buffer.concat(chunks), url }, response);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(platform.port ?? 0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    fail: (...more) => void faults.push(...more),
    failAlways(fault, after) {
      standing = { fault, after };
    },
    heal() {
      faults.length = 0;
      standing = undefined;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function goWrong(fault: Fault, call: StandInCall, response: ServerResponse): void {
  const { status = 200, body = {}, headers = {}, hang, reset, cutShort } = fault;
  if (hang === true) return;
  if (reset === true) {
    response.socket?.resetAndDestroy();
    return;
  }
  if (cutShort === true) {
    response.writeHead(200, { "content-length": 100 }).write('{"status":', () => response.socket?.destroy());
    return;
  }
  call.ok ??= false;
  if (typeof body === "string") response.writeHead(status, { "content-type": "text/html", ...headers }).end(body);
  else respond(response, status, JSON.stringify(body), headers);
}

function respond(response: ServerResponse, status: number, json: string, headers: object = {}): void {
  response
    .writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(json), ...headers })
    .end(json);
}

/** Counts calls by the second. */
export function createLimiter(perSecond: number | undefined): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) count = 0;
    second = now;
    count += 1;
    return count > (perSecond ?? Number.POSITIVE_INFINITY);
  };
}
