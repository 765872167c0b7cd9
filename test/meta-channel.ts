import { createHmac } from "node:crypto";
import type { WebhookRequest } from "../src/engine/channel-type.ts";
import type { MessageContent } from "../src/model/message.ts";
import { channelPorts } from "./channel-ports.ts";
import type { ContractSetup, ShownMessage } from "./contracts/channel-contract.ts";
import type { Fault } from "./stand-ins/faulty-http.ts";
import { type GraphProduct, type GraphShown, graphAppSecret, startGraphStandIn } from "./stand-ins/graph.ts";
import { readMetaMessage } from "./stand-ins/graph-messages.ts";

/** A call as Meta signs it. */
export const signed = (body: Buffer, key = graphAppSecret): WebhookRequest => ({
  method: "POST",
  headers: { "x-hub-signature-256": `sha256=${createHmac("sha256", key).update(body).digest("hex")}` },
  query: {},
  body,
});

/** Meta's question whether the address is ours. */
export const asked = (query: object): WebhookRequest => ({
  method: "GET",
  headers: {},
  query: { "hub.mode": "subscribe", "hub.challenge": "1158201444", ...query },
  body: Buffer.alloc(0),
});

/** A refusal of the Graph API. */
export const told = (code: number, subcode: number | undefined, message: string): Fault => ({
  status: 400,
  body: { error: { message, type: "OAuthException", code, error_subcode: subcode, fbtrace_id: "A" } },
});

/** What people see of calls to the Send API. */
export const shownOnMessenger = (shown: readonly GraphShown[]): ShownMessage[] =>
  shown.map(({ body }) => {
    const { text, files, buttons, quickReplies } = readMetaMessage(body);
    return { text, titles: [...buttons, ...quickReplies].map(({ title }) => title), files };
  });

export const portsOfTests = channelPorts();

export const contentOf = (part: Partial<MessageContent> = {}): MessageContent => ({
  text: "Hello",
  attachments: [],
  buttons: [],
  quickReplies: [],
  ...part,
});

/** What goes wrong with a call to the Graph API; some of it repeats the token. */
export const metaFaults = (token: string): Readonly<Record<string, Fault>> => ({
  "a server error": { status: 500, body: "<h1>Internal Server Error</h1>" },
  "a refused token": told(190, 463, `Error validating access token: ${token}`),
  "a proxy's page": { status: 404, body: `<p>Cannot POST ${token}</p>` },
  "a cut connection": { reset: true },
  "half an answer": { cutShort: true },
  "a refusal that repeats the token": told(100, undefined, `(#100) bad parameter ${token}`),
  "too many requests": told(613, undefined, "(#613) Calls to this api have exceeded the rate limit."),
  "429": { status: 429, body: "<h1>Too many</h1>", headers: { "retry-after": "7" } },
});

/** What the channel contract needs to know of one of Meta's three. */
export function metaSetup(options: {
  readonly product: GraphProduct;
  readonly token: string;
  /** Beside the keys that all three have. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** One of them is called `text`. */
  readonly fixtures: Readonly<Record<string, object>>;
  readonly shownBy: (shown: readonly GraphShown[]) => ShownMessage[];
}): ContractSetup {
  const { product, token, settings, fixtures, shownBy } = options;
  const textCall = Buffer.from(JSON.stringify(fixtures.text));
  const faults = metaFaults(token);
  return {
    settings: { token, appSecret: graphAppSecret, verifyToken: "ours", ...settings },
    sign: signed,
    fixtures,
    badRequests: {
      "a signature by another app": { request: signed(textCall, "f".repeat(32)), status: 401 },
      "a signature of another body": { request: { ...signed(textCall), body: Buffer.from("{}") }, status: 401 },
      "the old signature alone": {
        request: { ...signed(textCall), headers: { "x-hub-signature": "sha1=00" } },
        status: 401,
      },
      "no signature": { request: { ...signed(textCall), headers: {} }, status: 401 },
      "half a JSON text": { request: signed(textCall.subarray(0, 50)), status: 400 },
      "an empty body": { request: signed(Buffer.alloc(0)), status: 400 },
      "a notification of another product": {
        request: signed(Buffer.from('{"object":"user","entry":[]}')),
        status: 400,
      },
      "a question with a wrong token": { request: asked({ "hub.verify_token": "theirs" }), status: 403 },
      "a question without a token": { request: asked({}), status: 403 },
      "a challenge that is markup": {
        request: asked({ "hub.verify_token": "ours", "hub.challenge": "<script>" }),
        status: 403,
      },
    },
    faults: Object.keys(faults),
    async platform() {
      const standIn = await startGraphStandIn(product);
      let seen = 0;
      return {
        settings: { apiRoot: standIn.apiRoot },
        shown: () => {
          const fresh = shownBy(standIn.shown.slice(seen));
          seen = standIn.shown.length;
          return fresh;
        },
        fail: (name, after) => standIn.failAlways(faults[name] ?? {}, after),
        heal: () => standIn.heal(),
        close: () => standIn.close(),
      };
    },
  };
}
