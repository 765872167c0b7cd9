/** A call to an address that came from a user. */
export interface OutboundRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD";
  readonly url: string;
  /** The receiver is the user's own system: it hears of the trace that this belongs to, where traces are on. */
  readonly sharesTrace?: true;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** For everything together, name look-up and redirects included; default and most: 30 s. */
  readonly timeoutMs?: number | undefined;
  /** Of the answer's body; default 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** Redirects that are followed; default 0: a redirect is an answer like another. */
  readonly maxRedirects?: number | undefined;
  /** How the answer's body is wanted; default: as text. */
  readonly encoding?: "binary" | undefined;
}

/** What came of it. Whatever the status, an answer is `ok`; `message` is a sentence for whoever set the address up. */
export type OutboundResult =
  | {
      readonly kind: "ok";
      readonly status: number;
      /** Names in lower case; of those that came several times, all, joined by commas. */
      readonly headers: Readonly<Record<string, string>>;
      /** Empty where `binary` was asked for. */
      readonly body: string;
      /** The body as it came, where `binary` was asked for. */
      readonly bytes?: Uint8Array | undefined;
    }
  /** Never asked, because of the address or the headers. Trying again helps only when these change. */
  | { readonly kind: "refused"; readonly message: string }
  /** `mayHaveArrived`: a connection stood, so that the other side may have done what was asked. */
  | { readonly kind: "timeout"; readonly message: string; readonly mayHaveArrived: boolean }
  | { readonly kind: "failed"; readonly message: string; readonly mayHaveArrived: boolean }
  | { readonly kind: "too_large"; readonly message: string };

/** The one way to call an address that a user gave. Never rejects. */
export type OutboundHttp = (request: OutboundRequest) => Promise<OutboundResult>;
