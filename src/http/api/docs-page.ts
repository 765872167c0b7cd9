import { createHash } from "node:crypto";
import fastify, { type FastifyInstance } from "fastify";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";

/**
 * Everything on the page comes from this server: no other script, font or server is asked. Of scripts within the page only those run that the package wrote there, known by their hashes. Its styles are made by script,
 * without a nonce: they are allowed.
 */
function pagePolicy(page: string): string {
  const hashes = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = ""]) => ` 'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );
  return `default-src 'none'; script-src 'self'${hashes.join("")}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

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
  return async (url: string): Promise<DocumentFile> => {
    opened ??= openPage(page);
    const { statusCode, headers, rawPayload } = await (await opened).inject(url);
    if (statusCode !== 200) throw new AppError("request.not_found", say`there is nothing at this address`);
    const type = String(headers["content-type"]);
    return { type, body: rawPayload, headers: headersOf(type.startsWith("text/html") ? rawPayload.toString() : "") };
  };
}

/** The page, or a file of it. */
interface DocumentFile {
  readonly type: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const headersOf = (page: string) => ({
  "content-security-policy": pagePolicy(page),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
});

/** The page that shows the OpenAPI document, `/api/v1/docs/`. */
export function docsPage(app: FastifyInstance): void {
  const readPage = createDocumentPage({ title: "Repartee API", at: "/api/v1/docs", documentUrl: "../openapi.json" });
  app.get("/docs", { schema: { hide: true } }, async (_request, reply) => reply.redirect("/api/v1/docs/", 301));
  app.get("/docs/*", { schema: { hide: true } }, async (request, reply) => {
    const { type, body, headers } = await readPage(request.url);
    return await reply.headers(headers).type(type).send(body);
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
      // What is left leads to the maker's own services, with the address of this document.
      showDeveloperTools: "never",
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
  return page;
}
