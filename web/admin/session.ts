import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import type { SessionBody } from "../../src/http/contract/sign-in.ts";
import { call } from "./api.ts";

/** Who is signed in on this browser. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => call<SessionBody>("GET", "/auth/session"),
  staleTime: 60_000,
});

type Session = SessionBody;

export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data;
}

/** A sign-in or a sign-out in one tab is one in all: they have the same cookie. */
const otherTabs = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("repartee session");

let isChangedHere = false;

/** Calls `left` when whoever was signed in no longer is, with who is now, unless this tab changed that itself: in another tab, or by the server. Returns the function that ends the watching. */
export function watchSession(client: QueryClient, left: (now: Session) => void): () => void {
  let userId: number | undefined;
  const look = () => {
    const now = client.getQueryData(sessionQuery.queryKey);
    if (now === undefined || now.user?.id === userId) return;
    const isLeft = userId !== undefined && !isChangedHere;
    userId = now.user?.id;
    if (isLeft) left(now);
  };
  look();
  const unsubscribe = client.getQueryCache().subscribe(look);
  const renew = () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  otherTabs?.addEventListener("message", renew);
  return () => {
    unsubscribe();
    otherTabs?.removeEventListener("message", renew);
  };
}

/** After signing in or out: nothing that was loaded for somebody else stays. */
export async function renewSession(client: QueryClient): Promise<Session> {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  isChangedHere = true;
  try {
    await client.invalidateQueries({ queryKey: ["session"] });
    return await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  } finally {
    isChangedHere = false;
    otherTabs?.postMessage("changed");
  }
}
