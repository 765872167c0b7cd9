import type { Place, Sentence } from "../../src/model/sentence.ts";

/** What the server said instead of what was asked for. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** Stable (docs/errors.md); `network`: nobody answered. */
  readonly code: string;
  readonly sentence: Sentence;
  /** What is wrong where, as far as the server says it. */
  readonly details: readonly Place[];
  /** The details as the server sent them, where they are no places. */
  readonly data: unknown;

  constructor(status: number, error: Sentence & { readonly code: string; readonly details?: unknown }) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.sentence = error;
    this.data = error.details;
    this.details = Array.isArray(error.details) ? error.details.filter(isDetail) : [];
  }
}

function isDetail(one: unknown): one is Place {
  return typeof one === "object" && one !== null && "path" in one && "message" in one;
}

/** What a passing fault is: worth asking again by itself. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.status === 429);
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

interface Options {
  readonly body?: unknown;
  /** Of a file; absent: bytes of any kind. */
  readonly contentType?: string | undefined;
  readonly query?: Query | undefined;
  /** The workspace's domain: which of the person's workspaces is meant. */
  readonly workspace?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What a repetition is known by; absent: it is no repetition. */
  readonly key?: string | undefined;
}

const bytes = "application/octet-stream";

/** Asks the person for the password again; rejects where they would rather not. Set by the page that can ask. */
let askForProof: (() => Promise<void>) | undefined;

export function setProofAsker(ask: typeof askForProof): void {
  askForProof = ask;
}

/** Calls the server, and once more where it wanted the password first. Throws `ApiError`. */
export async function call<Answer>(method: Method, path: string, options: Options = {}): Promise<Answer> {
  try {
    return await callOnce<Answer>(method, path, options);
  } catch (thrown) {
    const canAsk = thrown instanceof ApiError && thrown.code === "session.proof_needed" && askForProof !== undefined;
    if (!canAsk) throw thrown;
    await askForProof?.().catch(() => {
      throw thrown;
    });
    return await callOnce<Answer>(method, path, options);
  }
}

/** Calls the server that the page came from. What it answers is what its contract says. Throws `ApiError`. */
async function callOnce<Answer>(method: Method, path: string, options: Options): Promise<Answer> {
  const { body, workspace, signal } = options;
  const headers: Record<string, string> = {};
  // In which mails about the account are written. (Tests of this file have no page.)
  if (typeof document !== "undefined") headers["accept-language"] = document.documentElement.lang;
  if (workspace !== undefined) headers["x-workspace"] = workspace;
  if (body !== undefined) {
    headers["content-type"] = body instanceof Blob ? (options.contentType ?? bytes) : "application/json";
  }
  const attempt = method === "GET" ? undefined : attemptOf(method, path, options);
  if (attempt !== undefined) headers["idempotency-key"] = attempt.key;
  const response = await ask(`${path}${toQuery(options.query)}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text();
  if (response.status < 500) attempt?.end();
  if (response.ok) return (text === "" ? null : JSON.parse(text)) as Answer;
  throw new ApiError(response.status, readError(text, response.status));
}

/** Keys of what was sent and not answered, by what it was. */
const unanswered = new Map<string, string>();

/** A repetition after a lost answer must not do it twice: the same, sent again to a server that comes back, has the same key. */
function attemptOf(method: Method, path: string, { body, workspace, query, key }: Options) {
  if (key !== undefined || body instanceof Blob) return { key: key ?? crypto.randomUUID(), end: () => undefined };
  const what = JSON.stringify([method, path, workspace, query, body]);
  const own = unanswered.get(what) ?? crypto.randomUUID();
  unanswered.set(what, own);
  return { key: own, end: () => void unanswered.delete(what) };
}

async function ask(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: "same-origin", ...request });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    throw new ApiError(0, { code: "network", message: "the server does not answer" });
  }
}

function readError(text: string, status: number): Sentence & { readonly code: string } {
  try {
    return (JSON.parse(text) as { error: Sentence & { code: string } }).error;
  } catch {
    return { code: "service.unavailable", message: `the server answered ${status}` };
  }
}

function toQuery(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** The native API of one workspace. */
export interface WorkspaceApi {
  readonly domain: string;
  get<Answer>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer>;
  send<Answer>(method: Exclude<Method, "GET">, path: string, body?: unknown, key?: string): Promise<Answer>;
  /** Sends a CSV file as it is. */
  upload<Answer>(path: string, query: Query, file: Blob): Promise<Answer>;
  /** Asks what is too long for an address; changes nothing. */
  ask<Answer>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer>;
}

export function apiOf(domain: string): WorkspaceApi {
  return {
    domain,
    get: (path, query, signal) => call("GET", `/api/v1${path}`, { query, workspace: domain, signal }),
    send: (method, path, body, key) => call(method, `/api/v1${path}`, { body, workspace: domain, key }),
    upload: (path, query, file) =>
      call("POST", `/api/v1${path}`, { query, body: file, contentType: "text/csv", workspace: domain }),
    ask: (path, body, signal) => call("POST", `/api/v1${path}`, { body, workspace: domain, signal }),
  };
}
