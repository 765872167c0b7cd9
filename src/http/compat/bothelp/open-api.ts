import type { FastifyInstance, FastifyRequest } from "fastify";
import { AppError } from "../../../model/app-error.ts";
import { addDoorAuthentication } from "../../auth.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { decodeBody, parseJson } from "../../encoding.ts";
import { logError, toAppError, toMissingRoute } from "../../errors.ts";
import { addDataHeaders } from "../../security-headers.ts";
import { readAccessToken } from "./access-token.ts";
import { listRoutes } from "./list-routes.ts";
import { sendRefusal } from "./refusal.ts";
import { subscriberRoutes } from "./subscriber-routes.ts";

/**
 * BotHelp's Open API, as its SDK and its customers' scripts call it. No CORS headers, on purpose: BotHelp has none either, since whoever holds the secret
 * holds all contacts, and a page's visitors must not. What is uncertain of the format is accepted in every form that callers are known to use.
 */
export async function openApiRoutes(app: FastifyInstance, dependencies: HttpDependencies): Promise<void> {
  const { secretKey, now } = dependencies;
  addDataHeaders(app);
  addBodyParser(app);
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = toAppError(thrown);
    logError(error, request);
    return await sendRefusal(reply, error);
  });
  app.setNotFoundHandler(async (request, reply) => await sendRefusal(reply, toMissingRoute(request, reply)));
  await addDoorAuthentication(app, dependencies, "bothelp", (bearer) => readAccessToken(secretKey, bearer, now()));
  listRoutes(app, dependencies);
  subscriberRoutes(app, dependencies);
}

/** Bodies are JSON whatever they are called: `application/json`, `application/vnd.api+json`, and what curl's `-d` says without being told. */
function addBodyParser(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, async ({ headers }: FastifyRequest, body: Buffer) => {
    const type = headers["content-type"] ?? "";
    if (/^application\/x-www-form-urlencoded/i.test(type) && !/^\s*[[{]/.test(body.toString("latin1", 0, 100))) {
      return Object.fromEntries(new URLSearchParams(decodeBody(body)));
    }
    if (/^(multipart|image|audio|video)\//i.test(type)) {
      throw new AppError("request.unsupported_media_type", "send the body as application/json");
    }
    return parseJson(body);
  });
}
