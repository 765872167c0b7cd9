import { z } from "zod";
import { readChatbotAnswer } from "../../engine/chatbot-answer.ts";
import { toAttributeCalls } from "../../engine/chatbot-attribute-calls.ts";
import type { OutboundResult } from "../../engine/outbound.ts";
import { ensureAttributeFields } from "../../store/attribute-field-store.ts";
import { findContactOf } from "../../store/contact-store.ts";
import { type Delivery, type DeliveryStatus, findDelivery, noteAttempt } from "../../store/delivery-store.ts";
import { logIntegrationCall } from "../../store/integration-log-store.ts";
import { getWebhook, type Webhook } from "../../store/webhook-store.ts";
import type { JobContext, JobKind } from "../jobs.ts";
import { webhookCalls } from "../metrics.ts";
import { findFailure, toWebhookCall } from "../webhook-call.ts";
import { toDeliveryJob } from "../webhook-feed.ts";

const dataSchema = z.object({ delivery: z.string() });

/** Seconds until the next try, after each failed one: about ten hours in all, then the delivery is dead. */
const delays = [10, 30, 120, 600, 1_800, 7_200, 25_200];

/** When (Unix ms) a delivery that failed is tried again; undefined: it has not been tried, or is not any more. */
export function nextTryOf({
  status,
  attempts,
  triedAt,
}: Pick<Delivery, "status" | "attempts" | "triedAt">): number | undefined {
  const delay = status === "waiting" ? delays[attempts - 1] : undefined;
  return delay === undefined || triedAt === null ? undefined : triedAt.getTime() + delay * 1_000;
}

/** Tells a webhook's receiver what happened, at least once. */
export const deliverWebhook: JobKind = {
  kind: "deliver-webhook",
  retryLimit: 10,
  // A receiver that hangs keeps two for ten seconds: this many are for more of those than anybody has.
  atOnce: 256,
  perGroup: 2,
  async run(data, context) {
    const delivery = await findDelivery(context.db, dataSchema.parse(data).delivery);
    if (delivery?.status !== "waiting") return;
    const webhook = await getWebhook(context.db, delivery.webhookId, context.secretKey);
    if (webhook === undefined) return;
    if ((await findContactOf(context.db, webhook.workspaceId, delivery.contactId)) === "foreign") {
      await settle(
        delivery,
        { lastStatus: null, lastError: "the contact is another workspace's", isLast: true },
        context,
      );
      return;
    }
    if (!webhook.active) {
      await settle(delivery, { lastStatus: null, lastError: "the webhook is switched off", isLast: true }, context);
      return;
    }
    const { id: deliveryId, body } = delivery;
    const started = performance.now();
    const result = await context.outbound(toWebhookCall(webhook, { deliveryId, body, at: context.now() }));
    const lastStatus = result.kind === "ok" ? result.status : null;
    const lastError = findFailure(result) ?? null;
    // Only once it is done is the call over: a process that dies in between makes it again, and the answer is known by its delivery.
    if (lastError === null) await playAnswer({ delivery, webhook, result, ms: performance.now() - started }, context);
    // Nothing of these will be otherwise by waiting.
    const isLast = result.kind === "refused" || lastStatus === 410;
    const status = await settle(delivery, { lastStatus, lastError, isLast }, context);
    webhookCalls.inc({ format: webhook.format, result: status === "waiting" ? "retried" : status });
  },
};

interface Attempt {
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly isLast: boolean;
}

async function settle(
  delivery: Delivery,
  { isLast, lastStatus, lastError }: Attempt,
  { db, enqueue, now, log }: JobContext,
): Promise<DeliveryStatus> {
  const attempts = delivery.attempts + 1;
  const delay = isLast ? undefined : delays[attempts - 1];
  const failed = delay === undefined ? "dead" : "waiting";
  const status = lastError === null ? "delivered" : failed;
  await db.transaction().execute(async (trx) => {
    await noteAttempt(trx, delivery, { status, attempts, lastStatus, lastError, at: new Date(now()) });
    if (status === "waiting" && delay !== undefined) {
      await enqueue(trx, [{ ...toDeliveryJob(delivery), startAt: now() + delay * 1_000 }]);
    }
  });
  if (status !== "delivered") {
    // What the receiver said stays with the delivery: it may quote what it was sent, and its address may hold a key.
    const { id: deliveryId, webhookId, contactId, eventId } = delivery;
    const about = { deliveryId, webhookId, contactId, eventId, attempt: attempts, answered: lastStatus };
    log.info({ ...about, result: status === "waiting" ? "retried" : status }, "a delivery to a webhook failed");
  }
  return status;
}

/** What a ChatBot receiver answers is said to the contact. */
async function playAnswer(
  {
    delivery,
    webhook,
    result,
    ms,
  }: { readonly delivery: Delivery; readonly webhook: Webhook; readonly result: OutboundResult; readonly ms: number },
  { db, submit, now }: JobContext,
): Promise<void> {
  if (webhook.format !== "chatbot" || result.kind !== "ok" || result.body.trim() === "") return;
  const { messages, attributes, problems } = readChatbotAnswer(result.body);
  const fields = attributes.size === 0 ? [] : await ensureAttributeFields(db, webhook.workspaceId, attributes);
  const kept = toAttributeCalls(attributes, fields);
  const actions = [...kept.actions, ...messages];
  const all = [...kept.problems, ...problems];
  if (actions.length > 0) {
    const reply = await submit({
      target: { contactId: delivery.contactId },
      happening: { kind: "actions", actions },
      source: "chatbot",
      dedupeKey: `w${delivery.id}`,
    });
    if (reply.status === "refused") all.push(reply.message);
    else all.push(...(reply.results ?? []).flatMap((one) => (one.ok ? [] : [one.error.message])));
  }
  if (all.length === 0) return;
  await logIntegrationCall(db, {
    workspaceId: webhook.workspaceId,
    contactId: delivery.contactId,
    integration: "webhook",
    direction: "out",
    ok: false,
    summary: `parts of the answer of "${webhook.name}" could not be played`,
    request: { delivery: delivery.id, webhook: webhook.id },
    response: { problems: all },
    durationMs: ms,
    at: new Date(now()),
  });
}
