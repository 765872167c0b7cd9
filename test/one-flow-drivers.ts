import type { DemoServer } from "./demo-server.ts";
import { testCertificate } from "./stand-ins/certificate.ts";
import {
  type GraphProduct,
  type GraphStandIn,
  graphAppSecret,
  graphIds,
  startGraphStandIn,
} from "./stand-ins/graph.ts";
import { readMetaMessage } from "./stand-ins/graph-messages.ts";
import { readWhatsAppMessage } from "./stand-ins/graph-whatsapp.ts";
import { startSmtpStandIn } from "./stand-ins/smtp.ts";
import { startTelegramStandIn } from "./stand-ins/telegram-bot-api.ts";
import { startViberStandIn } from "./stand-ins/viber.ts";
import { startVkStandIn } from "./stand-ins/vk.ts";
import { openPage, openSession } from "./webchat.ts";

/** One person on one platform, who sees what the platform shows and does what can be done there. */
export interface Driver {
  /** Opens the chat, in the platform's own way. */
  start(): Promise<void>;
  /** Follows an entry link as the platform takes it, from outside any chat or (`isKnown`) with the chat there already. Absent: the platform has no such links. */
  open?(url: string, isKnown: boolean): Promise<void>;
  say(text: string): Promise<void>;
  /** Presses the latest thing that is called so; throws where there is nothing to press. */
  press(title: string): Promise<void>;
  /** Everything that is on the screen, texts and addresses. */
  screen(): string;
  close(): Promise<void>;
}

/** Connects a channel of the kind to the bot and gives somebody there. */
export type StartDriver = (server: DemoServer, bot: string) => Promise<Driver>;

async function connect(server: DemoServer, bot: string, kind: string, settings: object): Promise<{ id: number }> {
  const wish = { bot, kind, name: kind, settings };
  const channel = await server.call<{ id: number; status: string }>("POST", "/channels", wish);
  if (channel.status !== "connected") throw new Error(`${kind} is ${channel.status}`);
  return channel;
}

const parameter = (url: string, name: string) => new URL(url).searchParams.get(name) ?? "";

function found<T>(value: T | undefined, title: string): T {
  if (value === undefined) throw new Error(`there is nothing to press that says "${title}"`);
  return value;
}

const telegram: StartDriver = async (server, bot) => {
  const platform = await startTelegramStandIn();
  await connect(server, bot, "telegram", { token: "123456:ABCDEFGHIJKLMNOP", apiRoot: platform.url });
  const from = { id: 55, is_bot: false, first_name: "Ann" };
  const chat = { id: 55, type: "private" };
  let id = 0;
  const push = async (more: (id: number) => object) => {
    id += 1;
    await platform.push({ update_id: id, ...more(id) });
  };
  const say = (text: string) => push((message_id) => ({ message: { message_id, from, chat, date: 1795216726, text } }));
  interface Key {
    readonly text: string;
    readonly callback_data: string;
  }
  const keys = () =>
    platform.calls.flatMap(({ payload }) => {
      const markup = payload.reply_markup as { readonly inline_keyboard?: Key[][] } | undefined;
      return (markup?.inline_keyboard ?? []).flat();
    });
  return {
    start: () => say("/start"),
    open: (url) => say(`/start ${parameter(url, "start")}`),
    say,
    async press(title) {
      const { callback_data: data } = found(
        keys().findLast(({ text }) => text === title),
        title,
      );
      const message = { message_id: 1, date: 1795216726, chat };
      await push((key) => ({ callback_query: { id: String(key), from, message, data, chat_instance: "1" } }));
    },
    screen: () => JSON.stringify(platform.calls.map(({ payload }) => payload)),
    close: () => platform.close(),
  };
};

