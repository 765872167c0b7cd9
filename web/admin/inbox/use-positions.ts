import { useQuery } from "@tanstack/react-query";
import type { z } from "zod";
import type { positionSchema } from "../../../src/http/contract/contacts.ts";
import { useApi } from "../layout/page.tsx";

export type Position = z.infer<typeof positionSchema>;

/** Where the contact stands in flows, renewed by the live news. Undefined: not loaded yet. */
export function usePositions(contactId: number): readonly Position[] | undefined {
  const api = useApi();
  const id = String(contactId);
  const { data } = useQuery({
    queryKey: [api.domain, "contact", id, "positions"],
    queryFn: ({ signal }) => api.get<{ data: Position[] }>(`/contacts/${id}/positions`, {}, signal),
  });
  return data?.data;
}
