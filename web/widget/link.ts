import type { ServerFrame, VisitorAct } from "../../src/http/contract/webchat.ts";

/** A way to the server: a socket, or long polling. Ends for good with `onEnd`; `connection.ts` then opens another. */
export interface Link {
  send(act: VisitorAct): void;
  /** Looks whether the other side is still there; a dead link ends. */
  probe(): void;
  close(): void;
}

export interface LinkOptions {
  /** `https://host/webchat/BOT` */
  readonly base: string;
  readonly token: string;
  /** The last message the page has. */
  readonly cursor: () => number;
  readonly onFrame: (frame: ServerFrame) => void;
  /** Called once, but not after `close`. */
  readonly onEnd: () => void;
}

/** What the server refused, with its code. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws `Refusal` where the server answered no, and what `fetch` throws where it did not answer. */
export async function askServer<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, { credentials: "omit", ...init });
  if (response.ok) return (await response.json()) as T;
  const body = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
  throw new Refusal(body.error?.code ?? `http.${response.status}`, body.error?.message ?? response.statusText);
}

/** A POST with a body of JSON. */
export function postJson<T>(url: string, body: object): Promise<T> {
  return askServer<T>(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
