import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

/** What a member does at a conversation, as the server tells of it. */
export interface PresenceNews {
  readonly contact: number;
  readonly member: number;
  readonly state: "looking" | "writing" | "left";
}
const watchers = new Set<(news: PresenceNews) => void>();

/** Returns the function that ends the listening. */
export function listenToPresence(heard: (news: PresenceNews) => void): () => void {
  watchers.add(heard);
  return () => void watchers.delete(heard);
}

/** Between two renewals: somebody who imports ten thousand contacts is told of them in every one of the server's news. */
const pauseMs = 800;

/**
 * Loads anew what is shown of contacts with something new, as the server tells of them: at once, then once a pause and never before the last renewal has ended. The browser itself comes back after a
 * broken connection.
 */
export function useLiveNews(domain: string): void {
  const client = useQueryClient();
  useEffect(() => {
    // The stream takes no headers: where somebody has several workspaces, the address says which.
    const source = new EventSource(`/api/v1/live?workspace=${encodeURIComponent(domain)}`);
    const renewal = createRenewal(client, domain);
    source.addEventListener("contacts", ({ data }) => {
      renewal.add((JSON.parse(String(data)) as { readonly contacts: readonly number[] }).contacts);
    });
    source.addEventListener("presence", ({ data }) => {
      const news = JSON.parse(String(data)) as PresenceNews;
      for (const heard of watchers) heard(news);
    });
    // The server tells of a broadcast once in a while, however fast it goes.
    source.addEventListener("broadcast", ({ data }) => {
      const { broadcast } = JSON.parse(String(data)) as { readonly broadcast: number };
      void client.invalidateQueries({ queryKey: [domain, "broadcasts", String(broadcast)] });
      void client.invalidateQueries({ queryKey: [domain, "broadcasts", {}] });
    });
    // News may have been lost meanwhile.
    source.addEventListener("open", () => renewal.add([]));
    return () => {
      source.close();
      renewal.end();
    };
  }, [client, domain]);
}

function createRenewal(client: QueryClient, domain: string) {
  let news: Set<number> | undefined;
  let isRenewing = false;
  let isOver = false;
  const renew = async () => {
    isRenewing = true;
    while (news !== undefined && !isOver) {
      const ids = news;
      news = undefined;
      const keys = [["inbox"], ["conversations"], ["deals"], ...[...ids].map((id) => ["contact", String(id)])];
      // What cannot be loaded says so where it is shown.
      await Promise.allSettled(keys.map((key) => client.invalidateQueries({ queryKey: [domain, ...key] })));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    isRenewing = false;
  };
  return {
    add(ids: readonly number[]) {
      news ??= new Set();
      for (const id of ids) news.add(id);
      if (!isRenewing) void renew();
    },
    end() {
      isOver = true;
    },
  };
}
