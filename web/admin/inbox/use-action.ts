import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "../layout/page.tsx";

/** A call of the action catalogue: the same actions as flows and other systems use. */
export interface ActionCall {
  readonly action: string;
  readonly args?: object;
}
export type Act = (call: ActionCall | readonly ActionCall[]) => void;

export function useAction(contactId: number) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (calls: ActionCall | readonly ActionCall[]) => {
      const list = Array.isArray(calls) ? (calls as readonly ActionCall[]) : [calls as ActionCall];
      const actions = list.map(({ action, args = {} }) => ({ action, args }));
      return api.send("POST", `/contacts/${contactId}/actions`, { actions });
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: [api.domain, "contact", String(contactId)] });
      await client.invalidateQueries({ queryKey: [api.domain, "inbox"] });
    },
  });
}
