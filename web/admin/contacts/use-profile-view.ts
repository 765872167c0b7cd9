import { useEffect } from "react";
import { useApi } from "../layout/page.tsx";

/** Tells the server that somebody looks at this profile: webhooks may want to hear of it. Nobody waits for the answer. */
export function useProfileView(contactId: string): void {
  const api = useApi();
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a profile, not once a rendering.
  useEffect(() => {
    api.send("POST", `/contacts/${contactId}/view`).catch(() => undefined);
  }, [contactId]);
}
