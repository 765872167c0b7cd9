import type { ChannelPorts } from "./channel-type.ts";
import { toError } from "./to-error.ts";

/** A call to a messenger's HTTP API. */
export interface PlatformCall {
  readonly url: string;
  readonly method?: "GET" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData | URLSearchParams;
  /** For the whole answer; default 20 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What came of it. `message`: a part of a sentence that goes on after the platform's name; nothing of the call is in it, since addresses and headers hold tokens. */
export type PlatformAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly body: string; readonly headers: Headers }
  /** `mayHaveArrived`: the call left, and no whole answer came. */
  | { readonly kind: "none"; readonly message: string; readonly mayHaveArrived: boolean };

const patienceMs = 20_000;
/** Far more than any answer of an API that we call. */
const longestAnswer = 16_000_000;
/** Failures before anything could be written to a connection. */
const beforeConnecting = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Makes a call by the port `fetch`. Rejects only where the caller's own `signal` ended it. */
export async function callPlatform(ports: Pick<ChannelPorts, "fetch">, call: PlatformCall): Promise<PlatformAnswer> {
  const { url, method = "POST", headers = {}, body, timeoutMs = patienceMs, signal } = call;
  const timeout = AbortSignal.timeout(timeoutMs);
  const ended = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
  try {
    const response = await ports.fetch(url, {
      method,
      headers,
      redirect: "manual",
      signal: ended,
      ...(body === undefined ? {} : { body }),
    });
    return { kind: "answer", status: response.status, body: await readBody(response), headers: response.headers };
  } catch (thrown) {
    signal?.throwIfAborted();
    if (timeout.aborted) {
      return { kind: "none", message: `did not answer within ${timeoutMs / 1000} seconds`, mayHaveArrived: true };
    }
    const code = codeOf(toError(thrown));
    if (beforeConnecting.has(code))
      return { kind: "none", message: `cannot be reached (${code})`, mayHaveArrived: false };
    return { kind: "none", message: `broke the connection off (${code})`, mayHaveArrived: true };
  }
}

async function readBody(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longestAnswer) throw new Error("the answer is too long");
  }
  return text + decoder.decode();
}

/** `fetch` wraps what happened below it. */
function codeOf({ cause, name }: Error): string {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : name;
}
