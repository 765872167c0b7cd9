import type { FastifyRequest } from "fastify";
import { Gauge } from "prom-client";
import type { RawData, WebSocket } from "ws";
import { z } from "zod";
import { toError } from "../../engine/to-error.ts";
import { AppError } from "../../model/app-error.ts";
import { registry } from "../../shell/metrics.ts";
import { actIdSchema, pageFrameSchema, type ServerFrame, type VisitorAct } from "../contract/webchat.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { parseJson } from "../encoding.ts";
import { logError, toAppError } from "../errors.ts";
import type { RateLimits } from "../rate-limits.ts";
import { createPresenter, openWebchat, requireVisitor, submitAct, type Webchat } from "./conversation.ts";
import { startFeed } from "./feed.ts";
import { parse } from "./parse.ts";
import type { VisitorWatch } from "./visitor-watch.ts";

/** A connection that has not said hello by then has no page behind it. */
const helloMs = 10_000;
/** One ping in this time; who has not answered by the next is gone. */
const pingMs = 25_000;
/** Frames that may wait for the one that is being handled; beyond, the connection is not read until they are done. */
const maxWaiting = 32;

const openSockets = new Gauge({
  name: "repartee_webchat_sockets",
  help: "Pages connected to this process by a socket",
  registers: [registry],
});

export interface SocketParts {
  readonly dependencies: HttpDependencies;
  readonly limits: RateLimits;
  readonly watch: VisitorWatch;
}

/**
 * One page's connection. The page says hello with its visitor's token and the last message it has; from then on it hears every message, and sends
 * acts that are acknowledged after the commit. Whatever is not acknowledged it sends again, here or on the next connection.
 */
export function serveSocket(
  socket: WebSocket,
  request: FastifyRequest<{ Params: { bot: string } }>,
  parts: SocketParts,
): void {
  const { dependencies, limits, watch } = parts;
  const { db, live, log, now } = dependencies;
  let session: { readonly webchat: Webchat; readonly visitor: string; readonly stopFeed: () => void } | undefined;

  /** Resolves when the frame has left for the network: who waits for that keeps no more than one in memory. */
  function say(frame: ServerFrame): Promise<void> {
    if (socket.readyState !== socket.OPEN) return Promise.resolve();
    return new Promise((resolve) => socket.send(JSON.stringify(frame), () => resolve()));
  }

  function sayError(thrown: unknown, id?: string): void {
    const error = toAppError(toError(thrown));
    logError(error, request);
    void say({ type: "error", id, code: error.code, message: error.message });
  }

  async function hello(token: string, after: number): Promise<void> {
    if (session !== undefined) throw new AppError("request.invalid", "this connection has said hello before");
    const webchat = await openWebchat(dependencies, request.params.bot, request.headers);
    const visitor = requireVisitor(dependencies, webchat, token);
    if (socket.readyState !== socket.OPEN) return;
    clearTimeout(patience);
    const present = createPresenter(dependencies, webchat);
    const stopFeed = startFeed({
      db,
      live,
      watch,
      channelId: webchat.channelId,
      visitor,
      after,
      push: (messages) => say({ type: "messages", messages: messages.map(present) }),
      onCaughtUp: (standing) => void say({ type: "ready", ...standing }),
      onError: (error) => {
        log.warn({ err: toError(error) }, "a web chat could not be read; its page comes again");
        socket.close(1011);
      },
    });
    session = { webchat, visitor, stopFeed };
  }

  async function act(done: VisitorAct): Promise<void> {
    if (session === undefined) throw new AppError("webchat.no_hello", "say hello first");
    const { webchat, visitor } = session;
    if (!limits.take(visitor, now())) {
      throw new AppError("webchat.too_fast", "too many messages at once; wait a moment");
    }
    const told = await submitAct(dependencies, { channelId: webchat.channelId, visitor, watch }, done);
    void say({ type: "ack", id: done.id, ...told });
  }

  async function handle(data: Buffer): Promise<void> {
    const frame = parse(pageFrameSchema, parseJson(data));
    if (frame.type === "ping") void say({ type: "pong" });
    else if (frame.type === "act") await act(frame.act).catch((error) => sayError(error, frame.act.id));
    else {
      await hello(frame.token, frame.after).catch((error) => {
        sayError(error);
        // Without a visitor there is nothing to be done here.
        if (session === undefined) socket.close(1008);
      });
    }
  }

  inTurn(socket, (data) => handle(data).catch((error) => sayError(error, actIdIn(data))));
  const patience = setTimeout(() => socket.close(1008, "no hello"), helloMs);
  const stopPinging = pingUntilSilent(socket);
  openSockets.inc();
  socket.on("close", () => {
    openSockets.dec();
    clearTimeout(patience);
    stopPinging();
    session?.stopFeed();
  });
}

/** One frame after the other, in the order in which they were sent; a page that sends faster than that is not read meanwhile. */
function inTurn(socket: WebSocket, handle: (data: Buffer) => Promise<void>): void {
  let chain = Promise.resolve();
  let waiting = 0;
  socket.on("message", (data) => {
    waiting += 1;
    if (waiting >= maxWaiting) socket.pause();
    chain = chain
      .then(() => handle(toBuffer(data)))
      .finally(() => {
        waiting -= 1;
        if (waiting < maxWaiting && socket.isPaused) socket.resume();
      });
  });
}

/** A network that went away says nothing: whoever does not answer a ping is hung up on. */
function pingUntilSilent(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on("pong", () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) socket.terminate();
    isAlive = false;
    socket.ping();
  }, pingMs);
  return () => clearInterval(timer);
}

const frameWithActSchema = z.object({ act: z.object({ id: actIdSchema }) });

/** Which act a frame that does not fit was about: a page that is not told so would send it again for ever. */
function actIdIn(data: Buffer): string | undefined {
  try {
    return frameWithActSchema.parse(JSON.parse(data.toString("utf8"))).act.id;
  } catch {
    // Not even that can be read.
    return undefined;
  }
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
