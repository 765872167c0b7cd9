import { useQuery } from "@tanstack/react-query";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";
import { useApi } from "../layout/page.tsx";

/** The channels of a bot, or of all bots; undefined: not known yet. */
export function useBotChannels(botId: number | undefined): readonly ChannelBody[] | undefined {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "channels"],
    queryFn: ({ signal }) => api.get<{ data: ChannelBody[] }>("/channels", {}, signal),
    staleTime: 60_000,
  });
  return data?.data.filter((channel) => botId === undefined || channel.botId === botId);
}
