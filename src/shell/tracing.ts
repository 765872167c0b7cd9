/** A span as it is to be. Attributes are our own ids and names of the machinery, never what somebody wrote. */
export interface SpanWish {
  readonly name: string;
  readonly kind?: "server" | "client" | "consumer";
  /** W3C `traceparent`; absent: the span that this runs in. */
  readonly parent?: string | undefined;
  /** Others that led here (`traceparent`s). */
  readonly links?: readonly string[];
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** Unix milliseconds; absent: now. */
  readonly from?: number;
}

export interface OpenSpan {
  set(attributes: Readonly<Record<string, string | number>>): void;
  fail(reason: string): void;
  /** Unix milliseconds; absent: now. */
  end(at?: number): void;
}

/** What makes traces; `app/otel.ts` is the one there is. */
export interface Tracing {
  open(wish: SpanWish): OpenSpan;
  /** Runs `work` inside of the span. */
  run<T>(span: OpenSpan, work: () => T): T;
  /** The `traceparent` of the span that this runs in. */
  current(): string | undefined;
  /** Sends what is left. */
  close(): Promise<void>;
}

let active: Tracing | undefined;

/** Undefined: off, which costs this one look. One a process, as the registry of metrics. */
export const tracing = (): Tracing | undefined => active;

export function setTracing(next: Tracing | undefined): void {
  active = next;
}

/** Runs `work` in a span of its own, where traces are on. */
export async function inSpan<T>(wish: SpanWish, work: (span: OpenSpan | undefined) => Promise<T>): Promise<T> {
  const on = active;
  if (on === undefined) return await work(undefined);
  const span = on.open(wish);
  try {
    return await on.run(span, () => work(span));
  } catch (thrown) {
    // Its words may quote what somebody wrote.
    span.fail(thrown instanceof Error ? thrown.name : "thrown");
    throw thrown;
  } finally {
    span.end();
  }
}

const form = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A header that is a `traceparent`; undefined: none that can be read. https://www.w3.org/TR/trace-context/ */
export function readTraceparent(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" && form.test(header) ? header : undefined;
}
