import type { ServerFrame, SessionBody, VisitorAct } from "../../src/http/contract/webchat.ts";
import { type Link, Refusal } from "./link.ts";
import { openPollLink } from "./poll-link.ts";
import { openSocketLink } from "./socket-link.ts";
import type { ConnectionState } from "./state.ts";

export interface ConnectionOptions {
  /** `https://host/webchat/BOT` */
  readonly base: string;
  /** Asks the server who this visitor is; rejects as `askServer` does. */
  readonly openSession: () => Promise<SessionBody>;
  /** Whether the visitor talks (or may hear something); until then the session is all that is asked for. */
  readonly isWanted: () => boolean;
  readonly cursor: () => number;
  readonly nextAct: () => VisitorAct | undefined;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onState: (state: ConnectionState) => void;
}

export interface Connection {
  /** Opens a session, and a link where one is wanted; does nothing where there is one. */
  start(): void;
  /** There is something to be sent. */
  poke(): void;
}

const firstRetryMs = 1_000;
const longestRetryMs = 20_000;
/** There is no such chat, or not for this page: that changes when somebody sets it up otherwise. */
const refusals = new Set(["channel.not_found", "webchat.forbidden_origin"]);
const refusedRetryMs = 60_000;
/** An acknowledgement that does not come by then means a link that is dead without saying so. */
const ackMs = 15_000;
/** So many sockets in a row that did not come to work mean a network that lets none through, for now. */
const socketTries = 2;
const pollingMs = 5 * 60_000;
/** Answers that pass, ours and those of a proxy before us: the act is sent again after a while. */
const passing = /^(webchat\.too_fast|service\.unavailable|http\.(429|5\d\d))$/;
/** A pause before an act that was put off is sent again. */
const pauseMs = 1_500;

/** How long to wait before try number `failures` (from 0); spread, so that not all pages come back at the same moment. */
export function backoff(failures: number, random: number): number {
  return Math.min(firstRetryMs * 2 ** failures, longestRetryMs) * (0.5 + random);
}

/** Keeps a link to the server: comes back by itself, ever more slowly, and at once when the network does. Sends one act at a time, until each is acknowledged. */
export function createConnection(options: ConnectionOptions): Connection {
  let link: Link | undefined;
  let isStarting = false;
  let isReady = false;
  let failures = 0;
  let deadSockets = 0;
  let pollUntil = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let inFlight: { readonly id: string; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  let pause: ReturnType<typeof setTimeout> | undefined;

  async function start(): Promise<void> {
    if (isStarting || link !== undefined) return;
    isStarting = true;
    clearTimeout(retry);
    if (options.isWanted()) options.onState("connecting");
    try {
      const { token } = await options.openSession();
      if (options.isWanted()) openLink(token);
    } catch (error) {
      comeBack(error instanceof Refusal && refusals.has(error.code) ? refusedRetryMs : undefined);
    }
    isStarting = false;
  }

  function openLink(token: string): void {
    const { base, cursor } = options;
    const isPolling = performance.now() < pollUntil;
    const open = isPolling ? openPollLink : openSocketLink;
    link = open({ base, token, cursor, onFrame: hear, onEnd: () => lose(isPolling) });
  }

  function lose(wasPolling: boolean): void {
    if (!wasPolling && !isReady) deadSockets += 1;
    if (deadSockets >= socketTries) {
      deadSockets = 0;
      pollUntil = performance.now() + pollingMs;
    }
    link = undefined;
    isReady = false;
    land();
    comeBack();
  }

  function comeBack(delay = backoff(failures, Math.random())): void {
    if (options.isWanted()) options.onState("offline");
    failures += 1;
    clearTimeout(retry);
    retry = setTimeout(() => void start(), delay);
  }

  function hear(frame: ServerFrame): void {
    if (frame.type === "ready") {
      isReady = true;
      failures = 0;
      deadSockets = 0;
      options.onState("online");
    }
    if ((frame.type === "ack" || frame.type === "error") && frame.id === inFlight?.id) land();
    const isPutOff = frame.type === "error" && passing.test(frame.code);
    if (isPutOff) pause ??= setTimeout(resume, pauseMs * (1 + Math.random()));
    else options.onFrame(frame);
    pump();
  }

  function resume(): void {
    pause = undefined;
    pump();
  }

  function pump(): void {
    if (link === undefined || !isReady || inFlight !== undefined || pause !== undefined) return;
    const act = options.nextAct();
    if (act === undefined) return;
    inFlight = { id: act.id, timer: setTimeout(drop, ackMs) };
    link.send(act);
  }

  function land(): void {
    clearTimeout(inFlight?.timer);
    inFlight = undefined;
  }

  function drop(): void {
    link?.close();
    lose(true);
  }

  /** The network, or the person, is back. */
  function wake(): void {
    if (link !== undefined) link.probe();
    else if (retry !== undefined) void start();
  }

  // A socket does not notice for minutes; long polls do.
  addEventListener("offline", () => link !== undefined && drop());
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  return { start: () => void start(), poke: pump };
}
