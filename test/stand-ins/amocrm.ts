import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { type Answer, createAmocrmAccount, type Entity, type Kind, problem } from "./amocrm-account.ts";
import { testCertificate, testKey } from "./certificate.ts";

/** One request, as it came in. */
export interface AmocrmCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Milliseconds by a clock that goes evenly. */
  readonly at: number;
  /** Undefined while it hangs, or where its connection was cut. */
  status: number | undefined;
}

/** How the next request (or the next that fits) goes wrong. */
export interface AmocrmFault {
  readonly method?: string;
  /** The path begins so. */
  readonly path?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A problem's `detail`; absent: a page of HTML, as what stands before amoCRM gives it. */
  readonly detail?: string;
  /** It is carried out, and then answered with this instead. */
  readonly page?: string;
  /** Carried out, and the connection cut before the answer. */
  readonly lose?: boolean;
  /** Carried out, and the connection cut in the middle of the answer. */
  readonly cutShort?: boolean;
  /** Carried out, and never answered. */
  readonly hang?: boolean;
  /** The connection is cut, and nothing carried out. */
  readonly reset?: boolean;
}

export const amocrmClient = { clientId: "4a5b-integration", clientSecret: "a-secret-key-of-amocrm" } as const;
export const longLivedToken = "long-lived-token-of-amocrm";

export interface AmocrmStandIn {
  readonly url: string;
  readonly calls: AmocrmCall[];
  readonly deals: ReadonlyMap<number, Entity>;
  readonly contacts: ReadonlyMap<number, Entity>;
  /** Makes an entity as a person would. */
  add(kind: Kind, entity: Record<string, unknown>): number;
  /** Deletes one as a person would. */
  remove(kind: Kind, id: number): void;
  /** Somebody signs in where `authorizeUrl` leads: what the browser comes back with. */
  signIn(authorizeUrl: string): Record<string, string>;
  /** Tokens as after a sign-in. */
  tokens(): { readonly accessToken: string; readonly refreshToken: string };
  /** No access token is good any more; refresh tokens are. */
  expire(): void;
  /** Access was withdrawn. */
  revoke(): void;
  fail(...faults: readonly AmocrmFault[]): void;
  /** The most requests that came within any second. */
  peak(): number;
  close(): Promise<void>;
}

