import { useQuery } from "@tanstack/react-query";
import { useApi } from "../layout/page.tsx";

/** Somebody of the team, as conversations name them. */
export interface TeamMember {
  readonly id: number;
  readonly name: string;
}

/** The team; who has no name goes by the e-mail. */
export function useMembers(): { readonly members: readonly TeamMember[] } {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "members"],
    queryFn: ({ signal }) => api.get<{ data: { id: number; name: string; email: string }[] }>("/members", {}, signal),
    staleTime: 60_000,
  });
  return { members: (data?.data ?? []).map(({ id, name, email }) => ({ id, name: name === "" ? email : name })) };
}
