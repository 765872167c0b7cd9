import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import { registry } from "../shell/metrics.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { addDataHeaders } from "./security-headers.ts";

/** For whoever watches over the process. `live`: it runs. `ready`: its database answers and it is not stopping; both say nothing else. What it counts asks for a token where one is set. */
export function healthRoutes(
  app: FastifyInstance,
  { isReady, refreshMetrics, metricsToken }: Pick<HttpDependencies, "isReady" | "refreshMetrics" | "metricsToken">,
): void {
  addDataHeaders(app);
  const config = { quiet: true };
  app.route({ method: ["GET", "HEAD"], url: "/health/live", config, handler: async () => ({ status: "live" }) });
  app.route({
    method: ["GET", "HEAD"],
    url: "/health/ready",
    config,
    handler: async () => {
      if (!(await isReady()))
        throw new AppError("service.unavailable", say`the database does not answer, or the server stops`);
      return { status: "ready" };
    },
  });
  app.get("/metrics", { config }, async ({ headers }, reply) => {
    if (metricsToken !== undefined && !isSame(headers.authorization, `Bearer ${metricsToken}`)) {
      reply.header("www-authenticate", "Bearer");
      throw new AppError("metrics.token_needed", say`send the token of METRICS_TOKEN`);
    }
    await refreshMetrics?.();
    reply.type(registry.contentType);
    return await registry.metrics();
  });
}

/** In constant time, but for the length. */
function isSame(given: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(given ?? ""), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
