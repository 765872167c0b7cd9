import { createHmac } from "node:crypto";
import { type StandInAnswer as Answer, createLimiter, type FaultyServer, startFaultyServer } from "./faulty-http.ts";
import { isDelivered, refuseMetaMessage } from "./graph-messages.ts";
import { refuseWhatsAppMessage } from "./graph-whatsapp.ts";

export type GraphPayload = Readonly<Record<string, unknown>>;
export type GraphProduct = "page" | "instagram" | "whatsapp_business_account";

/** A refusal as the Graph API writes it. */
export interface GraphRefusal {
  readonly code: number;
  readonly subcode?: number;
  readonly message: string;
  readonly status?: number;
}

/** A message on a person's screen. */
export interface GraphShown {
  readonly to: string;
  /** The call's body. */
  readonly body: GraphPayload;
  readonly id: string;
}

export interface GraphStandIn extends FaultyServer {
  /** With the version, as `apiRoot` wants it. */
  readonly apiRoot: string;
  readonly shown: readonly GraphShown[];
  /** The address that the app has for its notifications; empty: none. */
  webhook(): string;
  /** Whether the app hears of the page, account or business account. */
  isSubscribed(): boolean;
  /** Delivers a notification to the webhook, signed; throws where it is not taken. */
  push(body: object): Promise<void>;
  /** Something of a person's, as `messaging` has it, to the webhook; from then on they may be written to for 24 hours. */
  tell(person: string, more: object): Promise<void>;
  /** The person writes what nobody is told of. */
  hear(person: string): void;
  /** Lets time go by, for the 24 hours. */
  passHours(hours: number): void;
  /** The person wants to hear nothing more. */
  block(person: string): void;
}

export interface GraphStandInOptions {
  readonly port?: number;
  /** Calls a second that are taken. */
  readonly perSecond?: number;
  /** Unix milliseconds; what notifications carry. */
  readonly now?: () => number;
}

/** The ids of what the stand-in has. */
export const graphIds = {
  page: "1906385232743451",
  instagram: "17841405822304914",
  phone: "106540352242922",
  waba: "102290129340398",
};
export const graphAppSecret = "0123456789abcdef0123456789abcdef";
const anHour = 3_600_000;

/**
 * A small Graph API on loopback: real HTTP, and people with phones. `product` says whose messages it takes. It takes every token but those that begin with `unknown`, and refuses what Meta refuses
 * as far as we send it: https://developers.facebook.com/docs/graph-api/guides/error-handling. Somebody who never wrote counts as having written just now.
 */
