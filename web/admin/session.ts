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

/** After signing in or out: nothing that was loaded for somebody else stays. */
export async function renewSession(client: QueryClient): Promise<Session> {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  await client.invalidateQueries({ queryKey: ["session"] });
  return await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
}
