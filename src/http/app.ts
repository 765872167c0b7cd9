import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import cookie from "@fastify/cookie";
import fastify, { type ConnectionError, type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import { createAddressLimit, createRefusalLimit } from "./address-limit.ts";
import { adminRoutes } from "./admin/pages.ts";
import { rememberRoutes } from "./allowed-methods.ts";
import { apiRoutes } from "./api/api.ts";
import { actionLinkRoutes } from "./compat/bothelp/action-link.ts";
import { documentRoutes } from "./compat/bothelp/document.ts";
import { openApiRoutes } from "./compat/bothelp/open-api.ts";
import { tokenEndpoint } from "./compat/bothelp/token-endpoint.ts";
import { chatbotRoutes } from "./compat/chatbot/chatbot-routes.ts";
import { overrideMethod } from "./compat/uchat/method-override.ts";
import { uchatRoutes } from "./compat/uchat/uchat-routes.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { checkUrl, parseJson } from "./encoding.ts";
import { addErrorHandling, sendError, statusOf, toAppError, toErrorBody } from "./errors.ts";
import { fileRoutes } from "./files.ts";
import { healthRoutes } from "./health.ts";
import { addMeasuring } from "./measure.ts";
import { messageLinkRoutes } from "./message-links.ts";
import { oauthRoutes } from "./oauth-callback.ts";
import { answerRawAddress, readRawAddress } from "./raw-address.ts";
import { addBaseHeaders } from "./security-headers.ts";
import { cookieSecrets } from "./sign-in/member-reader.ts";
import { signInRoutes } from "./sign-in/routes.ts";
import { trackedLinkRoutes } from "./tracked-links.ts";
import { endUnusedConnections } from "./unused-connections.ts";
import { pageRoutes } from "./webchat/pages.ts";
import { webchatRoutes } from "./webchat/webchat-routes.ts";
import { channelWebhookRoutes } from "./webhooks/channel-webhooks.ts";
import { inboundWebhookRoutes } from "./webhooks/inbound-webhooks.ts";

const bodyLimit = 1024 * 1024;

/** Builds all HTTP doors. Never listens: `app/main.ts` does, and tests inject. */
export function buildHttpApp(dependencies: HttpDependencies): FastifyInstance {
  const app = fastify({
    loggerInstance: dependencies.log as FastifyBaseLogger,
    // `measure.ts` writes one line a request, without the query.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    bodyLimit,
    trustProxy: [...(dependencies.trustedProxies ?? [])],
    exposeHeadRoutes: false,
    genReqId: createRequestIds(),
    // Whoever has not sent a request's end by then does not mean to.
    requestTimeout: 60_000,
    forceCloseConnections: "idle",
    // What comes in while the server stops was sent by a proxy that had not noticed yet: it is answered, with `connection: close`.
    return503OnClosing: false,
    rewriteUrl: (request) => {
      overrideMethod(request);
      return request.url ?? "/";
    },
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error, _request, reply) => {
      void sendError(reply, toAppError(error));
    },
    clientErrorHandler: (error, socket) => {
      const request = readRawAddress(error);
      if (request === undefined) refuseConnection(error, socket, dependencies.log);
      else void answerRawAddress(app, socket, request);
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, async (_request: unknown, body: Buffer) =>
    parseJson(body),
  );
  rememberRoutes(app);
  let isClosing = false;
  app.addHook("preClose", async () => {
    isClosing = true;
  });
  // A connection that is kept alive after its last answer would keep the server from ending.
  app.addHook("onSend", async (_request, reply) => {
    if (isClosing) reply.header("connection", "close");
  });
  endUnusedConnections(app);
  addBaseHeaders(app, dependencies);
  addErrorHandling(app);
  addMeasuring(app);
  app.addHook("onRequest", checkUrl);
  app.register(cookie, { secret: cookieSecrets(dependencies.secretKey) });
  const limit = createAddressLimit(dependencies);
  const limitRefusals = createRefusalLimit(dependencies);
  // Handed over whole: `publicUrl` may be known only once the server listens.
  app.register(async (part) => healthRoutes(part, dependencies));
  app.register(async (part) => {
    limit(part);
    oauthRoutes(part, dependencies);
  });
  app.register(
    async (part) => {
      limit(part);
      signInRoutes(part, dependencies);
    },
    { prefix: "/auth" },
  );
  app.register(async (part) => {
    limitRefusals(part);
    channelWebhookRoutes(part, dependencies);
  });
  app.register(async (part) => {
    limit(part);
    messageLinkRoutes(part, dependencies);
  });
  app.register(async (part) => {
    limit(part);
    trackedLinkRoutes(part, dependencies);
  });
  app.register(async (part) => {
    limit(part);
    fileRoutes(part, dependencies);
  });
  app.register(async (part) => {
    limitRefusals(part);
    await inboundWebhookRoutes(part, dependencies);
  });
  app.register(
    async (part) => {
      limitRefusals(part);
      actionLinkRoutes(part, dependencies);
    },
    { prefix: "/compat/bothelp" },
  );
  app.register(
    async (part) => {
      limit(part);
      await tokenEndpoint(part, dependencies);
    },
    { prefix: "/compat/bothelp/oauth2" },
  );
  app.register(
    async (part) => {
      limit(part);
      documentRoutes(part, dependencies);
    },
    { prefix: "/compat/bothelp" },
  );
  app.register(async (part) => await openApiRoutes(part, dependencies), { prefix: "/compat/bothelp/api" });
  app.register(async (part) => await uchatRoutes(part, dependencies, limit), { prefix: "/compat/uchat" });
  app.register(async (part) => await chatbotRoutes(part, dependencies), { prefix: "/compat/chatbot" });
  app.register(async (part) => await apiRoutes(part, dependencies, limit), { prefix: "/api/v1" });
  app.register(
    async (part) => {
      limit(part);
      await webchatRoutes(part, dependencies);
    },
    { prefix: "/webchat" },
  );
  app.register(async (part) => {
    limit(part);
    await pageRoutes(part, dependencies);
  });
  app.register(async (part) => {
    limit(part);
    await adminRoutes(part, dependencies);
  });
  return app;
}

/** What a process without doors answers: how it is, for whoever watches over it. */
export function buildHealthApp(
  dependencies: Pick<HttpDependencies, "log" | "isReady" | "refreshMetrics" | "metricsToken">,
): FastifyInstance {
  const app = fastify({
    loggerInstance: dependencies.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    exposeHeadRoutes: false,
    genReqId: createRequestIds(),
    requestTimeout: 60_000,
    forceCloseConnections: true,
  });
  rememberRoutes(app);
  addErrorHandling(app);
  app.register(async (part) => healthRoutes(part, dependencies));
  return app;
}

/** Answers what Node's parser could not read as a request, without the parts that a request has, and hangs up. */
function refuseConnection(error: ConnectionError, socket: Socket, log: HttpDependencies["log"]): void {
  if (!socket.writable) return;
  log.debug({ err: error }, "a connection sent no readable request");
  const refusal =
    error.code === "HPE_INVALID_URL"
      ? new AppError("request.bad_encoding", say`the address has characters that have to be percent-encoded as UTF-8`)
      : new AppError("request.malformed", say`this is not an HTTP request that can be read`);
  const body = JSON.stringify(toErrorBody(refusal, "none"));
  const head = [
    `HTTP/1.1 ${statusOf(refusal.code)} Bad Request`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** Short, unique within the server's life and hardly ever met again. */
function createRequestIds(): () => string {
  const prefix = randomBytes(5).toString("hex");
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}
