import type { News } from "./shared-stream.ts";

/** What the server sends, and of the connection itself: `open` each time that it stands, `refused` where the server would not have it. */
const sent = ["contacts", "presence", "broadcast"] as const;
export type LiveNews = News;

const retryMs = { first: 2_000, most: 60_000 };

/**
 * Follows what happens in a workspace. The browser comes back by itself after a broken connection, but gives up for good where the answer was another than a stream (a proxy's 502, a session that
 * ended): that is tried again here, more and more seldom. Returns the function that closes it.
 */
export function connectLive(domain: string, tell: (news: LiveNews) => void): () => void {
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let waitMs = retryMs.first;
  const open = () => {
    // The stream takes no headers: where somebody has several workspaces, the address says which.
    const opened = new EventSource(`/api/v1/live?workspace=${encodeURIComponent(domain)}`);
    source = opened;
    for (const kind of sent) opened.addEventListener(kind, ({ data }) => tell({ kind, data: String(data) }));
    opened.addEventListener("open", () => {
      waitMs = retryMs.first;
      tell({ kind: "open", data: "" });
    });
    opened.addEventListener("error", () => {
      if (opened.readyState !== EventSource.CLOSED) return;
      tell({ kind: "refused", data: "" });
      retry = setTimeout(open, waitMs);
      waitMs = Math.min(2 * waitMs, retryMs.most);
    });
  };
  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}
