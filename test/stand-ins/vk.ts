import {
  createLimiter,
  type FaultyServer,
  type IncomingCall,
  type StandInAnswer,
  startFaultyServer,
} from "./faulty-http.ts";

type Payload = Readonly<Record<string, unknown>>;

/** A message on a person's phone. */
export interface VkShown {
  readonly peer: string;
  readonly id: number;
  readonly text: string;
  readonly buttons: readonly VkButton[];
  readonly isInline: boolean;
  /** Names of the files as they were uploaded. */
  readonly files: readonly string[];
  /** Latitude and longitude, where it has a map. */
  readonly point?: string;
}

interface VkButton {
  readonly action: {
    readonly type: string;
    readonly label?: string;
    readonly payload?: string;
    readonly link?: string;
  };
  readonly color?: string;
}

export interface VkStandIn extends FaultyServer {
  /** What people see, in order. */
  readonly shown: readonly VkShown[];
  /** Where the Callback API calls, and whether it believes in it. */
  servers(): readonly { readonly id: number; readonly url: string; readonly status: string }[];
  /** Delivers an event to the callback server, or to whoever polls. */
  push(event: {
    readonly type: string;
    readonly object: object;
    readonly event_id?: string;
  }): Promise<{ readonly status: number; readonly body: string } | undefined>;
  /** Somebody writes, after a link with `ref` where one is given. */
  say(person: string, text: string, more?: object): Promise<void>;
  /** Somebody presses what they see. */
  press(person: string, title: string): Promise<void>;
  /** Somebody forbids the community to write. */
  deny(person: string): Promise<void>;
  read(shown: VkShown): Promise<void>;
  /** The long poll's row is gone: whoever asks next is told so. */
  loseRow(failed: 1 | 2 | 3): void;
  /** What was sent before an hour is forgotten. */
  nextHour(): void;
}

export interface VkStandInOptions {
  readonly port?: number;
  /** Calls a second that are taken. */
  readonly perSecond?: number;
}

const groupId = 77;
const code = "b7d2a1c4";
const messages: Readonly<Record<number, string>> = {
  3: "Unknown method passed",
  5: "User authorization failed: invalid access_token (4).",
  6: "Too many requests per second",
  113: "Invalid user id",
  100: "One of the parameters specified was missing or invalid",
  901: "Can't send messages for users without permission",
  911: "Keyboard format is invalid",
  914: "Message is too long",
};

/**
 * A small VK on loopback, after https://dev.vk.com: real HTTP, its uploads, the Callback API and the long poll. It takes every token but those that begin with `unknown`, and refuses what VK refuses as far as we
 * send it. A `random_id` that it has seen sends nothing again.
 */
