import { z } from "zod";
import {
  listIntegrationCalls,
  retryIntegrationCall,
  type StoredIntegrationCall,
} from "../../store/integration-log-store.ts";
import { idParams, instantSchema, pageOf } from "../contract/common.ts";
import { type IntegrationCallBody, integrationCallSchema, integrationLogQuery } from "../contract/events.ts";
import { writeOnce } from "../idempotency.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

function presentCall({ createdAt, ...call }: StoredIntegrationCall): IntegrationCallBody {
  const { id, contactId, integration, direction, ok, summary, request, response, durationMs } = call;
  const { integrationId, attempt, canRetry, retriedAt } = call;
  return {
    id,
    contactId,
    integration,
    direction,
    ok,
    summary,
    request,
    response,
    durationMs,
    createdAt: toInstant(createdAt),
    integrationId,
    attempt,
    canRetry,
    retriedAt: retriedAt === null ? null : toInstant(retriedAt),
  };
}

export const integrationLogResource: ApiResource = (app, dependencies) => {
  const { db, enqueueJobs, now } = dependencies;
  app.get(
    "/integration-log",
    route(
      {
        id: "listIntegrationCalls",
        tag: "Integration log",
        summary: "List calls between this server and other systems, newest first",
        scope: "logs:read",
      },
      { querystring: integrationLogQuery },
      pageOf(integrationCallSchema),
    ),
    async ({ caller, query }) => {
      const { contact: contactId, integration, integrationId, from, to, limit } = query;
      const ok = query.ok === undefined ? undefined : query.ok === "true";
      const before = decodeCursor(query.cursor)?.[0];
      const calls = await listIntegrationCalls(
        db,
        caller,
        { contactId, integration, integrationId, ok, from, to },
        { before, limit: limit + 1 },
      );
      return toPage(calls, limit, { present: presentCall, placeOf: ({ id }) => [id] });
    },
  );
  app.post(
    "/integration-log/:id/retry",
    route(
      {
        id: "retryIntegrationCall",
        tag: "Integration log",
        summary: "Send a call again that failed for good",
        scope: "settings:write",
        writes: true,
        status: 202,
      },
      { params: idParams },
      z.object({ retriedAt: instantSchema }),
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const at = new Date(now());
        await enqueueJobs(trx, [await retryIntegrationCall(trx, request.caller, request.params.id, at)]);
        return { retriedAt: toInstant(at) };
      }),
  );
};
