import type { FastifyInstance } from "fastify";

/** For answers that are data: nothing may be loaded by them, nobody may frame them. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";

/** Headers for a part of the server whose answers are data, not pages. Pages bring a policy of their own. */
export function addDataHeaders(app: FastifyInstance): void {
  app.addHook("onRequest", (_request, reply, done) => {
    reply.header("x-content-type-options", "nosniff");
    reply.header("referrer-policy", "no-referrer");
    reply.header("content-security-policy", dataPolicy);
    reply.header("cache-control", "no-store");
    done();
  });
}
