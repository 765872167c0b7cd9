import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

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
    // News may have been lost meanwhile.
    source.addEventListener("open", () => renew([]));
    return () => source.close();
  }, [client, domain]);
}
