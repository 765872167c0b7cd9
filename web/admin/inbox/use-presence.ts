import { useCallback, useEffect, useRef, useState } from "react";
import { listenToPresence } from "../layout/live.ts";
import { useApi } from "../layout/page.tsx";
import { useMyMemberId } from "./use-members.ts";

/** Told again this often; who is silent for longer than twice that has gone. */
const tellMs = 10_000;
const writingMs = 4_000;

interface Seen {
  readonly lookingUntil: number;
  readonly writingUntil: number;
}

/** Who else looks at a conversation, and who writes in it; and tells the others of me. */
export function usePresence(contactId: number) {
  const api = useApi();
  const me = useMyMemberId();
  const [others, setOthers] = useState<ReadonlyMap<number, Seen>>(new Map());
  const toldWriting = useRef(0);
  const tell = useCallback(
    (state: "looking" | "writing" | "left") => {
      // A lost word is said again soon.
      api.send("POST", `/contacts/${contactId}/presence`, { state }).catch(() => undefined);
    },
    [api, contactId],
  );
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && tell("looking");
    look();
    const beat = setInterval(look, tellMs);
    document.addEventListener("visibilitychange", look);
    const unlisten = listenToPresence(({ contact, member, state }) => {
      if (contact !== contactId || member === me) return;
      setOthers((before) => {
        // Who has just come does not know of me yet.
        if (state === "looking" && !before.has(member)) look();
        const after = new Map(before);
        if (state === "left") after.delete(member);
        else after.set(member, note(before.get(member), state));
        return after;
      });
    });
    const tidy = setInterval(() => setOthers((before) => withoutGone(before)), 1_000);
    return () => {
      clearInterval(beat);
      clearInterval(tidy);
      document.removeEventListener("visibilitychange", look);
      unlisten();
      tell("left");
    };
  }, [contactId, me, tell]);
  const tellWriting = useCallback(() => {
    if (Date.now() - toldWriting.current < writingMs / 2) return;
    toldWriting.current = Date.now();
    tell("writing");
  }, [tell]);
  const now = Date.now();
  const writing = [...others].filter(([, seen]) => seen.writingUntil > now).map(([id]) => id);
  const looking = [...others.keys()].filter((id) => !writing.includes(id));
  return { writing, looking, tellWriting };
}

function note(before: Seen | undefined, state: "looking" | "writing"): Seen {
  const now = Date.now();
  const writingUntil = state === "writing" ? now + writingMs : (before?.writingUntil ?? 0);
  return { lookingUntil: now + 2 * tellMs + 2_000, writingUntil };
}

function withoutGone(before: ReadonlyMap<number, Seen>): ReadonlyMap<number, Seen> {
  const now = Date.now();
  const isChanged = [...before.values()].some(({ lookingUntil, writingUntil }) => {
    return lookingUntil < now || (writingUntil !== 0 && writingUntil < now);
  });
  if (!isChanged) return before;
  const kept = [...before].filter(([, { lookingUntil }]) => lookingUntil >= now);
  return new Map(kept.map(([id, seen]) => [id, seen.writingUntil < now ? { ...seen, writingUntil: 0 } : seen]));
}
