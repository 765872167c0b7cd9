import { z } from "zod";
import type { ChannelPorts, SendResult } from "../engine/channel-type.ts";

/** How to reach the Graph API as a page, an account or a number. */
export interface GraphAccess {
  readonly token: string;
  /** Base URL with the version, without a trailing slash. */
  readonly apiRoot: string;
}

export type GraphPorts = Pick<ChannelPorts, "callPlatform">;

/**
 * The version that our calls and events have; a version works for at least two years: https://developers.facebook.com/docs/graph-api/guides/versioning.
 */
export const graphRoot = "https://graph.facebook.com/v25.0";

/** The setting `apiRoot` of the channels that talk to the Graph API. */
export const apiRootSchema = (standard: string) =>
  z
    .url({ protocol: /^https?$/ })
    .default(standard)
    .transform((url) => url.replace(/\/+$/, ""));

/** With it, connecting sets the app's address; empty: that is done by hand in the app's dashboard. */
export const appIdSchema = z
  .string()
  .regex(/^\d{0,30}$/, "an app's id is a number")
  .default("");

/** What Meta asks back for; made when the channel is connected. */
export const verifyTokenSchema = z
  .string()
  .regex(/^[\w-]{0,100}$/, "a verify token has up to 100 of A-Z, a-z, 0-9, _ and -")
  .default("");

/** A failed call as a person may read it. */
export class GraphCallError extends Error {
  override readonly name = "GraphCallError";
  /** Meta's codes; undefined: no answer of the API came. */
  readonly code: number | undefined;
  readonly subcode: number | undefined;
  /** The call may have been carried out: it left, and no answer of the API came. */
  readonly maybeDone: boolean;
  /** HTTP says: too fast. In ms. */
  readonly pauseMs: number | undefined;

  constructor(
    message: string,
    details: {
      readonly code?: number | undefined;
      readonly subcode?: number | undefined;
      readonly maybeDone?: boolean;
      readonly pauseMs?: number | undefined;
    } = {},
  ) {
    super(message);
    this.code = details.code;
    this.subcode = details.subcode;
    this.maybeDone = details.maybeDone ?? false;
    this.pauseMs = details.pauseMs;
  }
}

/** What a refusal means for what to do next. */
export type GraphVerdict =
  | { readonly status: "recipient-gone" | "rejected" | "unauthorized" | "window-closed" | "retry-later" }
  | { readonly status: "rate-limited"; readonly afterMs: number; readonly scope: "chat" | "channel" };

/** By `code` or, for a subcode that means something of its own, `code:subcode`. */
export type GraphVerdicts = Readonly<Record<string, GraphVerdict>>;

const anHour = 3_600_000;

/**
 * What the Graph API answers whatever is called: https://developers.facebook.com/docs/graph-api/guides/error-handling and https://developers.facebook.com/docs/graph-api/overview/rate-limiting (which asks
 * to stop calling for some minutes: an hour's budget is counted as it rolls on). Whatever is in no table may pass: it is tried again.
 */
const everywhere: GraphVerdicts = {
  0: { status: "unauthorized" },
  1: { status: "retry-later" },
  2: { status: "retry-later" },
  3: { status: "unauthorized" },
  4: { status: "rate-limited", afterMs: 60_000, scope: "channel" },
  10: { status: "unauthorized" },
  17: { status: "rate-limited", afterMs: 60_000, scope: "channel" },
  32: { status: "rate-limited", afterMs: 60_000, scope: "channel" },
  100: { status: "rejected" },
  102: { status: "unauthorized" },
  190: { status: "unauthorized" },
  368: { status: "rate-limited", afterMs: anHour, scope: "channel" },
  613: { status: "rate-limited", afterMs: 1_000, scope: "channel" },
  80006: { status: "rate-limited", afterMs: 60_000, scope: "channel" },
};

/** What a failed send means. `own`: the product's own table, which goes before what is known of the Graph API. */
export function toSendResult(error: GraphCallError, own: GraphVerdicts): Exclude<SendResult, { status: "sent" }> {
  const { code, message, maybeDone, pauseMs } = error;
  if (pauseMs !== undefined) return { status: "rate-limited", message, afterMs: pauseMs, scope: "channel" };
  const verdict = findVerdict(error, own);
  if (verdict?.status === "rate-limited") {
    return { ...verdict, message: `Meta asks for patience: ${message}` };
  }
  if (verdict !== undefined && verdict.status !== "retry-later") return { status: verdict.status, message };
  return { status: "retry-later", message, ...(code === undefined && maybeDone ? { maybeSent: true } : {}) };
}

/** Rights of an app: https://developers.facebook.com/docs/graph-api/guides/error-handling names the whole range. */
const isPermission = (code: number) => code >= 200 && code <= 299;

function findVerdict({ code, subcode }: GraphCallError, own: GraphVerdicts): GraphVerdict | undefined {
  if (code === undefined) return undefined;
  const named = own[`${code}:${subcode}`] ?? own[code] ?? everywhere[code];
  return named ?? (isPermission(code) ? { status: "unauthorized" } : undefined);
}

/** A call of the Graph API. */
export interface GraphCall {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the version, without a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: object | undefined;
}

/** Calls the Graph API; throws `GraphCallError`. `schema` says what of the answer is used. */
export async function callGraph<T>(
  { token, apiRoot }: GraphAccess,
  ports: GraphPorts,
  { method, path, query = {}, body }: GraphCall,
  schema: z.ZodType<T>,
): Promise<T> {
  const search = new URLSearchParams(query).toString();
  const answer = await ports.callPlatform({
    url: `${apiRoot}/${path}${search === "" ? "" : `?${search}`}`,
    method,
    // In the header, so that no log of addresses holds it.
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (answer.kind === "none") throw new GraphCallError(`Meta ${answer.message}`, { maybeDone: answer.mayHaveArrived });
  const told = readAnswer(answer.body);
  const refusal = errorSchema.safeParse(told).data?.error;
  if (refusal !== undefined) throw toError(refusal, token);
  if (answer.status === 429) {
    const seconds = Number(answer.headers["retry-after"]) || 60;
    throw new GraphCallError("Meta asks for patience", { pauseMs: seconds * 1_000 });
  }
  const result = answer.status < 400 ? schema.safeParse(told) : undefined;
  if (result?.success === true) return result.data;
  const message = `the answer is not one of the Graph API (status ${answer.status}); check apiRoot if this stays so`;
  throw new GraphCallError(message, { maybeDone: true });
}

/** https://developers.facebook.com/docs/graph-api/guides/error-handling; `error_data.details` is WhatsApp's. */
const errorSchema = z.object({
  error: z.object({
    message: z.string().default("refused"),
    code: z.number(),
    error_subcode: z.number().optional(),
    error_user_msg: z.string().optional(),
    error_data: z.object({ details: z.string().optional() }).optional().catch(undefined),
  }),
});

function toError(refusal: z.output<typeof errorSchema>["error"], token: string): GraphCallError {
  const { message, code, error_subcode: subcode, error_user_msg: said, error_data: data } = refusal;
  const words = [message, data?.details ?? said].filter((one) => one !== undefined && one !== "").join(": ");
  const number = subcode === undefined ? code : `${code}, ${subcode}`;
  // A token may be two words joined, of which either tells too much.
  const parts = token.split("|").filter((part) => part !== "");
  const masked = parts.reduce((text, part) => text.replaceAll(part, "…"), words.replaceAll(token, "…"));
  return new GraphCallError(`${masked} (Meta's error ${number})`, { code, subcode });
}

function readAnswer(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Told apart from an answer by being none.
    return undefined;
  }
}
