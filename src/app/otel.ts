import { AsyncLocalStorage } from "node:async_hooks";
import type { SpanContext } from "@opentelemetry/api";
import { type OpenSpan, readTraceparent, type Tracing } from "../shell/tracing.ts";
import type { Config } from "./config.ts";
import { version } from "./version.ts";

/**
 * Traces by OpenTelemetry, sent by OTLP over HTTP; undefined where no endpoint is set. Its libraries are loaded only then. Nothing is registered globally and
 * nothing is patched: spans are where the code says so.
 */
export async function createTracing({ traces }: Config): Promise<Tracing | undefined> {
  if (traces.endpoint === undefined) return undefined;
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/sdk-trace"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/resources"),
  ]);
  const url = `${traces.endpoint.replace(/\/+$/, "")}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, headers: { ...traces.headers } });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ "service.name": traces.serviceName, "service.version": version }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(traces.share) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("repartee", version);
  const storage = new AsyncLocalStorage<SpanContext>();
  const kinds = { server: api.SpanKind.SERVER, client: api.SpanKind.CLIENT, consumer: api.SpanKind.CONSUMER } as const;
  const contexts = new WeakMap<OpenSpan, SpanContext>();
  return {
    open({ name, kind, parent, links = [], attributes = {}, from }) {
      const above = parent === undefined ? storage.getStore() : toContext(parent);
      const context = above === undefined ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, above);
      const span = tracer.startSpan(
        name,
        {
          kind: kind === undefined ? api.SpanKind.INTERNAL : kinds[kind],
          attributes,
          links: links.flatMap((link) => toContext(link) ?? []).map((linked) => ({ context: linked })),
          ...(from === undefined ? {} : { startTime: from }),
        },
        context,
      );
      const open: OpenSpan = {
        set: (more) => void span.setAttributes(more),
        fail: (message) => void span.setStatus({ code: api.SpanStatusCode.ERROR, message }),
        end: (at) => span.end(at),
      };
      contexts.set(open, span.spanContext());
      return open;
    },
    run(span, work) {
      const context = contexts.get(span);
      return context === undefined ? work() : storage.run(context, work);
    },
    current() {
      const context = storage.getStore();
      return context === undefined ? undefined : toTraceparent(context);
    },
    close: () => provider.shutdown(),
  };
}

const toTraceparent = ({ traceId, spanId, traceFlags }: SpanContext) =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;

function toContext(traceparent: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = readTraceparent(traceparent)?.split("-") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
