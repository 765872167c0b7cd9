import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Histogram } from "prom-client";
import { registry } from "../shell/metrics.ts";

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
 * at `info`. The line has the path without its query, where tokens stand.
 */
export function addMeasuring(app: FastifyInstance): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? "none";
    durations.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    const level = request.routeOptions.config.quiet === true ? "debug" : "info";
    if (request.log.isLevelEnabled?.(level) !== false) {
      const path = request.url.split("?", 1)[0];
      const data = { requestId: request.id, method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
      request.log[level](data, "answered");
    }
    done();
  });
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Requests are logged at `debug` only. */
    quiet?: boolean;
  }
  interface FastifyBaseLogger {
    isLevelEnabled?(level: string): boolean;
  }
}
