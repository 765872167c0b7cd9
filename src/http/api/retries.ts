import { retryEvents } from "../../shell/retry-event.ts";
import { toDeliveryJob } from "../../shell/webhook-feed.ts";
import { reviveDeliveries } from "../../store/delivery-store.ts";
import { listFailedEvents } from "../../store/event-store.ts";
import { retryIntegrationCalls } from "../../store/integration-log-store.ts";
import { retryMessages } from "../../store/message-store.ts";
import { requireWebhook } from "../../store/webhook-store.ts";
import { idParams } from "../contract/common.ts";
import {
  callsRetrySchema,
  messagesRetrySchema,
  type RetriedBody,
  retriedSchema,
  retrySchema,
} from "../contract/retries.ts";
import { writeOnce } from "../idempotency.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { type ApiResource, route } from "./route.ts";

/** In one call; each of them is a row or two. */
const mostRows = 500;
/** Each of them is decided anew. */
const mostEvents = 100;

const write = { status: 202, writes: true } as const;

/**
 * Tries everything again that has failed, as after an outage of somebody else's: from the oldest on, some in each call. What fails anew is not met again in the same pass: it is later than the moment in which the
 * pass began, or lies behind it.
 */
export const retryResource: ApiResource = (app, dependencies) => {
  const { db, now, secretKey, submit, enqueueJobs } = dependencies;
  app.post(
    "/messages/retry",
    route(
      {
        ...write,
        id: "retryMessages",
        tag: "Messages",
        scope: "messages:write",
        summary: "Send all messages again that failed",
      },
      { body: messagesRetrySchema },
      retriedSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { cursor, status: statuses, channelId } = request.body;
        const [after = 0] = decodeCursor(cursor) ?? [];
        const ids = await retryMessages(trx, request.caller, { statuses, channelId }, { after, limit: mostRows });
        return toAnswer(ids, mostRows, (last) => [last]);
      }),
  );
  app.post(
    "/webhooks/:id/deliveries/retry",
    route(
      {
        ...write,
        id: "retryWebhookDeliveries",
        tag: "Webhooks",
        scope: "settings:write",
        summary: "Send all dead calls of a webhook again",
      },
      { params: idParams, body: retrySchema },
      retriedSchema,
    ),
    async (request) => {
      const { id } = await requireWebhook(db, request.caller, request.params.id, secretKey);
      return await writeOnce(dependencies, request, async (trx) => {
        const [after = 0] = decodeCursor(request.body.cursor) ?? [];
        const revived = await reviveDeliveries(trx, id, { after, limit: mostRows }, now());
        await enqueueJobs(trx, revived.map(toDeliveryJob));
        return toAnswer(revived, mostRows, ({ place }) => [place]);
      });
    },
  );
  app.post(
    "/integration-log/retry",
    route(
      {
        ...write,
        id: "retryIntegrationCalls",
        tag: "Integration log",
        scope: "settings:write",
        summary: "Send all calls again that failed for good",
      },
      { body: callsRetrySchema },
      retriedSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { cursor, integrationId } = request.body;
        const [after = 0, upTo = now()] = decodeCursor(cursor, 2) ?? [];
        const page = { after, upTo: new Date(upTo), limit: mostRows };
        const calls = await retryIntegrationCalls(trx, request.caller, { integrationId }, page, new Date(now()));
        await enqueueJobs(
          trx,
          calls.map(({ job }) => job),
        );
        return toAnswer(calls, mostRows, ({ id }) => [id, upTo]);
      }),
  );
  app.post(
    "/events/retry",
    route(
      {
        ...write,
        id: "retryEvents",
        tag: "Events",
        scope: "contacts:write",
        summary: "Hand all events in again that could not be handled",
        description: "One that fails again stands on the list as a new event.",
      },
      { body: retrySchema },
      retriedSchema,
    ),
    async ({ caller, body }) => {
      const [at, id, upTo = now()] = decodeCursor(body.cursor, 3) ?? [];
      const after = at === undefined || id === undefined ? undefined : { at, id };
      const events = await listFailedEvents(db, caller, { after, upTo: new Date(upTo), limit: mostEvents });
      await retryEvents(db, submit, events);
      return toAnswer(events, mostEvents, (last) => [last.occurredAt.getTime(), last.id, upTo]);
    },
  );
};

function toAnswer<Row>(rows: readonly Row[], most: number, placeOf: (last: Row) => readonly number[]): RetriedBody {
  const last = rows.at(-1);
  const isThrough = last === undefined || rows.length < most;
  return { retried: rows.length, nextCursor: isThrough ? null : encodeCursor(placeOf(last)) };
}