const webchat: StartDriver = async (server, bot) => {
  await connect(server, bot, "webchat", {});
  const chat = { ref: bot };
  const { token } = await openSession(server, chat);
  const page = await openPage(server, chat, token);
  let id = 0;
  const next = () => {
    id += 1;
    return `act${id}`;
  };
  return {
    start: async () => void (await page.act({ kind: "start", id: next() })),
    open: async (url) => void (await page.act({ kind: "start", id: next(), payload: parameter(url, "start") })),
    say: async (text) => void (await page.act({ kind: "text", id: next(), text })),
    async press(title) {
      const buttons = page.messages().flatMap((message) => message.buttons);
      const button = found(
        buttons.findLast((one) => one.title === title),
        title,
      );
      if (button.type !== "press") throw new Error(`"${title}" opens a page`);
      await page.act({ kind: "button", id: next(), payload: button.payload, title });
    },
    screen: () => JSON.stringify(page.messages()),
    close: async () => page.close(),
  };
};

const email: StartDriver = async (server, bot) => {
  const login = { user: "bot@shop.example", password: "a-password-of-ours" };
  const smtp = await startSmtpStandIn(login);
  const webhookSecret = "a-secret-of-the-webhook";
  const { id } = await connect(server, bot, "email", {
    host: "127.0.0.1",
    port: smtp.port,
    ...login,
    fromAddress: login.user,
    authority: testCertificate,
    webhookSecret,
    perChatPerSecond: 100,
  });
  let mails = 0;
  const say = async (text: string) => {
    mails += 1;
    const mail = { from: "Ann <ann@work.example>", messageId: `<${mails}@work.example>`, subject: "Hello", text };
    const headers = { "content-type": "application/json", authorization: `Bearer ${webhookSecret}` };
    const body = JSON.stringify(mail);
    const response = await fetch(`${server.url}/webhooks/${id}`, { method: "POST", headers, body });
    if (!response.ok) throw new Error(await response.text());
  };
  return {
    start: () => say("I want to know more."),
    say,
    async press(title) {
      const links = smtp.taken.flatMap(({ mail }) => [
        ...(mail.html ?? "").matchAll(/<a [^>]*href="([^"]+)"[^>]*>([^<]+)<\/a>/g),
      ]);
      const [, href = ""] = found(
        links.findLast(([, , words]) => words === title),
        title,
      );
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const response = await fetch(href, { method: "POST", headers, body: "" });
      if (!response.ok) throw new Error(await response.text());
    },
    screen: () => smtp.taken.map(({ mail }) => `${mail.text}\n${mail.html}`).join("\n"),
    close: () => smtp.close(),
  };
};

const viber: StartDriver = async (server, bot) => {
  const platform = await startViberStandIn();
  await connect(server, bot, "viber", {
    token: "445da6az1s345z78-dazcczb2542zv51a",
    apiRoot: `${platform.url}/pa`,
  });
  return {
    start: async () => void (await platform.open("ann")),
    open: async (url) => void (await platform.open("ann", parameter(url, "context"))),
    say: (text) => platform.say("ann", text),
    press: (title) => platform.press("ann", title),
    screen: () => JSON.stringify(platform.shown.map(({ body }) => body)),
    close: () => platform.close(),
  };
};

const vk: StartDriver = async (server, bot) => {
  const platform = await startVkStandIn();
  await connect(server, bot, "vk", { token: "vk1.a.ThisIsACommunityToken", apiRoot: `${platform.url}/method` });
  return {
    start: () => platform.say("101", "Начать", { payload: '{"command":"start"}' }),
    // VK tells of a link with the first words after it, in a new chat and in an old one.
    open: (url) => platform.say("101", "Hello", { ref: parameter(url, "ref"), ref_source: "poster" }),
    say: (text) => platform.say("101", text),
    press: (title) => platform.press("101", title),
    screen: () => JSON.stringify(platform.shown),
    close: () => platform.close(),
  };
};

const keysOfMeta = { appSecret: graphAppSecret, token: "EAAGm0PX4ZCpsBAKZCqZBzuTokenOfATest" };

