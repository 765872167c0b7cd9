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

/** What came of it. `message`: a part of a sentence that goes on after the platform's name; nothing of the call but its host is in it, since addresses and headers hold tokens. */
export type PlatformAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body: string;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    }
  /** `mayHaveArrived`: the call left, and no whole answer came. */
  | { readonly kind: "none"; readonly message: string; readonly mayHaveArrived: boolean };

/** Calls a platform. Redirects are not followed. Rejects only where the caller's own `signal` ended it. */
export type CallPlatform = (call: PlatformCall) => Promise<PlatformAnswer>;
