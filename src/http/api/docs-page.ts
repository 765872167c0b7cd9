import fastify, { type FastifyInstance } from "fastify";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";

/** Everything on the page comes from this server: no other script, font or server is asked. */
const pagePolicy =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** One page over one OpenAPI document. */
interface DocumentPage {
  readonly title: string;
  /** The page's whole path, without a trailing slash. */
  readonly at: string;
  /** Where the document is, seen from the page. */
  readonly documentUrl: string;
}

/**
 * Reads a document page or a file of it. The page's package is loaded when somebody opens one for the first time: it costs 160 ms and 41 MB, which a
 * server that nobody reads the documents of should not pay.
 */
export function createDocumentPage(page: DocumentPage) {
  let opened: Promise<FastifyInstance> | undefined;
  return async (url: string): Promise<{ readonly type: string; readonly body: Buffer }> => {
    opened ??= openPage(page);
    const { statusCode, headers, rawPayload } = await (await opened).inject(url);
    if (statusCode !== 200) throw new AppError("request.not_found", say`there is nothing at this address`);
    return { type: String(headers["content-type"]), body: rawPayload };
  };
}

/** Headers of a document page and its files. */
export const pageHeaders = {
  "content-security-policy": pagePolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** The page that shows the OpenAPI document, `/api/v1/docs/`. */
export function docsPage(app: FastifyInstance): void {
  const readPage = createDocumentPage({ title: "Repartee API", at: "/api/v1/docs", documentUrl: "../openapi.json" });
  app.get("/docs", { schema: { hide: true } }, async (_request, reply) => reply.redirect("/api/v1/docs/", 301));
  app.get("/docs/*", { schema: { hide: true } }, async (request, reply) => {
    const { type, body } = await readPage(request.url);
    return await reply.headers(pageHeaders).type(type).send(body);
  });
}

async function openPage({ title, at, documentUrl }: DocumentPage): Promise<FastifyInstance> {
  const { default: scalar } = await import("@scalar/fastify-api-reference");
  const page = fastify();
  await page.register(scalar, {
    routePrefix: at as `/${string}`,
    configuration: {
      pageTitle: title,
      url: documentUrl,
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
    },
  });
  return page;
}
