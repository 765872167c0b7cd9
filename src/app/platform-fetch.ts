import type { ChannelPorts } from "../engine/channel-type.ts";

/** The client for messengers' platforms where a command asks them. `onDate` hears what time (Unix ms) the platform has, where an answer says. */
export function createPlatformFetch(onDate: (date: number) => void): ChannelPorts["fetch"] {
  return async (...given) => {
    const response = await fetch(...given);
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date)) onDate(date);
    return response;
  };
}
