import type { FeedBody } from "../../src/http/contract/webchat.ts";
import { askServer, type Link, type LinkOptions, postJson, Refusal } from "./link.ts";

const waitSeconds = 25;

/** For networks that let no sockets through. */
export function openPollLink({ base, token, cursor, onFrame, onEnd }: LinkOptions): Link {
  const closing = new AbortController();

  function end(): void {
    if (closing.signal.aborted) return;
    closing.abort();
    onEnd();
  }

  async function look(wait: number): Promise<FeedBody> {
    const query = new URLSearchParams({ token, after: String(cursor()), wait: String(wait) });
    const feed = await askServer<FeedBody>(`${base}/messages?${query}`, { signal: closing.signal });
    if (!closing.signal.aborted && feed.messages.length > 0) onFrame({ type: "messages", messages: feed.messages });
    return feed;
  }

  async function follow(): Promise<void> {
    let feed = await look(0);
    const { hasEarlier } = feed;
    while (feed.messages.length > 0) feed = await look(0);
    if (!closing.signal.aborted) onFrame({ type: "ready", isKnown: feed.isKnown, hasEarlier });
    while (!closing.signal.aborted) await look(waitSeconds);
  }

  follow().catch(end);
  return {
    send(act) {
      postJson<{ isSilent?: true }>(`${base}/messages`, { token, act })
        .then(({ isSilent }) => onFrame({ type: "ack", id: act.id, isSilent }))
        .catch((error: unknown) => {
          if (!(error instanceof Refusal)) end();
          else onFrame({ type: "error", id: act.id, code: error.code, message: error.message });
        });
    },
    // A request that dies says so by itself.
    probe: () => undefined,
    close: () => closing.abort(),
  };
}
