import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../api.ts";
import { useApi } from "../layout/page.tsx";

export interface ActionCallBody {
  readonly action: string;
  readonly args: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly results: readonly {
    readonly ok: boolean;
    readonly error?: { readonly code: string; readonly message: string };
  }[];
}

/** Runs actions of the catalogue on a contact; what it shows is loaded anew. A refusal of one of them is an error. */
export function useContactActions(id: string) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (actions: readonly ActionCallBody[]) => {
      const { results } = await api.send<Answer>("POST", `/contacts/${id}/actions`, { actions });
      const refused = results.find(({ ok }) => !ok)?.error;
      if (refused !== undefined) throw new ApiError(409, refused);
    },
    onSettled: () => client.invalidateQueries({ queryKey: [api.domain, "contact", id] }),
  });
}
