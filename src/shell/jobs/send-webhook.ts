import { z } from "zod";
import { logIntegrationCall } from "../../store/integration-log-store.ts";
import type { JobKind } from "../jobs.ts";
import { findFailure, toWebhookCall } from "../webhook-call.ts";

/** What the action `send_webhook` leaves behind. */
const dataSchema = z.object({
  workspaceId: z.number(),
  contactId: z.number(),
  deliveryId: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

/** Sends a contact's data to an address that a flow names. Each try stands in the integration log, without headers and the address's query. */
export const sendWebhookJob: JobKind = {
  kind: "send-webhook",
  retryLimit: 5,
  atOnce: 4,
  perGroup: 1,
  async run(data, { db, outbound, now }) {
    const { workspaceId, contactId, deliveryId, url, headers, body } = dataSchema.parse(data);
    const started = performance.now();
    const callee = { format: "native", url, secret: "", headers, basicAuth: null } as const;
    const { "x-repartee-signature": _none, ...sent } =
      toWebhookCall(callee, { deliveryId, body, at: now() }).headers ?? {};
    const result = await outbound({ method: "POST", url, headers: sent, body, timeoutMs: 10_000, maxBytes: 262_144 });
    const failure = findFailure(result);
    const [address = ""] = url.split("?");
    await logIntegrationCall(db, {
      workspaceId,
      contactId,
      integration: "send_webhook",
      direction: "out",
      ok: failure === undefined,
      summary: failure ?? "the contact's data was sent",
      request: { url: address, delivery: deliveryId },
      response: result.kind === "ok" ? { status: result.status } : { failure: result.kind },
      durationMs: performance.now() - started,
      at: new Date(now()),
    });
    if (failure !== undefined && result.kind !== "refused") throw new Error(failure);
  },
};
