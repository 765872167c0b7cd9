import { useQuery } from "@tanstack/react-query";
import type { ChannelCapabilities } from "../../../src/engine/channel-type.ts";
import { useApi } from "../layout/page.tsx";

export interface ChannelKind {
  readonly kind: string;
  readonly title: string;
  readonly capabilities: ChannelCapabilities;
}

/** The kinds of channels that this server speaks, with what each can do. */
export function useChannelKinds(): readonly ChannelKind[] {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "channel-kinds"],
    queryFn: ({ signal }) => api.get<{ data: ChannelKind[] }>("/channel-kinds", {}, signal),
    staleTime: 600_000,
  });
  return data?.data ?? [];
}
