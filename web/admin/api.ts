/** What the server said instead of what was asked for. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** Stable (docs/errors.md); `network`: nobody answered. */
  readonly code: string;
  /** What is wrong where, as far as the server says it. */
  readonly details: readonly { readonly path: string; readonly message: string }[];

  constructor(status: number, error: { readonly code: string; readonly message: string; readonly details?: unknown }) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.details = Array.isArray(error.details) ? error.details.filter(isDetail) : [];
  }
}

function isDetail(one: unknown): one is { path: string; message: string } {
  return typeof one === "object" && one !== null && "path" in one && "message" in one;
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

/** Calls the server that the page came from. What it answers is what its contract says. Throws `ApiError`. */
export async function call<Answer>(method: Method, path: string, options: Options = {}): Promise<Answer> {
  const { body, workspace, signal } = options;
  const headers: Record<string, string> = {};
  if (workspace !== undefined) headers["x-workspace"] = workspace;
  if (body !== undefined) {
    headers["content-type"] = body instanceof Blob ? (options.contentType ?? bytes) : "application/json";
  }
  // A repetition after a lost answer must not do it twice.
  if (method !== "GET") headers["idempotency-key"] = options.key ?? crypto.randomUUID();
  const response = await ask(`${path}${toQuery(options.query)}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text();
  if (response.ok) return (text === "" ? null : JSON.parse(text)) as Answer;
  throw new ApiError(response.status, readError(text, response.status));
}

async function ask(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: "same-origin", ...request });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    throw new ApiError(0, { code: "network", message: "the server does not answer" });
  }
}

function readError(text: string, status: number): { readonly code: string; readonly message: string } {
  try {
    return (JSON.parse(text) as { error: { code: string; message: string } }).error;
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
