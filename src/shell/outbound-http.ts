import { lookup as lookUpName } from "node:dns/promises";
import {
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
  validateHeaderName,
  validateHeaderValue,
} from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP } from "node:net";
import type { FindAddresses } from "../engine/channel-type.ts";
import type { OutboundHttp, OutboundRequest, OutboundResult } from "../engine/outbound.ts";
import { toError } from "../engine/to-error.ts";

export interface OutboundOptions {
  /** Networks (CIDR) that may be called though they are not public. */
  readonly allowNetworks: readonly string[];
  /** All addresses of a name; default: the system's resolver. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

type Failure = Exclude<OutboundResult, { readonly kind: "ok" }>;

const limits = { timeoutMs: 30_000, answerBytes: 1_048_576, urlLength: 4_096, headers: 50, headerBytes: 16_384 };

/** Not public, by the registries of IANA (iana-ipv4-special-registry, multicast and former class E). */
const closedIpv4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Of IPv6 only global unicast is public … */
const openIpv6 = ["2000::/3"];
/** … without protocol assignments (Teredo among them), documentation, and 6to4, which leads to IPv4 addresses; NAT64 is outside of it. */
const closedIpv6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"];

/** Headers that are the client's own business. */
const ownHeaders = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Thrown inside of this file only. */
class Refusal extends Error {}

export function createOutboundHttp({ allowNetworks, resolve = resolveBySystem }: OutboundOptions): OutboundHttp {
  const isAllowed = createAddressCheck(allowNetworks);
  return async (request) => {
    const timeoutMs = Math.ceil(Math.min(request.timeoutMs ?? limits.timeoutMs, limits.timeoutMs));
    const signal = AbortSignal.timeout(timeoutMs);
    let mayHaveArrived = false;
    const road: Road = {
      signal,
      find: async (url) => await addressesOf(url, { isAllowed, resolve, signal }),
      onConnected: () => {
        mayHaveArrived = true;
      },
    };
    try {
      return await follow(request, road);
    } catch (thrown) {
      if (thrown instanceof Refusal) return { kind: "refused", message: thrown.message };
      if (signal.aborted) {
        return { kind: "timeout", message: `there was no whole answer within ${timeoutMs} ms`, mayHaveArrived };
      }
      const error = toError(thrown);
      const code = (error as NodeJS.ErrnoException).code;
      // The system's resolver names its code in the message already.
      const isNamed = code === undefined || error.message.includes(code);
      const message = isNamed ? error.message : `${error.message} (${code})`;
      return { kind: "failed", message, mayHaveArrived };
    }
  };
}

/** The same check for servers of other protocols (mail), with the same patience for the resolver. */
export function createAddressFinder({ allowNetworks, resolve = resolveBySystem }: OutboundOptions): FindAddresses {
  const isAllowed = createAddressCheck(allowNetworks);
  return async (host) => {
    const signal = AbortSignal.timeout(limits.timeoutMs);
    return await addressesOf({ hostname: host }, { isAllowed, resolve, signal });
  };
}

/** Whether an address (no name) is public or in one of the networks. Throws where a network is none. */
export function createAddressCheck(allowNetworks: readonly string[]): (address: string) => boolean {
  const allowed = blockList(allowNetworks);
  const closed = blockList([...closedIpv4, ...closedIpv6]);
  const open = blockList(openIpv6);
  return (address) => {
    const version = isIP(address);
    if (version === 0 || address.includes("%")) return false;
    const family = version === 4 ? "ipv4" : "ipv6";
    if (allowed.check(address, family)) return true;
    return !closed.check(address, family) && (version === 4 || open.check(address, family));
  };
}

/** What is wrong with a network in CIDR form, in words; undefined: nothing. */
function readNetwork(text: string): {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
} {
  const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text);
  const [, address = "", bits = ""] = match ?? [];
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128))
    throw new Error(`"${text}" is no network such as 10.0.0.0/8`);
  return { address, bits: Number(bits), family: version === 4 ? "ipv4" : "ipv6" };
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of networks) {
    const { address, bits, family } = readNetwork(text);
    list.addSubnet(address, bits, family);
  }
  return list;
}

async function resolveBySystem(name: string): Promise<readonly string[]> {
  return (await lookUpName(name, { all: true })).map(({ address }) => address);
}

/** What is wrong with an address that a user gave, in words, as far as that shows without looking its name up; undefined: nothing. */
export function checkOutboundUrl(text: string): string | undefined {
  try {
    readUrl(text);
    return undefined;
  } catch (thrown) {
    return toError(thrown).message;
  }
}

