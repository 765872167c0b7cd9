import type { FastifyInstance } from "fastify";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import { registry } from "../shell/metrics.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { addDataHeaders } from "./security-headers.ts";

/** For whoever watches over the process. `live`: it runs. `ready`: its database answers and it is not stopping. */
export function healthRoutes(
  app: FastifyInstance,
  { isReady, refreshMetrics }: Pick<HttpDependencies, "isReady" | "refreshMetrics">,
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
  app.get("/metrics", { config }, async (_request, reply) => {
    await refreshMetrics?.();
    reply.type(registry.contentType);
    return await registry.metrics();
  });
}
