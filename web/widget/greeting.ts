import type { VisitorAct } from "../../src/http/contract/webchat.ts";
import type { ChatState } from "./state.ts";
import type { ChatStorage } from "./storage.ts";

type Start = Omit<Extract<VisitorAct, { kind: "start" }>, "id">;

/** The server takes none that is longer; no link of ours has so long a one. */
const longestPayload = 2_000;

export interface Greeting {
  /** What is to be started now, if anything; asked once the conversation is known. */
  next(state: ChatState): Start | undefined;
}

/**
 * Decides when a chat starts by itself: at the first opening, and when a link with a payload was followed. On a chat page the link is the
 * page's own address (`?start=`): it counts each time it is followed, and is taken out of the address so that a reload is not another time. On other
 * pages it is the tag's `data-start`, which counts once.
 */
export function createGreeting(options: {
  readonly isPage: boolean;
  readonly start: string | undefined;
  readonly storage: ChatStorage;
}): Greeting {
  const { isPage, storage } = options;
  const start = bounded(options.start);
  const followed = isPage ? readAddress() : undefined;
  let payload = followed ?? (start === undefined || start === storage.read("start") ? undefined : start);

  return {
    next({ isKnown, outbox }) {
      // One that was not sent before a reload stands for this one; without a payload any does.
      const isUnderWay = outbox.some(
        ({ act }) => act.kind === "start" && (payload === undefined || act.payload === payload),
      );
      if (isUnderWay || (payload === undefined && isKnown !== false)) return undefined;
      const made: Start = payload === undefined ? { kind: "start" } : { kind: "start", payload };
      if (followed !== undefined) clearAddress();
      else if (payload !== undefined) storage.write("start", payload);
      payload = undefined;
      return made;
    },
  };
}

function readAddress(): string | undefined {
  return bounded(new URLSearchParams(location.search).get("start") || undefined);
}

function bounded(payload: string | undefined): string | undefined {
  return payload !== undefined && payload.length > longestPayload ? undefined : payload;
}

function clearAddress(): void {
  const url = new URL(location.href);
  url.searchParams.delete("start");
  history.replaceState(history.state, "", url);
}
