import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A call that a receiver got. */
export interface ReceivedCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody's server on 127.0.0.1 that webhooks call. By default it answers 200 with nothing. */
export interface Receiver {
  readonly url: string;
  readonly calls: readonly ReceivedCall[];
  /** What is answered at a path from now on; never answering is allowed. */
  answer(path: string, how: (call: ReceivedCall, response: ServerResponse) => void): void;
  at(path: string): readonly ReceivedCall[];
  close(): Promise<void>;
}

export async function aReceiver(): Promise<Receiver> {
  const calls: ReceivedCall[] = [];
  const answers = new Map<string, (call: ReceivedCall, response: ServerResponse) => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://receiver");
      const { method = "", headers } = request;
      const call = { method, path: pathname, query: searchParams, headers, body: Buffer.concat(chunks).toString() };
      calls.push(call);
      const how = answers.get(pathname);
      if (how === undefined) response.end();
      else how(call, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (path, how) => void answers.set(path, how),
    at: (path) => calls.filter((call) => call.path === path),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
