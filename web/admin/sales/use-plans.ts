import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { SalesPlanBody } from "../../../src/http/contract/sales-plans.ts";
import { useApi } from "../layout/page.tsx";
import { useSession } from "../session.ts";

export function usePlans() {
  const api = useApi();
  return useQuery({
    queryKey: [api.domain, "sales-plans"],
    queryFn: ({ signal }) => api.get<{ data: SalesPlanBody[] }>("/sales-plans", {}, signal),
  });
}

/** What the person's role lets them do here: change plans, move deals. */
export function useMay(): { readonly mayChangePlans: boolean; readonly mayChangeDeals: boolean } {
  const { domain } = useParams({ from: "/w/$domain" });
  const role = useSession()?.workspaces.find((one) => one.domain === domain)?.role ?? "viewer";
  return { mayChangePlans: role === "owner" || role === "admin", mayChangeDeals: role !== "viewer" };
}
