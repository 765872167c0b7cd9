import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { toLiteral, toLiteralFiles } from "../../../src/engine/literal-text.ts";
import { useApi } from "../layout/page.tsx";
import type { Typed } from "./use-typed.ts";

interface Said extends Typed {
  /** Members who are to look at a note. */
  readonly mentioned: readonly number[];
}

/** Sends a reply, or keeps a note. Sent again after a lost answer, it is the same one. */
export function useSend(contactId: number, onSent: () => void) {
  const api = useApi();
  const client = useQueryClient();
  const last = useRef({ said: "", key: "" });
  return useMutation({
    mutationFn: (said: Said) => {
      const text = JSON.stringify(said);
      if (last.current.said !== text) last.current = { said: text, key: crypto.randomUUID() };
      const { key } = last.current;
      // What a person types is no template: braces are braces.
      const literal = toLiteral(said.text.trim());
      if (said.mode === "note") {
        const actions = [
          { action: "add_note", args: { text: literal } },
          ...said.mentioned.map((agent) => ({ action: "mention_agent", args: { agent, comment: literal } })),
        ];
        return api.send("POST", `/contacts/${contactId}/actions`, { actions }, key);
      }
      const body = { text: literal, attachments: toLiteralFiles(said.attached), author: "agent" };
      return api.send("POST", `/contacts/${contactId}/messages`, body, key);
    },
    onSuccess: () => {
      last.current = { said: "", key: "" };
      onSent();
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: [api.domain, "contact", String(contactId)] });
      await client.invalidateQueries({ queryKey: [api.domain, "inbox"] });
    },
  });
}
