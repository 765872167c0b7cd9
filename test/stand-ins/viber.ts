import { createHmac } from "node:crypto";
import { parseViberJson } from "../../src/channels/viber/viber-callback.ts";
import { type StandInAnswer as Answer, createLimiter, type FaultyServer, startFaultyServer } from "./faulty-http.ts";

type Payload = Readonly<Record<string, unknown>>;

/** A message on a person's phone. */
export interface ViberShown {
  readonly receiver: string;
  readonly body: Payload;
  readonly token: string;
}

/** What a person can press under the latest messages. */
interface ViberButton {
  readonly Text: string;
  readonly ActionType: string;
  readonly ActionBody: string;
}

export interface ViberStandIn extends FaultyServer {
  /** What people see, in order. */
  readonly shown: readonly ViberShown[];
  /** The webhook that was set; empty: none. */
  webhook(): string;
  /** Delivers a callback to the webhook, signed. */
  push(callback: object): Promise<{ readonly status: number; readonly body: string }>;
  /** Somebody opens the chat by a link; the welcome in the answer is shown to them. */
  open(person: string, context?: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Somebody writes; from then on they are subscribed. */
  say(person: string, text: string): Promise<void>;
  /** Somebody presses what they see. */
  press(person: string, title: string): Promise<void>;
  leave(person: string): Promise<void>;
  /** Tells of a message that was sent. */
  tell(event: "delivered" | "seen" | "failed", shown: ViberShown): Promise<void>;
}

export interface ViberStandInOptions {
  readonly port?: number;
  /** Calls a second that are taken. */
  readonly perSecond?: number;
}

const ok = 0;
const refusals = {
  1: "invalidUrl",
  2: "invalidAuthToken",
  3: "badData",
  4: "missingData",
  6: "notSubscribed",
  12: "tooManyRequests",
  14: "incompatibleWithVersion",
} as const;
type Refusal = keyof typeof refusals;

/**
 * A small Viber on loopback, after https://developers.viber.com/docs/api/rest-bot-api: real HTTP, and people with phones. It takes every token but those that begin with `unknown`, and refuses
 * what Viber refuses as far as we send it. Somebody who only opened the chat is not subscribed; everybody else is.
 */
export async function startViberStandIn(options: ViberStandInOptions = {}): Promise<ViberStandIn> {
  const isTooFast = createLimiter(options.perSecond);
  const shown: ViberShown[] = [];
  const strangers = new Set<string>();
  let webhook = "";
  let token = "";
  let tokens = 5_741_311_803_571_721_000n;
  const nextToken = () => {
    tokens += 1n;
    return String(tokens);
  };
  const answer = (status: Refusal | typeof ok, more = ""): Answer => ({
    ok: status === ok,
    json: `{"status":${status},"status_message":"${status === ok ? "ok" : refusals[status]}"${more}}`,
  });

  async function callWebhook(url: string, callback: object) {
    // As Viber writes them: tokens are numbers of 19 digits.
    const body = JSON.stringify(callback).replaceAll(/"message_token":"(\d+)"/g, '"message_token":$1');
    const signature = createHmac("sha256", token).update(body).digest("hex");
    const headers = { "content-type": "application/json", "x-viber-content-signature": signature };
    const response = await fetch(url, { method: "POST", headers, body });
    return { status: response.status, body: await response.text() };
  }

  /** An address on this machine is tried, as Viber tries every one; others are only looked at. */
  async function takesWebhook(url: string): Promise<boolean> {
    if (url === "") return true;
    if (!url.startsWith("http://127.0.0.1:")) return url.startsWith("https://");
    const callback = { event: "webhook", timestamp: Date.now(), message_token: nextToken() };
    return (await callWebhook(url, callback)).status === 200;
  }

  function show(receiver: string, body: Payload): string {
    const messageToken = nextToken();
    shown.push({ receiver, body, token: messageToken });
    return messageToken;
  }

  const methods: Readonly<Record<string, (payload: Payload) => Answer | Promise<Answer>>> = {
    get_account_info: () => {
      const known = { id: "pa:75346594275468546724", name: "Stand-in", uri: "standin", subscribers_count: 35 };
      return answer(ok, `,${JSON.stringify({ ...known, webhook }).slice(1, -1)}`);
    },
    set_webhook: async ({ url = "", event_types: types = [] }) => {
      if (!(await takesWebhook(String(url)))) return answer(1);
      webhook = String(url);
      return answer(ok, `,"event_types":${JSON.stringify(types)}`);
    },
    send_message: (payload) => {
      const receiver = String(payload.receiver ?? "");
      const refusal = refusalOf(payload) ?? (strangers.has(receiver) ? 6 : undefined);
      if (refusal !== undefined) return answer(refusal);
      return answer(ok, `,"message_token":${show(receiver, payload)},"billing_status":1`);
    },
  };

  const server = await startFaultyServer({
    port: options.port,
    read: ({ url, body }) => ({ method: url.pathname.split("/").at(-1) ?? "", payload: parsePayload(body) ?? {} }),
    async answer(method, payload, { request, body }) {
      token = String(request.headers["x-viber-auth-token"] ?? "");
      if (token === "" || token.startsWith("unknown")) return answer(2);
      if (parsePayload(body) === undefined) return answer(3);
      if (isTooFast()) return answer(12);
      return (await methods[method]?.(payload)) ?? answer(3);
    },
  });

  const user = (id: string) => ({ id, name: "Ann Lee", avatar: "https://avatar.example/a.jpg", language: "en" });
  const callback = (event: string, more: object) => ({
    event,
    timestamp: Date.now(),
    chat_hostname: "SN-1_",
    message_token: nextToken(),
    ...more,
  });
  const push = (body: object) => callWebhook(webhook, body);
  const say = async (person: string, text: string) => {
    strangers.delete(person);
    const sender = { ...user(person), api_version: 10, country: "RS" };
    await push(callback("message", { sender, message: { type: "text", text }, silent: false }));
  };

  return {
    ...server,
    shown,
    webhook: () => webhook,
    push,
    say,
    async open(person, context) {
      const isSubscribed = shown.some(({ receiver }) => receiver === person) && !strangers.has(person);
      if (!isSubscribed) strangers.add(person);
      const more = { type: "open", user: user(person), subscribed: isSubscribed };
      const answered = await push(
        callback("conversation_started", context === undefined ? more : { ...more, context }),
      );
      const welcome = parsePayload(Buffer.from(answered.body));
      if (!isSubscribed && welcome !== undefined && refusalOf({ receiver: person, ...welcome }) === undefined)
        show(person, welcome);
      return answered;
    },
    async press(person, title) {
      const buttons = shown.filter(({ receiver }) => receiver === person).flatMap(({ body }) => buttonsOf(body));
      const button = buttons.findLast(({ Text }) => unescapeHtml(Text) === title);
      if (button?.ActionType !== "reply") throw new Error(`${person} sees nothing to press that says "${title}"`);
      await say(person, button.ActionBody);
    },
    async leave(person) {
      strangers.add(person);
      await push(callback("unsubscribed", { user_id: person }));
    },
    async tell(event, { receiver, token: message_token }) {
      const more = event === "failed" ? { desc: "the message could not be delivered" } : {};
      await push({ event, timestamp: Date.now(), message_token, user_id: receiver, ...more });
    },
  };
}

/** The buttons under a message, and beside the input. */
export function buttonsOf(body: Payload): ViberButton[] {
  const layouts = [body.rich_media, body.keyboard] as readonly ({ readonly Buttons?: ViberButton[] } | undefined)[];
  return layouts.flatMap((layout) => layout?.Buttons ?? []);
}

export function unescapeHtml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

const byKind: Readonly<Record<string, (body: Payload) => Refusal | undefined>> = {
  text: ({ text }) => (isText(text, 7000) && text.trim() !== "" ? undefined : 3),
  picture: ({ media, text }) => (isText(media, 2000) && isText(text, 768) ? undefined : 3),
  video: ({ media, size }) => sized(media, size, 26),
  file: ({ media, size, file_name: name }) => (isText(name, 256) ? sized(media, size, 50) : 4),
  location: ({ location }) => {
    const { lat = "", lon = "" } = (location ?? {}) as Readonly<Record<string, unknown>>;
    if (lat === "" || lon === "") return 4;
    return isBetween(Number(lat), -90, 90) && isBetween(Number(lon), -180, 180) ? undefined : 3;
  },
  rich_media: ({ rich_media: media }) => {
    const { ButtonsGroupColumns: columns, ButtonsGroupRows: rows } = (media ?? {}) as Record<string, number>;
    return isBetween(columns, 1, 6) && isBetween(rows, 1, 7) ? undefined : 3;
  },
};

const isText = (value: unknown, longest: number): value is string =>
  typeof value === "string" && value.length <= longest;
const isBetween = (value: unknown, least: number, most: number) =>
  typeof value === "number" && value >= least && value <= most;
const sized = (media: unknown, size: unknown, megabytes: number): Refusal | undefined =>
  !isText(media, 2000) || size === undefined ? 4 : isBetween(size, 1, megabytes * 1_048_576) ? undefined : 3;

function refusalOf(payload: Payload): Refusal | undefined {
  const { receiver, sender, type, min_api_version: version = 1 } = payload;
  if (!isText(receiver, 100) || receiver === "") return 4;
  const { name } = (sender ?? {}) as { readonly name?: unknown };
  if (!isText(name, 28) || name === "") return 4;
  const wrong = byKind[String(type)]?.(payload) ?? (Object.hasOwn(byKind, String(type)) ? undefined : 3);
  if (wrong !== undefined) return wrong;
  const { Buttons: keys } = (payload.keyboard ?? { Buttons: [{}] }) as { readonly Buttons: unknown[] };
  if (!isBetween(keys.length, 1, 24)) return 3;
  const buttons = buttonsOf(payload);
  const isAsking = ({ ActionType }: ViberButton) => ActionType === "share-phone" || ActionType === "location-picker";
  const isNew = type === "rich_media" || buttons.some((button) => "Silent" in button);
  if (buttons.some(isAsking) && Number(version) < 3) return 14;
  if (isNew && Number(version) < 7) return 14;
  const isGood = buttons.every((button) => {
    const { Text, ActionType, ActionBody } = button;
    const isLink = ActionType === "open-url" && URL.canParse(ActionBody);
    const isKnown =
      ActionType === "reply" || isLink || (isAsking(button) && isText(ActionBody, 250) && ActionBody !== "");
    return isText(Text, 250 * 5) && isText(unescapeHtml(Text), 250) && !/<(?!\/?(b|i|u|br|font))/.test(Text) && isKnown;
  });
  return isGood ? undefined : 3;
}

function parsePayload(body: Buffer): Payload | undefined {
  try {
    const value = parseViberJson(body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Payload) : undefined;
  } catch {
    // The caller answers as Viber does.
    return undefined;
  }
}
