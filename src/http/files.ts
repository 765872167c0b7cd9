import type { FastifyInstance } from "fastify";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import { findFile } from "../store/file-store.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { toMediaKind } from "./file-type.ts";
import { dataPolicy } from "./security-headers.ts";

/** Files under addresses that nobody guesses. The name behind the key is for whoever saves the file, and for messengers that look at its ending. */
export function fileRoutes(app: FastifyInstance, { db }: HttpDependencies): void {
  app.get<{ Params: { key: string } }>(
    "/files/:key/:name",
    { schema: { hide: true }, config: { quiet: true }, exposeHeadRoute: true },
    async ({ params }, reply) => {
      const file = await findFile(db, params.key);
      if (file === undefined) throw new AppError("request.not_found", say`there is no such file`);
      // What could act as a page of ours is only saved, never shown.
      const shown = toMediaKind(file.contentType) === "file" ? "attachment" : "inline";
      return await reply
        .header("content-type", file.contentType)
        .header("content-disposition", `${shown}; filename*=UTF-8''${encodeRfc5987(file.name)}`)
        .header("x-content-type-options", "nosniff")
        .header("content-security-policy", `${dataPolicy}; sandbox`)
        .header("cross-origin-resource-policy", "cross-origin")
        .header("cache-control", "private, max-age=31536000, immutable")
        .send(file.bytes);
    },
  );
}

/** RFC 5987: what `encodeURIComponent` leaves and a header's value may not have. */
function encodeRfc5987(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
