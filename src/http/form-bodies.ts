import type { FastifyInstance, FastifyRequest } from "fastify";
import { decodeBody, parseJson } from "./encoding.ts";
import { nestPairs } from "./nest-pairs.ts";
import { parseRawQuery } from "./raw-query.ts";
import { readMultipart, textsOf } from "./read-multipart.ts";

/** JSON under whatever name, and forms of both kinds, read as PHP reads them: other systems send all of these, and PHP's curl makes multipart of an array. Files are left out. */
export function addFormParsers(app: FastifyInstance): void {
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "buffer" },
    async (_request: unknown, body: Buffer) => nestPairs(parseRawQuery(`?${decodeBody(body)}`)),
  );
  app.addContentTypeParser(
    "multipart/form-data",
    { parseAs: "buffer" },
    async ({ headers }: FastifyRequest, body: Buffer) =>
      nestPairs(textsOf(await readMultipart(headers["content-type"] ?? "", body))),
  );
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: unknown, body: Buffer) => parseJson(body));
}
