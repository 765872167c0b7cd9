import websocket from "@fastify/websocket";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WebSocketServer } from "ws";
import { toError } from "../../engine/to-error.ts";
import { AppError } from "../../model/app-error.ts";
import { findVisitorContact, listConversationEnd } from "../../store/webchat-store.ts";
import {
  actBodySchema,
  type FeedBody,
  feedQuerySchema,
  type HistoryBody,
  historyQuerySchema,
  sessionBodySchema,
} from "../contract/webchat.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { createRateLimits, visitorRate } from "../rate-limits.ts";
import {
  createPresenter,
  openWebchat,
  presentSession,
  requireVisitor,
  submitAct,
  type Webchat,
} from "./conversation.ts";
import { startFeed } from "./feed.ts";
import { parse } from "./parse.ts";
import { serveSocket } from "./socket.ts";
import { makeVisitorToken, renewVisitorToken } from "./visitor-token.ts";
import { createVisitorWatch } from "./visitor-watch.ts";

const maxFrame = 64 * 1024;
const historyPage = 50;
/** A stop gives pages this long to say goodbye. */
const farewellMs = 500;

type BotRequest = FastifyRequest<{ Params: { bot: string } }>;

/** The web chat's doors: a session, a socket, and long polling for where sockets do not pass. docs/channels/webchat.md tells the protocol. */
export async function webchatRoutes(app: FastifyInstance, dependencies: HttpDependencies): Promise<void> {
  const { db, secretKey, now } = dependencies;
  const limits = createRateLimits(visitorRate);
  const watch = createVisitorWatch();
  const stopping = new AbortController();
  await app.register(websocket, {
    options: { maxPayload: maxFrame },
    // A frame that is too large or broken is the page's fault; ws has said so with the closing code.
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error }, "a web chat's connection broke");
      socket.terminate();
    },
    preClose(done) {
      stopping.abort();
      sayGoodbye(app.websocketServer, done);
    },
  });

  app.addHook("onRequest", async (request, reply) => allowOrigin(reply, request.headers.origin));
  app.options("/:bot/*", async (_request, reply) => {
    reply.header("access-control-allow-methods", "GET, POST").header("access-control-allow-headers", "content-type");
    reply.header("access-control-max-age", "86400");
    return reply.status(204).send();
  });

  app.post("/:bot/session", { config: { quiet: true } }, async (request: BotRequest) => {
    const { token } = parse(sessionBodySchema, request.body ?? {});
    const webchat = await openWebchat(dependencies, request.params.bot, request.headers);
    const { channelId } = webchat;
    const known = token === undefined ? undefined : renewVisitorToken(secretKey, channelId, token);
    return presentSession(webchat, known ?? makeVisitorToken(secretKey, channelId).token);
  });

  app.get<{ Params: { bot: string } }>("/:bot/socket", { websocket: true }, (socket, request) =>
    serveSocket(socket, request, { dependencies, limits, watch }),
  );

  app.post("/:bot/messages", { config: { quiet: true } }, async (request: BotRequest, reply) => {
    const { token, act } = parse(actBodySchema, request.body);
    const { channelId, visitor } = await findVisitor(dependencies, request, token);
    if (!limits.take(visitor, now())) {
      reply.header("retry-after", "1");
      throw new AppError("webchat.too_fast", "too many messages at once; wait a moment");
    }
    const told = await submitAct(dependencies, { channelId, visitor, watch }, act);
    return { id: act.id, ...told };
  });

  app.get("/:bot/messages", { config: { quiet: true } }, async (request: BotRequest, reply): Promise<FeedBody> => {
    const { token, after, wait } = parse(feedQuerySchema, request.query);
    const webchat = await findVisitor(dependencies, request, token);
    const { channelId, visitor } = webchat;
    const gone = new AbortController();
    reply.raw.on("close", () => gone.abort());
    const signal = AbortSignal.any([gone.signal, stopping.signal]);
    const present = createPresenter(dependencies, webchat);
    const { live } = dependencies;
    const waitMs = wait * 1000;
    const news = await waitForNews({ db, live, watch, present, channelId, visitor, after, waitMs, signal });
    // A connection kept alive would hold up the stop.
    if (stopping.signal.aborted) reply.header("connection", "close");
    return news;
  });

  app.get("/:bot/history", { config: { quiet: true } }, async (request: BotRequest): Promise<HistoryBody> => {
    const { token, before } = parse(historyQuerySchema, request.query);
    const webchat = await findVisitor(dependencies, request, token);
    const { channelId, visitor } = webchat;
    const contactId = await findVisitorContact(db, channelId, visitor);
    if (contactId === undefined) return { messages: [], hasEarlier: false };
    const end = await listConversationEnd(db, { contactId, channelId, before, limit: historyPage });
    return { messages: end.messages.map(createPresenter(dependencies, webchat)), hasEarlier: end.hasEarlier };
  });
}

async function findVisitor(
  dependencies: HttpDependencies,
  { params, headers }: BotRequest,
  token: string,
): Promise<Webchat & { readonly visitor: string }> {
  const webchat = await openWebchat(dependencies, params.bot, headers);
  return { ...webchat, visitor: requireVisitor(dependencies, webchat, token) };
}

/** What there is at once; else the first that comes, or nothing when the time is up. */
function waitForNews(
  options: Pick<Parameters<typeof startFeed>[0], "db" | "live" | "watch" | "channelId" | "visitor" | "after"> & {
    readonly present: ReturnType<typeof createPresenter>;
    readonly waitMs: number;
    readonly signal: AbortSignal;
  },
): Promise<FeedBody> {
  const { waitMs, signal, present, ...conversation } = options;
  return new Promise((resolve, reject) => {
    let standing = { isKnown: false, hasEarlier: false };
    const finish = (messages: FeedBody["messages"]) => {
      clearTimeout(timeout);
      stop();
      resolve({ messages, ...standing });
    };
    const stop = startFeed({
      ...conversation,
      push: (messages, known) => {
        standing = known;
        finish(messages.map(present));
      },
      onCaughtUp: (known) => {
        standing = known;
        if (waitMs === 0 || signal.aborted) finish([]);
      },
      onError: (error) => {
        clearTimeout(timeout);
        stop();
        reject(toError(error));
      },
    });
    // Without a wait the first look answers.
    const timeout = waitMs === 0 ? undefined : setTimeout(() => finish([]), waitMs);
    signal.addEventListener("abort", () => finish([]), { once: true });
  });
}

/** The widget stands in other people's pages; which of them may use it is checked with the settings. No cookies are involved. */
function allowOrigin(reply: FastifyReply, origin: string | undefined): void {
  reply.header("vary", "origin").header("cache-control", "no-store").header("x-content-type-options", "nosniff");
  reply.header("referrer-policy", "no-referrer");
  if (origin !== undefined) reply.header("access-control-allow-origin", origin);
}

function sayGoodbye(server: WebSocketServer, done: () => void): void {
  const sockets = [...server.clients];
  // 1012: the service restarts; pages come back by themselves.
  for (const socket of sockets) socket.close(1012);
  if (sockets.length === 0) {
    done();
    return;
  }
  const terminate = setTimeout(() => {
    for (const socket of sockets) socket.terminate();
  }, farewellMs);
  let open = sockets.length;
  for (const socket of sockets) {
    socket.once("close", () => {
      open -= 1;
      if (open > 0) return;
      clearTimeout(terminate);
      done();
    });
  }
}
