import { useQueryClient } from "@tanstack/react-query";
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

/** Loads anew what is shown of contacts with something new, as the server tells of them. The browser itself comes back after a broken connection. */
export function useLiveNews(domain: string): void {
  const client = useQueryClient();
  useEffect(() => {
    // The stream takes no headers: where somebody has several workspaces, the address says which.
    const source = new EventSource(`/api/v1/live?workspace=${encodeURIComponent(domain)}`);
    const renew = (ids: readonly number[]) => {
      void client.invalidateQueries({ queryKey: [domain, "inbox"] });
      void client.invalidateQueries({ queryKey: [domain, "conversations"] });
      void client.invalidateQueries({ queryKey: [domain, "deals"] });
      for (const id of ids) void client.invalidateQueries({ queryKey: [domain, "contact", String(id)] });
    };
    source.addEventListener("contacts", ({ data }) => {
      renew((JSON.parse(String(data)) as { readonly contacts: readonly number[] }).contacts);
    });
    source.addEventListener("presence", ({ data }) => {
      const news = JSON.parse(String(data)) as PresenceNews;
      for (const heard of watchers) heard(news);
    });
    // News may have been lost meanwhile.
    source.addEventListener("open", () => renew([]));
    return () => source.close();
  }, [client, domain]);
}
