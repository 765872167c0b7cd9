import { useState } from "react";
import type { FileBody } from "../../../src/http/contract/files.ts";

export type Attached = Pick<FileBody, "kind" | "url" | "name">;

/** What an agent has typed for one contact and not sent: it outlives the page, whatever happens to it. */
export interface Typed {
  readonly mode: "reply" | "note";
  readonly text: string;
  readonly attached: readonly Attached[];
}
const nothing: Typed = { mode: "reply", text: "", attached: [] };

export function useTyped(domain: string, contactId: number) {
  const key = `repartee-typed:${domain}:${contactId}`;
  const [typed, setTyped] = useState<Typed>(() => read(key));
  const change = (part: Partial<Typed>) => {
    setTyped((before) => {
      const after = { ...before, ...part };
      if (after.text === "" && after.attached.length === 0) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(after));
      return after;
    });
  };
  return { typed, change };
}

function read(key: string): Typed {
  try {
    return { ...nothing, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as Partial<Typed>) };
  } catch {
    return nothing;
  }
}
