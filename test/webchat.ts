import { randomBytes } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { afterEach } from "vitest";
import { findFlowProblems } from "../src/app/find-flow-problems.ts";
import { channelTypes } from "../src/channels/index.ts";
import { buildHttpApp } from "../src/http/app.ts";
import type { ChatMessage, PageFrame, ServerFrame, SessionBody, VisitorAct } from "../src/http/contract/webchat.ts";
import type { Json } from "../src/model/field.ts";
import { jobKinds } from "../src/shell/jobs/index.ts";
import { type Shell, startShell } from "../src/shell/shell.ts";
import { advance, preparePublishedFlow } from "../src/steps/advance.ts";
import { botFileSchema, importBot } from "../src/store/bot-file.ts";
import { createChannel } from "../src/store/channel-store.ts";
import type { OpenDatabase } from "../src/store/database.ts";
import type { SecretKey } from "../src/store/secret-key.ts";
import { createWorkspace } from "../src/store/workspace-store.ts";
import { addressesOnLoopback, outboundToLoopback, platformOnLoopback } from "./outbound.ts";
import { runScript } from "./scripts.ts";
import { systemOf } from "./server.ts";
import { recordingLog, type TestClock, testClock } from "./shell.ts";
import { until } from "./until.ts";

/** A listening server with the real shell. */
export interface WebchatServer {
  readonly app: FastifyInstance;
  readonly shell: Shell;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly clock: TestClock;
  /** Lines logged at `warn` or above. */
  readonly logged: readonly string[];
  /** Stops the server; the database stays open. */
  stop(): Promise<void>;
}

/** `secretKey`: the one of the server before, where a restart is meant. */
export async function webchatServer(
  { db, ...database }: OpenDatabase,
  {
    secretKey = randomBytes(32),
    port = 0,
    isItsOwnPublic = false,
  }: {
    readonly secretKey?: SecretKey;
    readonly port?: number;
    /** Where it listens is where the world reaches it: platforms on this machine can call back. */
    readonly isItsOwnPublic?: boolean;
  } = {},
): Promise<WebchatServer> {
  const clock = testClock();
  const logged: string[] = [];
  const log = recordingLog(logged);
  const { now } = clock;
  const shell = await startShell({
    database: { db, ...database },
    advance,
    prepareFlow: preparePublishedFlow,
    channelTypes,
    // What flows ask for; what runs by itself does not.
    jobKinds: { "look-up-profile": jobKinds["look-up-profile"] },
    secretKey,
    outbound: outboundToLoopback,
    callPlatform: platformOnLoopback,
    findAddresses: addressesOnLoopback,
    runScript,
    log,
    now,
    isWorker: true,
  });
  let publicUrl = "https://chat.example";
  const app = buildHttpApp({
    db,
    submit: shell.submit,
    enqueueJobs: shell.enqueueJobs,
    forgetJobs: shell.forgetJobs,
    live: shell.live,
    channels: shell.channels,
    log,
    now,
    get publicUrl() {
      return publicUrl;
    },
    requestsPerSecond: 100_000,
    secretKey,
    outbound: outboundToLoopback,
    callPlatform: platformOnLoopback,
    findAddresses: addressesOnLoopback,
    runScript,
    isReady: async () => true,
    system: systemOf({ ...database, db }),
  });
  const url = await app.listen({ host: "127.0.0.1", port });
  if (isItsOwnPublic) publicUrl = url;
  return {
    app,
    shell,
    url,
    clock,
    logged,
    async stop() {
      await app.close();
      await shell.stop();
    },
  };
}

/** Greets with two buttons, answers both, says `re: <text>` to everything else. */
const talkFlow = {
  ref: "talk",
  name: "Talk",
  triggers: [{ kind: "start" as const }, { kind: "default_reply" as const, step: "echo" }],
  start: "hello",
  steps: [
    {
      ref: "hello",
      kind: "message",
      config: {
        messages: [
          {
            text: "Hello!",
            buttons: [
              { id: "yes", title: "Yes" },
              { id: "site", title: "Site", url: "https://example.com/" },
            ],
          },
        ],
        quickReplies: [{ id: "later", title: "Later" }],
      },
    },
    { ref: "glad", kind: "message", config: { messages: [{ text: "Glad." }] } },
    { ref: "echo", kind: "message", config: { messages: [{ text: "re: {{ message.text }}" }] } },
  ],
  edges: [{ from: "hello", output: "button:yes", to: "glad" }],
};

export interface ChatBot {
  readonly ref: string;
  readonly botId: number;
  readonly workspaceId: number;
  readonly channelId: number;
}

