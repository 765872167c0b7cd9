import fastify, { type FastifyInstance } from "fastify";
import { AppError } from "../../model/app-error.ts";

/** Everything on the page comes from this server: no other script, font or server is asked. */
const pagePolicy =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/**
 * The page that shows the OpenAPI document, `/api/v1/docs/`. Its package is read when somebody opens the page for the first time: it
 * costs 160 ms and 41 MB, which a server that nobody reads the documents of should not pay.
 */
export function docsPage(app: FastifyInstance): void {
  let opened: Promise<FastifyInstance> | undefined;
  app.get("/docs", { schema: { hide: true } }, async (_request, reply) => reply.redirect("/api/v1/docs/", 301));
  app.get("/docs/*", { schema: { hide: true } }, async (request, reply) => {
    opened ??= openPage();
    const page = await (await opened).inject(request.url);
    if (page.statusCode !== 200) throw new AppError("request.not_found", "there is nothing at this address");
    reply.header("content-security-policy", pagePolicy);
    reply.header("x-content-type-options", "nosniff");
    reply.header("referrer-policy", "no-referrer");
    reply.type(String(page.headers["content-type"]));
    return page.rawPayload;
  });
}

async function openPage(): Promise<FastifyInstance> {
  const { default: scalar } = await import("@scalar/fastify-api-reference");
  const page = fastify();
  await page.register(scalar, {
    routePrefix: "/api/v1/docs",
    configuration: {
      pageTitle: "Repartee API",
      url: "../openapi.json",
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
    },
  });
  return page;
}
