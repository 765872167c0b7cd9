import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AppError } from "../../../model/app-error.ts";
import type { AddAddressLimit } from "../../address-limit.ts";
import { createDocumentPage } from "../../api/docs-page.ts";
import { addDoorAuditLog } from "../../audit.ts";
import { addDoorAuthentication, type Caller } from "../../auth.ts";
import { teamScope } from "../../contract/common.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { logError, toAppError, toMissingRoute } from "../../errors.ts";
import { addFormParsers } from "../../form-bodies.ts";
import { addDataHeaders } from "../../security-headers.ts";
import { auditedEndpoints } from "./audited-endpoints.ts";
import { createCall } from "./call.ts";
import type { AnyEndpoint } from "./endpoint.ts";
import { endpoints } from "./endpoints.ts";
import { InvalidInput, sendUchatError, toInvalidInput } from "./errors.ts";
import { readInput } from "./input.ts";
import { createMemory } from "./memory.ts";
import { describeEndpoints } from "./openapi.ts";

/** UChat's API (requirements/003) at `api/…`, its document at `api-docs`, and a page that shows it at `api`. */
export async function uchatRoutes(
  app: FastifyInstance,
  dependencies: HttpDependencies,
  limit: AddAddressLimit,
): Promise<void> {
  app.setErrorHandler(async (thrown, request, reply) => {
    if (thrown instanceof InvalidInput) return await sendUchatError(reply, thrown);
    const error = toAppError(thrown);
    logError(error, request);
    return await sendUchatError(reply, error);
  });
  app.setNotFoundHandler(async (request, reply) => await sendUchatError(reply, toMissingRoute(request, reply)));
  await app.register(async (part) => {
    limit(part);
    addDocuments(part, dependencies);
  });
  await app.register(async (part) => await addEndpoints(part, dependencies), { prefix: "/api" });
}

function addDocuments(app: FastifyInstance, dependencies: HttpDependencies): void {
  const at = "/compat/uchat/api";
  const readPage = createDocumentPage({ title: "UChat's API", at, documentUrl: "/compat/uchat/api-docs" });
  const document = () => describeEndpoints(endpoints, `${dependencies.publicUrl}${at}`);
  let made: ReturnType<typeof document> | undefined;
  const showDocument = async () => {
    made ??= document();
    return made;
  };
  // The address need not have the slash at its end that the page's own relative addresses would need.
  const showPage = async (_request: FastifyRequest, reply: FastifyReply) => {
    const { type, body, headers } = await readPage(`${at}/`);
    const page = body.toString("utf8").replace("<head>", `<head><base href="${at}/">`);
    return await reply.headers(headers).type(type).send(page);
  };
  for (const slash of ["", "/"]) {
    app.get(`/api-docs${slash}`, showDocument);
    app.get(`/api${slash}`, showPage);
  }
  app.get("/api/js/*", async (request, reply) => {
    const { type, body, headers } = await readPage(request.url);
    return await reply.headers(headers).type(type).send(body);
  });
}

async function addEndpoints(app: FastifyInstance, dependencies: HttpDependencies): Promise<void> {
  addDataHeaders(app);
  await addDoorAuthentication(app, dependencies, "uchat");
  addDoorAuditLog(app, dependencies);
  addFormParsers(app);
  const memory = createMemory(dependencies);
  for (const endpoint of endpoints) {
    const pattern = endpoint.path.replace(/\{(\w+)\}/g, ":$1");
    const readAll = ({ raw: { url = "" }, body, params }: FastifyRequest) =>
      readInput({ url, body, params }, endpoint.emptyCounts);
    const handler = async (request: FastifyRequest) => {
      const caller = toEndpointCaller(endpoint, request.caller);
      const url = request.raw.url ?? "";
      const input = readAll(request);
      const parsed = endpoint.input.safeParse(input);
      if (!parsed.success) throw toInvalidInput(parsed.error, input);
      return await endpoint.handle(createCall(dependencies, memory, { caller, path: url }), parsed.data as never);
    };
    const audited = auditedEndpoints[endpoint.path];
    const config =
      audited === undefined
        ? {}
        : {
            operation: audited.operation,
            subjectKey: (request: FastifyRequest) => audited.keyOf(readAll(request)),
          };
    app.route({ method: endpoint.method, url: pattern, handler, config });
    // Laravel takes a slash at the end as well.
    app.route({ method: endpoint.method, url: `${pattern}/`, handler, config });
  }
}

/**
 * Who calls this endpoint: UChat's tokens are one bot's, with Manage Team also the workspace's, or the workspace's alone. On the team's endpoints, and
 * nowhere else, one with Manage Team sees all bots. Throws `token.bot_bound`.
 */
function toEndpointCaller({ scope }: AnyEndpoint, caller: Caller): Caller {
  if (scope !== "team" || caller.botId === undefined) return caller;
  // Not `holdsScope`: `*` is what the token may do, and says nothing of other bots.
  if (caller.scopes.includes(teamScope)) return { ...caller, botId: undefined };
  throw new AppError(
    "token.bot_bound",
    "this needs the scope Manage Team: use a token that has it (repartee token create --kind uchat --bot BOT --team), or one of the whole workspace (without --bot)",
  );
}