export async function startGraphStandIn(
  product: GraphProduct,
  options: GraphStandInOptions = {},
): Promise<GraphStandIn> {
  const isTooFast = createLimiter(options.perSecond);
  const now = options.now ?? Date.now;
  const shown: GraphShown[] = [];
  const heard = new Map<string, number>();
  const blocked = new Set<string>();
  let passed = 0;
  let webhook = "";
  let subscribed = false;
  let ids = 0;
  const nextId = (prefix: string) => {
    ids += 1;
    return `${prefix}${String(ids).padStart(12, "0")}`;
  };
  const hoursSince = (person: string) => (passed - (heard.get(person) ?? passed)) / anHour;

  /** An address on this machine is asked back, as Meta asks every one; others are only looked at. */
  async function takesWebhook(url: string, verifyToken: string): Promise<boolean> {
    if (!url.startsWith("http://127.0.0.1:")) return url.startsWith("https://");
    const query = new URLSearchParams({
      "hub.mode": "subscribe",
      "hub.challenge": "1158201444",
      "hub.verify_token": verifyToken,
    });
    const response = await fetch(`${url}?${query}`);
    return response.status === 200 && (await response.text()) === "1158201444";
  }

  async function setWebhook(url: string, verifyToken: string): Promise<Answer> {
    if (!(await takesWebhook(url, verifyToken))) {
      return refuse({
        code: 2200,
        message: "Callback verification failed with the following errors: HTTP Status Code",
      });
    }
    webhook = url;
    return answer({ success: true });
  }

  function sendMessaging(payload: GraphPayload): Answer {
    const { id: to = "" } = (payload.recipient ?? {}) as { readonly id?: string };
    const refusal =
      refuseMetaMessage(payload, product === "instagram") ??
      (blocked.has(to)
        ? { code: 551, subcode: 1545041, message: "(#551) This person isn't available right now." }
        : undefined) ??
      (isDelivered(payload, hoursSince(to))
        ? undefined
        : {
            code: 10,
            subcode: product === "instagram" ? 2534022 : 2018278,
            message: "(#10) This message is sent outside of allowed window.",
          });
    if (refusal !== undefined) return refuse(refusal);
    if ("sender_action" in payload) return answer({ recipient_id: to });
    const id = nextId("m_");
    shown.push({ to, body: payload, id });
    return answer({ recipient_id: to, message_id: id });
  }

  function sendWhatsApp(payload: GraphPayload): Answer {
    if (payload.status === "read") return answer({ success: true });
    const to = String(payload.to ?? payload.recipient ?? "");
    const refusal =
      refuseWhatsAppMessage(payload) ??
      (payload.type !== "template" && hoursSince(to) >= 24
        ? { code: 131047, message: "(#131047) Re-engagement message" }
        : undefined);
    if (refusal !== undefined) return refuse(refusal);
    const id = nextId("wamid.");
    shown.push({ to, body: payload, id });
    return answer({
      messaging_product: "whatsapp",
      // As with many of Brazil's numbers, which got a digit more once: WhatsApp knows the person without it.
      contacts: [{ input: to, wa_id: to.replace(/^(55\d\d)9(\d{8})$/, "$1$2") }],
      messages: [{ id, message_status: "accepted" }],
    });
  }

  const get: Readonly<Record<string, (path: string) => Answer>> = {
    me: () =>
      answer(
        product === "page"
          ? { id: graphIds.page, name: "Stand-in", username: "standin" }
          : {
              id: "9001",
              user_id: graphIds.instagram,
              username: "stand.in",
              instagram_business_account: { id: graphIds.instagram, username: "stand.in" },
            },
      ),
    subscribed_apps: () => answer({ data: subscribed ? [{ id: "555", name: "The app" }] : [] }),
    message_templates: () => answer({ data: whatsAppTemplates }),
    [graphIds.phone]: () =>
      answer({ id: graphIds.phone, display_phone_number: "+1 555-078-3881", verified_name: "Stand-in" }),
  };
  const post: Readonly<Record<string, (payload: GraphPayload, path: string) => Answer | Promise<Answer>>> = {
    messages: (payload) => (product === "whatsapp_business_account" ? sendWhatsApp(payload) : sendMessaging(payload)),
    subscriptions: ({ callback_url: url, verify_token: token }) => setWebhook(String(url), String(token)),
    subscribed_apps: () => {
      subscribed = true;
      return answer({ success: true });
    },
    messenger_profile: () => answer({ result: "success" }),
    [graphIds.phone]: ({ webhook_configuration: wish }) => {
      const { override_callback_uri: url = "", verify_token: token = "" } = (wish ?? {}) as Record<string, string>;
      if (url !== "") return setWebhook(url, token);
      webhook = "";
      return answer({ success: true });
    },
  };

  const server = await startFaultyServer({
    port: options.port,
    read: ({ url, body }) => ({ method: url.pathname.split("/").at(-1) ?? "", payload: parse(body) }),
    async answer(method, payload, { request, url }) {
      const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
      if (token === "" || token.startsWith("unknown")) {
        return refuse({ code: 190, message: "Invalid OAuth access token - Cannot parse access token", status: 401 });
      }
      if (isTooFast()) return refuse({ code: 4, message: "(#4) Application request limit reached" });
      if (request.method === "DELETE" && method === "subscribed_apps") {
        subscribed = false;
        return answer({ success: true });
      }
      const read = get[method] ?? (heard.has(method) ? () => answer(profileOf(method, product)) : undefined);
      const done = request.method === "GET" ? read?.(url.pathname) : await post[method]?.(payload, url.pathname);
      return done ?? refuse({ code: 100, subcode: 33, message: `Unsupported ${request.method} request` });
    },
  });

  async function push(body: object): Promise<void> {
    const text = JSON.stringify(body);
    const signature = createHmac("sha256", graphAppSecret).update(text).digest("hex");
    const headers = { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` };
    const response = await fetch(webhook, { method: "POST", headers, body: text });
    if (response.status !== 200) throw new Error(`the webhook answered ${response.status}: ${await response.text()}`);
  }

  return {
    ...server,
    apiRoot: `${server.url}/v25.0`,
    shown,
    webhook: () => webhook,
    isSubscribed: () => subscribed,
    push,
    async tell(person, more) {
      heard.set(person, passed);
      const own = product === "instagram" ? graphIds.instagram : graphIds.page;
      const messaging = [{ sender: { id: person }, recipient: { id: own }, timestamp: now(), ...more }];
      await push({ object: product, entry: [{ id: own, time: now(), messaging }] });
    },
    hear: (person) => void heard.set(person, passed),
    passHours(hours) {
      passed += hours * anHour;
    },
    block: (person) => void blocked.add(person),
  };
}

const answer = (body: object): Answer => ({ ok: true, json: JSON.stringify(body) });

function refuse({ code, subcode, message, status = 400 }: GraphRefusal): Answer {
  const error = { message, type: "OAuthException", code, error_subcode: subcode, fbtrace_id: "BLBz/WZt8dN" };
  return { ok: false, status, json: JSON.stringify({ error }) };
}

/** Whoever wrote is called after their id. */
const profileOf = (person: string, product: GraphProduct) =>
  product === "page"
    ? { id: person, first_name: person, last_name: "Lee", profile_pic: "https://pictures.example/a.jpg" }
    : { id: person, username: person, profile_pic: "https://pictures.example/a.jpg" };

const whatsAppTemplates = [
  {
    id: "1",
    name: "order_update",
    language: "en_US",
    status: "APPROVED",
    category: "UTILITY",
    components: [{ type: "BODY", text: "Hello {{1}}, your order {{2}} is on its way." }],
  },
];

function parse(body: Buffer): GraphPayload {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as GraphPayload) : {};
  } catch {
    // A call without a body.
    return {};
  }
}
