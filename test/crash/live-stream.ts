import type { ServerProcess } from "./server-process.ts";

/** An agent's open page: the stream of live news of one server. */
export interface LiveStream {
  /** Ids of contacts with something new, in the order in which they came. */
  readonly contacts: readonly number[];
  /** When the last came, in Unix milliseconds; 0: none yet. */
  readonly heardAt: number;
  close(): void;
}

/** Follows `GET /api/v1/live` of a server until it is closed or the server goes. */
export async function openLiveStream(server: ServerProcess, token: string): Promise<LiveStream> {
  const abort = new AbortController();
  const contacts: number[] = [];
  let heardAt = 0;
  const response = await fetch(`${server.url}/api/v1/live`, {
    headers: { authorization: `Bearer ${token}` },
    signal: abort.signal,
  });
  if (response.body === null) throw new Error(`no stream: ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (const [, data = "{}"] of part.value.matchAll(/event: contacts\ndata: (.*)\n/g)) {
        contacts.push(...(JSON.parse(data) as { contacts: number[] }).contacts);
        heardAt = Date.now();
      }
    }
  };
  // The server's end or ours ends it.
  void read().catch(() => undefined);
  return {
    contacts,
    get heardAt() {
      return heardAt;
    },
    close: () => abort.abort(),
  };
}
