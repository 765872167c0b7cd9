import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { ContactCountPart } from "../../../src/http/contract/contact-lists.ts";
import { useApi } from "../layout/page.tsx";
import type { ContactAsk } from "./contact-filter.ts";

export interface ContactCount {
  /** So far; undefined: nothing is known yet. */
  readonly count: number | undefined;
  /** How much of the whole is counted, 0 to 1. */
  readonly share: number;
  readonly state: "counting" | "done" | "cancelled" | "failed";
  readonly error: unknown;
  cancel(): void;
  again(): void;
}

type Known = Pick<ContactCount, "count" | "share" | "state" | "error">;
const begun: Known = { count: undefined, share: 0, state: "counting", error: undefined };
const pauseMs = 400;

/** Counts whom a filter holds for, part by part, once nobody types any more; a change begins anew. */
export function useContactCount(ask: ContactAsk): ContactCount {
  const api = useApi();
  const [asked] = useDebouncedValue(JSON.stringify(ask), pauseMs);
  const [known, setKnown] = useState<Known>(begun);
  const [turn, setTurn] = useState(0);
  const [stop, setStop] = useState<() => void>(() => () => undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn counts the same again.
  useEffect(() => {
    const control = new AbortController();
    const count = async () => {
      let cursor: string | null = null;
      let sum = 0;
      do {
        const body: object = { ...JSON.parse(asked), ...(cursor === null ? {} : { cursor }) };
        const part: ContactCountPart = await api.ask<ContactCountPart>("/contacts/count", body, control.signal);
        if (control.signal.aborted) return;
        sum += part.count;
        cursor = part.nextCursor;
        setKnown({ count: sum, share: part.share, state: cursor === null ? "done" : "counting", error: undefined });
      } while (cursor !== null);
    };
    setKnown(begun);
    setStop(() => () => {
      control.abort();
      setKnown((last) => (last.state === "counting" ? { ...last, state: "cancelled" } : last));
    });
    count().catch((error: unknown) => {
      if (!control.signal.aborted) setKnown({ ...begun, state: "failed", error });
    });
    return () => control.abort();
  }, [api, asked, turn]);
  return { ...known, cancel: stop, again: () => setTurn((last) => last + 1) };
}
