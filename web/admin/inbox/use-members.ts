import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useApi } from "../layout/page.tsx";
import { useSession } from "../session.ts";

/** Somebody of the team, as conversations name them. */
export interface TeamMember {
  readonly id: number;
  readonly name: string;
}

/** The team; who has no name goes by the e-mail. */
export function useMembers(): { readonly members: readonly TeamMember[]; nameOfMember(id: number): string } {
  const { t } = useTranslation();
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "members"],
    queryFn: ({ signal }) => api.get<{ data: { id: number; name: string; email: string }[] }>("/members", {}, signal),
    staleTime: 60_000,
  });
  const members = (data?.data ?? []).map(({ id, name, email }) => ({ id, name: name === "" ? email : name }));
  const nameOfMember = useCallback(
    (id: number) => members.find((one) => one.id === id)?.name ?? t("inbox.formerMember"),
    [members, t],
  );
  return { members, nameOfMember };
}

/** Who I am in this workspace. */
export function useMyMemberId(): number | undefined {
  const { domain } = useApi();
  return useSession()?.workspaces.find((one) => one.domain === domain)?.memberId;
}
