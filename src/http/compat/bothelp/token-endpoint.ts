import type { FastifyInstance, FastifyRequest } from "fastify";
import { AppError } from "../../../model/app-error.ts";
import type { Database } from "../../../store/database.ts";
import { hashToken, type Token } from "../../../store/token-store.ts";
import { findWorkspace } from "../../../store/workspace-store.ts";
import { addRequestLimit, type Caller, createTokenReader, type TokenReader, toCaller } from "../../auth.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { logError, statusOf, toAppError, toMissingRoute } from "../../errors.ts";
import { addDataHeaders } from "../../security-headers.ts";
import { accessTokenSeconds, makeAccessToken } from "./access-token.ts";
import { readForm } from "./read-form.ts";

/** A refusal as OAuth 2.0 words it (RFC 6749, 5.2). */
class OauthError extends Error {
  readonly error: "invalid_request" | "invalid_client" | "unsupported_grant_type";

  constructor(error: OauthError["error"], description: string) {
    super(description);
    this.error = error;
  }
}

/** BotHelp's `oauth2/token`: client credentials for an access token of one hour. The secret is a token of kind `bothelp`. */
export async function tokenEndpoint(app: FastifyInstance, dependencies: HttpDependencies): Promise<void> {
  const { secretKey, now } = dependencies;
  const tokens = createTokenReader(dependencies);
  addDataHeaders(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (request: FastifyRequest, body: Buffer) =>
    readForm(request.headers["content-type"] ?? "", body),
  );
  app.setErrorHandler(async (thrown, request, reply) => {
    if (thrown instanceof OauthError) {
      const isClient = thrown.error === "invalid_client";
      if (isClient) reply.header("www-authenticate", "Basic");
      return await reply.code(isClient ? 401 : 400).send(toBody(thrown.error, thrown.message));
    }
    const error = toAppError(thrown);
    logError(error, request);
    const status = statusOf(error.code);
    const code = status < 500 ? "invalid_request" : status === 503 ? "temporarily_unavailable" : "server_error";
    return await reply.code(status).send(toBody(code, error.message));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const error = toMissingRoute(request, reply);
    return await reply.code(statusOf(error.code)).send(toBody("invalid_request", error.message));
  });
  app.decorateRequest("caller", null as unknown as Caller);
  const preHandler = async (request: FastifyRequest) => {
    request.caller = toCaller(await openDoor(dependencies, tokens, request));
  };
  await addRequestLimit(app, dependencies, "preHandler");
  for (const url of ["/token", "/token/"]) {
    app.post(url, { preHandler }, async ({ caller }) => ({
      access_token: makeAccessToken(secretKey, caller.tokenId, now()),
      token_type: "Bearer",
      expires_in: accessTokenSeconds,
    }));
  }
}

const toBody = (error: string, description: string) => ({ error, error_description: description });

async function openDoor({ db }: HttpDependencies, tokens: TokenReader, request: FastifyRequest): Promise<Token> {
  const form = new Map(Object.entries((request.body ?? {}) as Record<string, string>));
  const grantType = form.get("grant_type");
  if (grantType === undefined) throw new OauthError("invalid_request", "send grant_type=client_credentials");
  if (grantType !== "client_credentials") {
    throw new OauthError("unsupported_grant_type", "the only grant_type here is client_credentials");
  }
  const [clientId, clientSecret] = readBasic(request) ?? [form.get("client_id"), form.get("client_secret")];
  if (!clientId || !clientSecret) {
    const sentence = "send client_id (the workspace's domain) and client_secret (a token of kind bothelp)";
    throw new OauthError("invalid_request", sentence);
  }
  const token = await findToken(tokens, clientSecret.trim());
  if (token === undefined || !(await isClient(db, clientId.trim(), token))) {
    throw new OauthError("invalid_client", "client_id and client_secret do not belong together, or were revoked");
  }
  return token;
}

/** Who asks is named by the workspace's domain, or by the token's id. */
async function isClient(db: Database, clientId: string, token: Token): Promise<boolean> {
  return clientId === String(token.id) || (await findWorkspace(db, clientId))?.id === token.workspaceId;
}

async function findToken(tokens: TokenReader, secret: string): Promise<Token | undefined> {
  try {
    return await tokens.find(hashToken(secret), "bothelp");
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "token.invalid") return undefined;
    if (thrown instanceof AppError && thrown.code === "token.expired") {
      throw new OauthError("invalid_client", thrown.message);
    }
    throw thrown;
  }
}

/** Credentials in the header, as OAuth 2.0 prefers (RFC 6749, 2.3.1). */
function readBasic({ headers }: FastifyRequest): readonly [string, string] | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [id = "", ...secret] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return [id, secret.join(":")];
}