/** A small amoCRM after WIRE-FORMATS 4.3 and https://www.amocrm.ru/developers/content/crm_platform/api-reference, over HTTPS, which this process trusts from then on. */
export async function startAmocrmStandIn(
  options: { readonly now?: () => number; readonly perSecond?: number; readonly latencyMs?: number } = {},
): Promise<AmocrmStandIn> {
  const { now = Date.now, perSecond = Number.POSITIVE_INFINITY, latencyMs = 0 } = options;
  const calls: AmocrmCall[] = [];
  const faults: AmocrmFault[] = [];
  const account = createAmocrmAccount(now);
  const codes = new Set<string>();
  const access = new Set<string>();
  const refresh = new Set<string>();
  let isWithdrawn = false;

  const issue = () => {
    const tokens = { accessToken: `access-${random()}`, refreshToken: `refresh-${random()}` };
    access.add(tokens.accessToken);
    refresh.add(tokens.refreshToken);
    return tokens;
  };

  /** https://www.amocrm.ru/developers/content/oauth/step-by-step */
  function grant(body: Record<string, unknown>): Answer {
    const { clientId, clientSecret } = amocrmClient;
    const refused = (status: number, words: object): Answer => ({ status, body: { status, ...words } });
    if (body.client_id !== clientId || body.client_secret !== clientSecret) {
      return refused(401, { title: "Invalid client", detail: "Client authentication failed" });
    }
    if (typeof body.redirect_uri !== "string" || body.redirect_uri === "") {
      return refused(400, { title: "Invalid request", hint: "Check the `redirect_uri` parameter" });
    }
    const isGood =
      (body.grant_type === "authorization_code" && codes.delete(String(body.code))) ||
      // Good for one time.
      (body.grant_type === "refresh_token" && !isWithdrawn && refresh.delete(String(body.refresh_token)));
    const hint = body.grant_type === "refresh_token" ? "Token has been revoked" : "Authorization code has expired";
    if (!isGood) return refused(body.grant_type === "refresh_token" ? 401 : 400, { title: "Invalid request", hint });
    isWithdrawn = false;
    const { accessToken, refreshToken } = issue();
    const body200 = {
      token_type: "Bearer",
      expires_in: 86_400,
      access_token: accessToken,
      refresh_token: refreshToken,
    };
    return { status: 200, body: body200 };
  }

  function answer(call: AmocrmCall, authorization: string): Answer {
    if (call.path === "/oauth2/access_token") return grant(call.body as Record<string, unknown>);
    const token = authorization.replace(/^Bearer /, "");
    if (token !== longLivedToken && !access.has(token)) return problem(401, "Wrong login or password", "Unauthorized");
    if (lastSecond(calls, call.at) > perSecond) return problem(429, "Too many requests", "Too Many Requests");
    return account.carryOut(call);
  }

  const server = createServer({ cert: testCertificate, key: testKey }, (request, response) => {
    readBody(request, (text) => {
      const { pathname: path, searchParams: query } = new URL(request.url ?? "/", "https://amocrm");
      const { method = "", headers } = request;
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      const call: AmocrmCall = { method, path, query, body, at: performance.now(), status: undefined };
      calls.push(call);
      const fault = takeFault(faults, call);
      const run = () => respond(call, fault, response, () => answer(call, headers.authorization ?? ""));
      if (latencyMs === 0) run();
      else setTimeout(run, latencyMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const trusted = tls.getCACertificates("default");
  tls.setDefaultCACertificates([...trusted, testCertificate]);
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    calls,
    deals: account.deals,
    contacts: account.contacts,
    add: account.add,
    remove: account.remove,
    signIn(authorizeUrl) {
      const query = new URL(authorizeUrl).searchParams;
      if (query.get("client_id") !== amocrmClient.clientId) throw new Error("there is no such integration");
      const code = `code-${random()}`;
      codes.add(code);
      return { code, state: query.get("state") ?? "", referer: new URL(url).host, client_id: amocrmClient.clientId };
    },
    tokens: issue,
    expire: () => access.clear(),
    revoke: () => {
      access.clear();
      isWithdrawn = true;
    },
    fail: (...more) => void faults.push(...more),
    peak: () => Math.max(0, ...calls.map(({ at }) => lastSecond(calls, at))),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      // Other tests run in this process.
      tls.setDefaultCACertificates(trusted);
    },
  };
}

const random = () => randomBytes(8).toString("hex");

function lastSecond(calls: readonly AmocrmCall[], at: number): number {
  return calls.filter((call) => call.at > at - 1_000 && call.at <= at).length;
}

function takeFault(faults: AmocrmFault[], { method, path }: AmocrmCall): AmocrmFault | undefined {
  const index = faults.findIndex(
    (fault) => (fault.method === undefined || fault.method === method) && path.startsWith(fault.path ?? ""),
  );
  return index < 0 ? undefined : faults.splice(index, 1)[0];
}

function respond(call: AmocrmCall, fault: AmocrmFault | undefined, response: ServerResponse, run: () => Answer): void {
  const { status, headers = {}, detail, page: html, lose, cutShort, hang, reset } = fault ?? {};
  const destroy = () => response.socket?.destroy();
  if (reset === true) return void destroy();
  if (status !== undefined) {
    call.status = status;
    const said = detail === undefined ? { status } : problem(status, detail);
    write(response, { ...said, headers: { ...headers } }, detail === undefined ? "<html>no</html>" : undefined);
    return;
  }
  const answer = run();
  if (hang === true) return;
  if (lose === true) return void destroy();
  if (cutShort === true) return void response.writeHead(200, { "content-length": 500 }).write('[{"id":', destroy);
  call.status = answer.status;
  write(response, html === undefined ? answer : { status: 200 }, html);
}

function write(response: ServerResponse, { status, body, headers = {} }: Answer, html?: string): void {
  const type = html !== undefined ? "text/html" : status < 300 ? "application/hal+json" : "application/problem+json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(html ?? (body === undefined ? undefined : JSON.stringify(body)));
}

function readBody(request: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => done(Buffer.concat(chunks).toString("utf8")));
}