function readUrl(text: string, base?: URL): URL {
  if (text.length > limits.urlLength) throw new Refusal(`the address is longer than ${limits.urlLength} characters`);
  if (!URL.canParse(text, base?.href)) throw new Refusal("the address is no URL");
  const url = new URL(text, base?.href);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new Refusal(`the address has to begin with http:// or https://, not with ${url.protocol}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new Refusal("the address holds a user name or a password; give them as basic auth instead");
  }
  if (base?.protocol === "https:" && url.protocol === "http:") {
    throw new Refusal("the redirect leads from https to http");
  }
  return url;
}

/** What one call has on its way. */
interface Road {
  readonly signal: AbortSignal;
  readonly find: (url: URL) => Promise<readonly string[]>;
  readonly onConnected: () => void;
}

/** The addresses that will be connected to, each of them checked. What was checked is what is connected to: a second look-up could say otherwise. */
async function addressesOf(
  url: Pick<URL, "hostname">,
  {
    isAllowed,
    resolve,
    signal,
  }: {
    readonly isAllowed: (address: string) => boolean;
    readonly resolve: (name: string) => Promise<readonly string[]>;
    readonly signal: AbortSignal;
  },
): Promise<readonly string[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await withSignal(resolve(host), signal) : [host];
  if (addresses.length === 0) throw new Error(`${host} has no address`);
  // One closed address among open ones is no accident.
  if (!addresses.every(isAllowed)) {
    throw new Refusal(
      `${host} leads into a network that is not public; whoever runs the server can allow it (OUTBOUND_ALLOW_NETWORKS)`,
    );
  }
  return addresses;
}

/** The system's resolver cannot be called off; nobody waits for it. */
async function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(toError(signal.reason)), { once: true });
    promise.then(resolve, reject);
  });
}

async function follow(request: OutboundRequest, road: Road): Promise<OutboundResult> {
  const maxBytes = request.maxBytes ?? limits.answerBytes;
  let url = readUrl(request.url);
  let { method, body } = request;
  let headers = readHeaders(request.headers ?? {});
  for (let redirects = request.maxRedirects ?? 0; ; redirects -= 1) {
    const addresses = await road.find(url);
    const answer = await exchange({ ...request, url, method, headers, body, addresses, road, maxBytes });
    const location = answer.kind === "ok" ? redirectOf(answer) : undefined;
    if (answer.kind !== "ok" || location === undefined || (request.maxRedirects ?? 0) === 0) return answer;
    if (redirects === 0) throw new Error(`there are more than ${request.maxRedirects} redirects`);
    const next = readUrl(location, url);
    if (answer.status !== 307 && answer.status !== 308 && method !== "GET" && method !== "HEAD") {
      method = "GET";
      body = undefined;
    }
    // Headers may hold secrets, and those are for whom they were meant for.
    if (next.origin !== url.origin) headers = {};
    url = next;
  }
}

function redirectOf({ status, headers }: Extract<OutboundResult, { readonly kind: "ok" }>): string | undefined {
  return [301, 302, 303, 307, 308].includes(status) ? headers.location : undefined;
}

/** The headers with names in lower case. Throws what is wrong with them. */
function readHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new Refusal(`the header "${name.slice(0, 100)}" has a name or a value that no header can have`);
    }
    const key = name.toLowerCase();
    if (ownHeaders.has(key) || key.startsWith("proxy-")) throw new Refusal(`the header "${name}" cannot be set`);
    headers[key] = value;
  }
  const entries = Object.entries(headers);
  const size = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (entries.length > limits.headers || size > limits.headerBytes) {
    throw new Refusal(`there may be ${limits.headers} headers of ${limits.headerBytes} bytes together`);
  }
  return headers;
}

/** What is wrong with headers that a user gave, in words; undefined: nothing. */
export function checkOutboundHeaders(headers: Readonly<Record<string, string>>): string | undefined {
  try {
    readHeaders(headers);
    return undefined;
  } catch (thrown) {
    return toError(thrown).message;
  }
}

interface Exchange {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly addresses: readonly string[];
  readonly road: Road;
  readonly maxBytes: number;
  readonly encoding?: "binary" | undefined;
}

/** One request and its answer, on a connection of its own. */
async function exchange(options: Exchange): Promise<OutboundResult> {
  const { url, method, body, addresses, road } = options;
  const answers = addresses.map((address) => ({ address, family: isIP(address) }));
  return await new Promise((resolve, reject) => {
    const start = url.protocol === "https:" ? requestHttps : requestHttp;
    const headers = {
      "user-agent": "Repartee",
      "accept-encoding": "identity",
      ...options.headers,
      ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
    };
    const request: ClientRequest = start(url, {
      method,
      headers,
      signal: road.signal,
      agent: false,
      maxHeaderSize: limits.headerBytes,
      // Asked for names only, and only ever answered what was checked.
      lookup: (_name, { all }, callback) => {
        const [first] = answers;
        if (all === true) callback(null, answers);
        else callback(null, first?.address ?? "", first?.family);
      },
    });
    request.on("error", reject);
    request.on("socket", (socket) => {
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", road.onConnected);
    });
    // A server that answers with another protocol is none that we asked for.
    request.on("upgrade", (_answer, socket) => {
      socket.destroy();
      reject(new Error("the server wants another protocol"));
    });
    request.on("response", (answer) => readAnswer(answer, options, { resolve, reject }));
    request.end(body);
  });
}

function readAnswer(
  answer: IncomingMessage,
  { maxBytes, encoding }: Exchange,
  { resolve, reject }: { readonly resolve: (result: OutboundResult) => void; readonly reject: (error: Error) => void },
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const tooLarge: Failure = { kind: "too_large", message: `the answer is larger than ${maxBytes} bytes` };
  answer.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) {
      chunks.push(chunk);
      return;
    }
    resolve(tooLarge);
    answer.destroy();
  });
  answer.on("error", reject);
  answer.on("end", () => {
    const headers = Object.entries(answer.headers).map(([name, value]) => [name, [value ?? []].flat().join(", ")]);
    const bytes = Buffer.concat(chunks);
    resolve({
      kind: "ok",
      status: answer.statusCode ?? 0,
      headers: Object.fromEntries(headers) as Record<string, string>,
      ...(encoding === "binary" ? { body: "", bytes } : { body: bytes.toString("utf8") }),
    });
  });
}
