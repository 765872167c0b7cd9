import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { connectLive, type LiveNews } from "./live-stream.ts";
import { pageLife } from "./page-life.ts";
import { canShare, shareStream } from "./shared-stream.ts";

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
 * Loads anew what is shown of contacts with something new, as the server tells of them: at once, then once a pause and never before the last renewal has ended. All tabs that one person has open
 * of one workspace share a stream (docs/decisions/0055); where the browser cannot do that, a tab has its own while somebody looks at it. `userId`: who is signed in; undefined: nobody, and nothing is told.
 */
export function useLiveNews(domain: string, userId: number | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (userId === undefined) return;
    const renewal = createRenewal(client, domain);
    const heard = createHearer(client, domain, renewal);
    const connect = (tell: (news: LiveNews) => void) => connectLive(domain, tell);
    const missed = renewal.addAll;
    const end = canShare()
      ? shareStream({ name: `repartee live 1 ${userId} ${domain}`, connect, heard, missed, page: pageLife })
      : followWhileSeen(connect, heard);
    return () => {
      end();
      renewal.end();
    };
  }, [client, domain, userId]);
}

/** A stream of the tab's own. Nobody sees what a hidden tab shows, and a browser has six connections for all of them. */
function followWhileSeen(connect: (tell: (news: LiveNews) => void) => () => void, heard: (news: LiveNews) => void) {
  let close: (() => void) | undefined;
  const look = () => {
    if (pageLife.isSeen()) {
      close ??= connect(heard);
      return;
    }
    close?.();
    close = undefined;
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    close?.();
  };
}

type Renewal = ReturnType<typeof createRenewal>;

function createHearer(client: QueryClient, domain: string, renewal: Renewal) {
  const hearers: Readonly<Record<string, (data: string) => void>> = {
    contacts: (data) => renewal.add((JSON.parse(data) as { readonly contacts: readonly number[] }).contacts),
    presence: (data) => {
      const news = JSON.parse(data) as PresenceNews;
      for (const heard of watchers) heard(news);
    },
    // The server tells of a broadcast once in a while, however fast it goes.
    broadcast: (data) => {
      const { broadcast } = JSON.parse(data) as { readonly broadcast: number };
      void client.invalidateQueries({ queryKey: [domain, "broadcasts", String(broadcast)] });
      void client.invalidateQueries({ queryKey: [domain, "broadcasts", "pages"] });
    },
    // News may have been lost before.
    open: () => renewal.addAll(),
    // Nobody may be signed in any more, or somebody else.
    refused: () => void client.invalidateQueries({ queryKey: ["session"] }),
  };
  return ({ kind, data }: { readonly kind: string; readonly data: string }) => hearers[kind]?.(data);
}

function createRenewal(client: QueryClient, domain: string) {
  let news: Set<number> | "all" | undefined;
  let isRenewing = false;
  let isOver = false;
  const renew = async () => {
    isRenewing = true;
    while (news !== undefined && !isOver) {
      const contacts = news === "all" ? [["contact"]] : [...news].map((id) => ["contact", String(id)]);
      news = undefined;
      const keys = [["inbox"], ["conversations"], ["deals"], ...contacts];
      // What cannot be loaded says so where it is shown.
      await Promise.allSettled(keys.map((key) => client.invalidateQueries({ queryKey: [domain, ...key] })));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    isRenewing = false;
  };
  const begin = () => {
    if (!isRenewing) void renew();
  };
  return {
    add(ids: readonly number[]) {
      if (news !== "all") news = new Set([...(news ?? []), ...ids]);
      begin();
    },
    /** Of whom there is news is not known. */
    addAll() {
      news = "all";
      begin();
    },
    end() {
      isOver = true;
    },
  };
}