/** Messenger and Instagram, whose people get and give the same but for the beginning; `byNewThread`: how a link into a new chat is told of. */
const messaging =
  (
    kind: string,
    product: GraphProduct,
    settings: object,
    { begin, byNewThread }: { readonly begin: object; readonly byNewThread: (mid: string, referral: object) => object },
  ): StartDriver =>
  async (server, bot) => {
    const graph = await startGraphStandIn(product, { now: server.clock.now });
    await connect(server, bot, kind, { ...keysOfMeta, ...settings, appId: "555", apiRoot: graph.apiRoot });
    let id = 0;
    const tell = async (more: (mid: string) => object) => {
      id += 1;
      await graph.tell("ann", more(`m_${kind}${id}`));
    };
    const seen = () => graph.shown.map(({ body }) => readMetaMessage(body));
    return {
      start: () => tell(() => begin),
      async open(url, isKnown) {
        const referral = { ref: parameter(url, "ref"), source: "SHORTLINK", type: "OPEN_THREAD" };
        await tell((mid) => (isKnown ? { referral } : byNewThread(mid, referral)));
      },
      say: (text) => tell((mid) => ({ message: { mid, text } })),
      async press(title) {
        const buttons = seen().flatMap((one) => one.buttons);
        const { payload } = found(
          buttons.findLast((one) => one.title === title),
          title,
        );
        await tell((mid) => ({ postback: { mid, title, payload } }));
      },
      screen: () => JSON.stringify(seen()),
      close: () => graph.close(),
    };
  };

const messenger = messaging(
  "messenger",
  "page",
  {},
  {
    begin: { postback: { mid: "m_start", title: "Get Started", payload: "GET_STARTED" } },
    byNewThread: (mid, referral) => ({ postback: { mid, title: "Get Started", payload: "GET_STARTED", referral } }),
  },
);
const instagram = messaging(
  "instagram",
  "instagram",
  { login: "facebook" },
  {
    begin: { referral: { ref: "poster", source: "IGME-SOURCE-LINK", type: "OPEN_THREAD" } },
    byNewThread: (mid, referral) => ({ message: { mid, text: "Hello", referral } }),
  },
);

const whatsapp: StartDriver = async (server, bot) => {
  const graph: GraphStandIn = await startGraphStandIn("whatsapp_business_account", { now: server.clock.now });
  const ids = { phoneNumberId: graphIds.phone, accountId: graphIds.waba };
  await connect(server, bot, "whatsapp", { ...keysOfMeta, ...ids, apiRoot: graph.apiRoot });
  const from = "16505551234";
  let id = 0;
  const tell = async (more: object) => {
    id += 1;
    const timestamp = String(Math.floor(server.clock.now() / 1_000));
    const value = {
      messaging_product: "whatsapp",
      metadata: { display_phone_number: "15550783881", phone_number_id: graphIds.phone },
      contacts: [{ profile: { name: "Ann Lee" }, wa_id: from }],
      messages: [{ from, id: `wamid.in${id}`, timestamp, ...more }],
    };
    const changes = [{ field: "messages", value }];
    await graph.push({ object: "whatsapp_business_account", entry: [{ id: graphIds.waba, changes }] });
  };
  const seen = () => graph.shown.map(({ body }) => readWhatsAppMessage(body));
  return {
    start: () => tell({ type: "request_welcome" }),
    // The link only writes the text into the input; the person sends it.
    open: (url) => tell({ type: "text", text: { body: parameter(url, "text") } }),
    say: (text) => tell({ type: "text", text: { body: text } }),
    async press(title) {
      const choices = seen().flatMap((one) => one.choices);
      const { id: chosen, kind } = found(
        choices.findLast((one) => one.title === title),
        title,
      );
      await tell({ type: "interactive", interactive: { type: kind, [kind]: { id: chosen, title } } });
    },
    screen: () => JSON.stringify(seen()),
    close: () => graph.close(),
  };
};

/** Every kind of channel; a new one is named here, or the test says so. */
export const drivers: Readonly<Record<string, StartDriver>> = {
  email,
  instagram,
  messenger,
  telegram,
  viber,
  vk,
  webchat,
  whatsapp,
};
