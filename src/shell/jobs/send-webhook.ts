import { z } from "zod";
import { findContactOf } from "../../store/contact-store.ts";
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
  attempt: z.number().default(1),
});

/** Seconds until the next try, after each failed one: about three hours in all. */
const delays = [10, 30, 120, 600, 1_800, 7_200];

/** Sends a contact's data to an address that a flow names. Each try stands in the integration log, without headers and the address's query; the last one can be sent again from there. */
export const sendWebhookJob: JobKind = {
  kind: "send-webhook",
  retryLimit: 10,
  // As for webhooks: receivers that hang are not to be felt by the others.
  atOnce: 256,
  perGroup: 2,
  async run(data, { db, outbound, enqueue, now, log }) {
    const call = dataSchema.parse(data);
    const { workspaceId, contactId, deliveryId, url, headers, body, attempt } = call;
    const whose = await findContactOf(db, workspaceId, contactId);
    if (whose === "gone") return;
    if (whose === "foreign") {
      log.error({ workspaceId }, "a job named another workspace's contact; it was dropped");
      return;
    }
    const started = performance.now();
    const callee = { format: "native", url, secret: "", headers, basicAuth: null } as const;
    const { "x-repartee-signature": _none, ...sent } =
      toWebhookCall(callee, { deliveryId, body, at: now() }).headers ?? {};
    const limits = { timeoutMs: 10_000, maxBytes: 262_144 };
    const result = await outbound({ method: "POST", url, headers: sent, body, sharesTrace: true, ...limits });
    const failure = findFailure(result);
    const delay = failure === undefined || result.kind === "refused" ? undefined : delays[attempt - 1];
    const [address = ""] = url.split("?");
    const [, host = ""] = /^https?:\/\/([^/?#]*)/i.exec(url) ?? [];
    const job = { kind: "send-webhook", group: `${workspaceId} ${host}`.slice(0, 200) };
    await db.transaction().execute(async (trx) => {
      await logIntegrationCall(trx, {
        workspaceId,
        contactId,
        integration: "send_webhook",
        direction: "out",
        ok: failure === undefined,
        summary: failure ?? "the contact's data was sent",
        request: { url: address, delivery: deliveryId },
        response: result.kind === "ok" ? { status: result.status } : { failure: result.kind },
        durationMs: performance.now() - started,
        attempt,
        ...(failure === undefined || delay !== undefined ? {} : { job: { ...job, data: { ...call, attempt: 1 } } }),
        at: new Date(now()),
      });
      if (delay === undefined) return;
      await enqueue(trx, [{ ...job, data: { ...call, attempt: attempt + 1 }, startAt: now() + delay * 1_000 }]);
    });
  },
};
