import type { Socket } from "node:net";
import type { ConnectionError, FastifyInstance } from "fastify";

/** A request whose address had letters as they are, with these percent-encoded. */
interface RawRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads a request again that Node's parser refused for bytes beyond ASCII in its address: GetCourse fills in what people are called, and not every HTTP client
 * encodes that. Only action links are read so: there everything stands in the address, and the body does not matter. Undefined: something else was wrong, or the head did not come in one piece.
 */
export function readRawAddress({ code, rawPacket }: ConnectionError): RawRequest | undefined {
  // Fastify's type has the buffer as JSON would have it.
  const packet: unknown = rawPacket;
  if (code !== "HPE_INVALID_URL" || !Buffer.isBuffer(packet)) return undefined;
  // One letter a byte: nothing is decoded on the way.
  const text = packet.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const [, method, address] =
    /^(GET|POST) (\/compat\/bothelp\/gc\/?\?[!-~\x80-\xff]+) HTTP\/1\.[01]$/.exec(first) ?? [];
  const headers = readHeaders(lines);
  if (address === undefined || headers === undefined) return undefined;
  const url = address.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  return { method: method === "POST" ? "POST" : "GET", url, headers };
}

/** Undefined: a line is no header. Those of the body are left out, as the body is. */
function readHeaders(lines: readonly string[]): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value = ""] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t -~\x80-\xff]*)$/.exec(line) ?? [];
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    if (isOfBody.has(key)) continue;
    headers[key] = headers[key] === undefined ? value.trim() : `${headers[key]}, ${value.trim()}`;
  }
  return headers;
}

const isOfBody: ReadonlySet<string> = new Set(["content-length", "content-type", "transfer-encoding", "expect"]);

/** Hands the request to the doors like any other, and hangs up after the answer: where the next request on the connection begins is not known. */
export async function answerRawAddress(app: FastifyInstance, socket: Socket, request: RawRequest): Promise<void> {
  try {
    const answer = await app.inject({ ...request, remoteAddress: socket.remoteAddress ?? "" });
    const { statusCode, statusMessage, rawPayload } = answer;
    const headers = { ...answer.headers, "content-length": rawPayload.length, connection: "close" };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const head = [`HTTP/1.1 ${statusCode} ${statusMessage}`, ...lines].join("\r\n");
    socket.end(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), rawPayload]));
  } catch (error) {
    app.log.error({ err: error }, "a request with a raw address was not answered");
    socket.destroy();
  }
}
