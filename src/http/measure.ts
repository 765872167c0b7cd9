import type { FastifyInstance, FastifyRequest } from "fastify";
import { collectDefaultMetrics, Histogram } from "prom-client";
import { registry } from "../shell/metrics.ts";
import { type OpenSpan, readTraceparent, tracing } from "../shell/tracing.ts";

const durations = new Histogram({
  name: "repartee_http_seconds",
  help: "From a request's arrival to the end of its answer, by route",
  labelNames: ["method", "route", "status"] as const,
  buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
  registers: [registry],
});
collectDefaultMetrics({ register: registry });

/**
 * Measures every request, and writes one line about each: at `debug` for routes that say so (webhooks come by the thousand), else
 * at `info`. The line has the route as it is written, with the numbers that stood in it: paths and queries hold tokens and what people typed.
 */
export function addMeasuring(app: FastifyInstance): void {
  app.addHook("onRequest", (request, _reply, done) => {
    const on = tracing();
    if (on === undefined) return done();
    const { method, routeOptions, headers } = request;
    const parent = readTraceparent(headers.traceparent);
    const name = `${method} ${routeOptions.url ?? "none"}`;
    request.span = on.open({ name, kind: "server", parent, attributes: { "repartee.request_id": request.id } });
    return on.run(request.span, done);
  });
  // Behind the reading of the body, which is not called from within the hook above.
  app.addHook("preValidation", (request, _reply, done) => {
    const { span } = request;
    const on = tracing();
    if (span === undefined || on === undefined) done();
    else on.run(span, done);
  });
  app.addHook("onResponse", (request, reply, done) => {
    request.span?.set({ "http.response.status_code": reply.statusCode });
    if (reply.statusCode >= 500) request.span?.fail(String(reply.statusCode));
    request.span?.end();
    const { method } = request;
    const route = request.routeOptions.url ?? "none";
    durations.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    const level = request.routeOptions.config.quiet === true ? "debug" : "info";
    if (request.log.isLevelEnabled?.(level) !== false) {
      // Set by the doors that know who calls.
      const caller = request.caller as typeof request.caller | null;
      const who = caller ? { workspaceId: caller.workspaceId, caller: caller.key } : {};
      const data = {
        method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ...idsOf(request, reply.statusCode),
        ...who,
      };
      request.log[level](data, "answered");
    }
    done();
  });
}

/** Our own id in the address, where it is one: what somebody else's number asks for is not found. */
function idsOf({ params }: FastifyRequest, status: number): Record<string, string> {
  if (status >= 400) return {};
  const given = Object.entries((params ?? {}) as Record<string, unknown>);
  const numbers = given.filter((entry): entry is [string, string] => /^\d{1,15}$/.test(String(entry[1])));
  return Object.fromEntries(numbers.filter(([name]) => name === "id"));
}

declare module "fastify" {
  interface FastifyRequest {
    /** Absent where traces are off. */
    span?: OpenSpan;
  }
  interface FastifyContextConfig {
    /** Requests are logged at `debug` only. */
    quiet?: boolean;
  }
  interface FastifyBaseLogger {
    isLevelEnabled?(level: string): boolean;
  }
}