let bots = 0;

/** A bot with a connected web chat. */
export async function aChatBot(
  { db }: Pick<OpenDatabase, "db">,
  settings: Readonly<Record<string, Json>> = {},
): Promise<ChatBot> {
  bots += 1;
  const ref = `chat${bots}`;
  const workspace = await createWorkspace(db, { domain: `chats${bots}`, name: "Chats" });
  const flow = { ...talkFlow, ref: `talk${bots}` };
  const file = botFileSchema.parse({ kind: "repartee-bot", ref, name: "Ann's shop", flows: [flow] });
  const { bot, unpublished } = await importBot(db, workspace.id, file, {
    at: new Date(),
    findProblems: findFlowProblems,
  });
  if (unpublished.length > 0) throw new Error(JSON.stringify(unpublished));
  const channel = await createChannel(db, bot, {
    kind: "webchat",
    name: "Web chat",
    settings,
    sealedSecrets: null,
    status: "connected",
  });
  return { ref, botId: bot.id, workspaceId: workspace.id, channelId: channel.id };
}

export async function openSession(
  server: Pick<WebchatServer, "url">,
  bot: Pick<ChatBot, "ref">,
  token?: string,
): Promise<SessionBody> {
  const response = await fetch(`${server.url}/webchat/${bot.ref}/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  return (await response.json()) as SessionBody;
}

/** A page at the other end of a socket: records all it hears. */
export interface ChatPage {
  readonly socket: WebSocket;
  readonly frames: readonly ServerFrame[];
  /** The code it was closed with. */
  readonly closed: Promise<number>;
  messages(): ChatMessage[];
  texts(): (string | undefined)[];
  say(frame: PageFrame): void;
  /** Sends an act and waits until it is acknowledged or refused. */
  act(act: VisitorAct): Promise<ServerFrame>;
  /** Waits for the first frame of a kind. */
  heard<T extends ServerFrame["type"]>(type: T): Promise<Extract<ServerFrame, { type: T }>>;
  /** Waits until so many messages have come. */
  has(count: number): Promise<ChatMessage[]>;
  close(): void;
}

/** Connects without a word. */
export async function connectPage(server: Pick<WebchatServer, "url">, bot: Pick<ChatBot, "ref">): Promise<ChatPage> {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/webchat/${bot.ref}/socket`);
  const frames: ServerFrame[] = [];
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
  socket.addEventListener("message", ({ data }) => frames.push(JSON.parse(String(data)) as ServerFrame));
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  const say = (frame: PageFrame) => socket.send(JSON.stringify(frame));
  const messages = () => frames.flatMap((frame) => (frame.type === "messages" ? [...frame.messages] : []));
  return {
    socket,
    frames,
    closed,
    messages,
    texts: () => messages().map(({ text }) => text),
    say,
    act(act) {
      const before = frames.length;
      say({ type: "act", act });
      const isAnswer = (frame: ServerFrame) => (frame.type === "ack" || frame.type === "error") && frame.id === act.id;
      return until(`an answer to ${act.id}`, () => frames.slice(before).find(isAnswer));
    },
    heard: (type) => until(`a frame ${type}`, () => frames.find((frame) => frame.type === type) as never),
    has: (count) => until(`${count} messages`, () => (messages().length >= count ? messages() : undefined)),
    close: () => socket.close(),
  };
}

/** Connects and says hello; ready when it returns. */
export async function openPage(
  server: Pick<WebchatServer, "url">,
  bot: Pick<ChatBot, "ref">,
  token: string,
  after = 0,
): Promise<ChatPage> {
  const page = await connectPage(server, bot);
  page.say({ type: "hello", token, after });
  await page.heard("ready");
  return page;
}

/** Visitors of the bot of the moment, and their pages, which are closed together. */
export function visitorPages(place: () => { readonly server: WebchatServer; readonly bot: ChatBot }) {
  const pages: ChatPage[] = [];
  afterEach(() => {
    for (const page of pages.splice(0)) page.close();
    // Every visitor starts with a full bucket.
    place().server.clock.pass(60_000);
  });
  return {
    /** A token of somebody new. */
    aVisitor: async () => (await openSession(place().server, place().bot)).token,
    /** A page of the visitor's, which has been greeted. */
    aPage: async (token: string, after?: number) => {
      const page = await openPage(place().server, place().bot, token, after);
      pages.push(page);
      return page;
    },
  };
}

export const text = (id: string, said: string): VisitorAct => ({ kind: "text", id, text: said });
export const start = (id: string, payload?: string): VisitorAct => ({ kind: "start", id, payload });
