import type { PageFrame, ServerFrame } from "../../src/http/contract/webchat.ts";
import type { Link, LinkOptions } from "./link.ts";

/** Opening and the first look take this long at most. */
const readyMs = 8_000;
const tickMs = 5_000;
/** After this much silence we ask; a browser does not show us the server's pings. */
const silentMs = 25_000;
/** An answer to that question takes this long at most. */
const answerMs = 10_000;

export function openSocketLink({ base, token, cursor, onFrame, onEnd }: LinkOptions): Link {
  const socket = new WebSocket(`${base.replace(/^http/, "ws")}/socket`);
  let isReady = false;
  let isOver = false;
  let heardAt = performance.now();
  let askedAt: number | undefined;
  const ticking = setInterval(tick, tickMs);
  const patience = setTimeout(end, readyMs);

  function say(frame: PageFrame): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  function finish(): boolean {
    if (isOver) return false;
    isOver = true;
    clearInterval(ticking);
    clearTimeout(patience);
    socket.close();
    return true;
  }

  function end(): void {
    if (finish()) onEnd();
  }

  /** A network that went away closes nothing: what does not answer is given up. */
  function tick(): void {
    const now = performance.now();
    if (askedAt !== undefined && now - askedAt > answerMs) end();
    else if (askedAt === undefined && isReady && now - heardAt > silentMs) ask();
  }

  function ask(): void {
    askedAt ??= performance.now();
    say({ type: "ping" });
  }

  socket.onopen = () => say({ type: "hello", token, after: cursor() });
  socket.onclose = end;
  socket.onmessage = ({ data }) => {
    if (isOver) return;
    heardAt = performance.now();
    askedAt = undefined;
    const frame = JSON.parse(String(data)) as ServerFrame;
    if (frame.type === "ready") {
      isReady = true;
      clearTimeout(patience);
    }
    onFrame(frame);
  };
  return {
    send: (act) => say({ type: "act", act }),
    probe: () => isReady && ask(),
    close: finish,
  };
}
