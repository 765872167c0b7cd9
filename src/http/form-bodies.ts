import type { FastifyInstance, FastifyRequest } from "fastify";
import { parseRawQuery } from "./compat/bothelp/raw-query.ts";
import { readMultipart } from "./compat/bothelp/read-form.ts";
import { nestPairs } from "./compat/uchat/input.ts";
import { decodeBody, parseJson } from "./encoding.ts";

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
    async ({ headers }: FastifyRequest, body: Buffer) => {
      const parts = await readMultipart(headers["content-type"] ?? "", body);
      return nestPairs(parts.flatMap(([key, value]) => (typeof value === "string" ? [{ key, value }] : [])));
    },
  );
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: unknown, body: Buffer) => parseJson(body));
}