export async function startVkStandIn(options: VkStandInOptions = {}): Promise<VkStandIn> {
  const isTooFast = createLimiter(options.perSecond);
  const shown: VkShown[] = [];
  const denied = new Set<string>();
  const sentBefore = new Map<string, number>();
  const files = new Map<string, string>();
  const row: object[] = [];
  let servers: { readonly id: number; url: string; secret: string; status: string }[] = [];
  let ids = 1000;
  let lost: number | undefined;
  let keys = 1;
  let wake: (() => void) | undefined;
  let base = "";
  const nextId = () => {
    ids += 1;
    return ids;
  };

  async function callServer({ url, secret }: { readonly url: string; readonly secret: string }, event: object) {
    const body = JSON.stringify({ group_id: groupId, v: "5.199", secret, ...event });
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    return { status: response.status, body: await response.text() };
  }

  /** An address on this machine is asked for the code, as VK asks every one; others are believed. */
  async function confirm(server: (typeof servers)[number]): Promise<void> {
    const isHere = server.url.startsWith("http://127.0.0.1:");
    const told = isHere ? await callServer(server, { type: "confirmation" }).catch(() => undefined) : undefined;
    const answer = isHere ? told?.body : code;
    server.status = answer === code ? "ok" : "failed";
  }

  async function keepServer(id: number, { url, secret_key: secret = "" }: Payload) {
    const server = { id, url: String(url), secret: String(secret), status: "wait" };
    servers = [...servers.filter((other) => other.id !== id), server];
    await confirm(server);
    return server;
  }

  function send(payload: Payload): unknown {
    const peer = String(payload.peer_id ?? "");
    const text = String(payload.message ?? "");
    const attachments = String(payload.attachment ?? "")
      .split(",")
      .filter((name) => name !== "");
    const { inline = false, buttons = [] } = JSON.parse(String(payload.keyboard ?? "{}")) as {
      readonly inline?: boolean;
      readonly buttons?: VkButton[][];
    };
    if (!isPoint(payload)) return 100;
    const refusal = refusalOf({ peer, text, attachments, buttons, isInline: inline, isDenied: denied.has(peer) });
    if (refusal !== undefined) return refusal;
    const key = `${peer}:${payload.random_id}`;
    const before = Number(payload.random_id) === 0 ? undefined : sentBefore.get(key);
    if (before !== undefined) return before;
    const id = nextId();
    sentBefore.set(key, id);
    const names = attachments.map((name) => files.get(name) ?? name);
    const { lat, long } = payload;
    const place = lat === undefined ? {} : { point: `${lat} ${long}` };
    shown.push({ peer, id, text, buttons: buttons.flat(), isInline: inline, files: names, ...place });
    return id;
  }

  function save(kind: string, token: unknown) {
    const id = nextId();
    files.set(`${kind}-${groupId}_${id}_key`, String(token));
    return { owner_id: -groupId, id, access_key: "key" };
  }

  const methods: Readonly<Record<string, (payload: Payload) => unknown>> = {
    "groups.getById": () => ({ groups: [{ id: groupId, name: "Stand-in", screen_name: "standin" }], profiles: [] }),
    "groups.getCallbackConfirmationCode": () => ({ code }),
    "groups.getCallbackServers": () => ({
      count: servers.length,
      items: servers.map(({ id, url, status, secret }) => ({ id, url, status, title: "x", secret_key: secret })),
    }),
    "groups.addCallbackServer": async (payload) => ({ server_id: (await keepServer(nextId(), payload)).id }),
    "groups.editCallbackServer": async (payload) => (await keepServer(Number(payload.server_id), payload)) && 1,
    "groups.deleteCallbackServer": ({ server_id: gone }) => {
      servers = servers.filter(({ id }) => id !== Number(gone));
      return 1;
    },
    "groups.setCallbackSettings": () => 1,
    "groups.setLongPollSettings": () => 1,
    "groups.getLongPollServer": () => ({ server: `${base}/lp`, key: `key${keys}`, ts: String(row.length) }),
    "messages.send": send,
    "messages.sendMessageEventAnswer": () => 1,
    "users.get": ({ user_ids: ids = "", fields = "" }) => {
      const people = String(ids).split(",");
      if (people.some((person) => !/^[1-9]\d*$/.test(person))) return 113;
      return people.map((person) => ({
        id: Number(person),
        first_name: `Имя${person}`,
        last_name: "Фамилия",
        can_access_closed: true,
        is_closed: false,
        ...(String(fields).includes("photo_200") ? { photo_200: `https://sun1.userapi.com/${person}.jpg` } : {}),
      }));
    },
    "photos.getMessagesUploadServer": () => ({ upload_url: `${base}/upload/photo`, album_id: -64, group_id: 0 }),
    "photos.saveMessagesPhoto": ({ photo, hash }) => (hash === "h" ? [save("photo", photo)] : 100),
    "docs.getMessagesUploadServer": ({ type }) => ({ upload_url: `${base}/upload/${String(type)}` }),
    "docs.save": ({ file }) => {
      // VK keeps no music as documents.
      if (String(file).endsWith(".mp3")) return 100;
      return { type: "doc", doc: save("doc", file) };
    },
  };

  async function upload(method: string, { request, body }: IncomingCall): Promise<unknown> {
    const headers = { "content-type": String(request.headers["content-type"]) };
    const form = await new Response(new Uint8Array(body), { headers }).formData();
    const file = form.get(method === "photo" ? "photo" : "file");
    if (!(file instanceof File) || file.size === 0) return { error: "no_file" };
    return method === "photo" ? { server: 1, photo: file.name, hash: "h" } : { file: file.name };
  }

  async function poll(url: URL): Promise<unknown> {
    const params = url.searchParams;
    if (lost !== undefined) {
      const failed = lost;
      lost = undefined;
      return failed === 1 ? { failed, ts: row.length } : { failed };
    }
    if (params.get("key") !== `key${keys}`) return { failed: 2 };
    const from = Number(params.get("ts"));
    if (row.length <= from) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Number(params.get("wait")) * 1000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return { ts: String(row.length), updates: row.slice(from) };
  }

  const server = await startFaultyServer({
    port: options.port,
    read: ({ url, body, request }) => {
      const isForm = String(request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
      const payload = isForm ? Object.fromEntries(new URLSearchParams(body.toString())) : {};
      return { method: url.pathname.split("/").at(-1) ?? "", payload };
    },
    async answer(method, payload, call): Promise<StandInAnswer> {
      const { pathname } = call.url;
      if (pathname.startsWith("/upload/")) return json(await upload(method, call));
      if (pathname === "/lp") return json(await poll(call.url));
      const bearer = /^Bearer (.+)$/.exec(String(call.request.headers.authorization ?? ""))?.[1];
      const token = bearer ?? String(payload.access_token ?? "");
      if (token === "" || token.startsWith("unknown")) return refuse(5);
      if (isTooFast()) return refuse(6);
      const result = await (methods[method]?.(payload) ?? 3);
      return typeof result === "number" && result in messages ? refuse(result) : json({ response: result });
    },
  });
  base = server.url;

  const push: VkStandIn["push"] = async (event) => {
    const whole = { group_id: groupId, event_id: `e${nextId()}`, v: "5.199", ...event };
    const [target] = servers;
    if (target !== undefined) return await callServer(target, whole);
    row.push(whole);
    wake?.();
    return undefined;
  };
  const say: VkStandIn["say"] = async (person, text, more = {}) => {
    denied.delete(person);
    const id = nextId();
    const from = { id, date: 1_700_000_000, peer_id: Number(person), from_id: Number(person), random_id: 0 };
    const message = { ...from, conversation_message_id: id, text, attachments: [], fwd_messages: [], ...more };
    await push({ type: "message_new", object: { message, client_info: { keyboard: true, inline_keyboard: true } } });
  };
  return {
    ...server,
    shown,
    servers: () => servers,
    push,
    say,
    async press(person, title) {
      const seen = shown.filter(({ peer }) => peer === person).flatMap(({ buttons }) => buttons);
      const action = seen.findLast((button) => button.action.label === title)?.action;
      if (action?.type !== "text") throw new Error(`${person} sees nothing to press that says "${title}"`);
      await say(person, title, { payload: action.payload });
    },
    async deny(person) {
      denied.add(person);
      await push({ type: "message_deny", object: { user_id: Number(person) } });
    },
    async read({ peer, id }) {
      const object = { from_id: Number(peer), peer_id: Number(peer), read_message_id: id };
      await push({ type: "message_read", object: { ...object, conversation_message_id: id } });
    },
    loseRow(failed) {
      lost = failed;
      if (failed !== 1) keys += 1;
      wake?.();
    },
    nextHour: () => sentBefore.clear(),
    async close() {
      wake?.();
      await server.close();
    },
  };
}

/** https://dev.vk.com/ru/method/messages.send: both or neither, in degrees. */
function isPoint({ lat, long }: Payload): boolean {
  if (lat === undefined && long === undefined) return true;
  const isWithin = (degrees: unknown, most: number) => degrees !== "" && Math.abs(Number(degrees)) <= most;
  return isWithin(lat, 90) && isWithin(long, 180);
}

const json = (value: unknown): StandInAnswer => ({ ok: true, json: JSON.stringify(value) });
const refuse = (code: number): StandInAnswer => ({
  ok: false,
  json: JSON.stringify({ error: { error_code: code, error_msg: messages[code], request_params: [] } }),
});

/** https://dev.vk.com/ru/api/bots/development/keyboard: at most 10 buttons in the chat, 40 beside the input, five to a row. */
function refusalOf(call: {
  readonly peer: string;
  readonly text: string;
  readonly attachments: readonly string[];
  readonly buttons: readonly (readonly VkButton[])[];
  readonly isInline: boolean;
  readonly isDenied: boolean;
}): number | undefined {
  const { peer, text, attachments, buttons, isInline, isDenied } = call;
  if (!/^\d+$/.test(peer) || (text === "" && attachments.length === 0) || attachments.length > 10) return 100;
  if (text.length > 4096) return 914;
  const [most, rows] = isInline ? [10, 6] : [40, 10];
  const all = buttons.flat();
  const isGrid = all.length <= most && buttons.length <= rows && buttons.every((row) => row.length <= 5);
  const hasRow = buttons.every((row) => row.length === 1 || row.every(({ action }) => action.type !== "location"));
  const isGood = all.every(({ action, color }) => {
    const { type, label = "", payload = "", link = "" } = action;
    if (type === "location") return action.label === undefined && color === undefined && hasRow;
    const isKnown = type === "open_link" ? URL.canParse(link) : type === "text" || type === "callback";
    return isKnown && label.length > 0 && label.length <= 40 && payload.length <= 255;
  });
  if (!isGrid || !isGood) return 911;
  return isDenied ? 901 : undefined;
}
