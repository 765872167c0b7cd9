import { listIntegrationCalls, type StoredIntegrationCall } from "../../store/integration-log-store.ts";
import { pageOf } from "../contract/common.ts";
import { type IntegrationCallBody, integrationCallSchema, integrationLogQuery } from "../contract/events.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

function presentCall({ createdAt, ...call }: StoredIntegrationCall): IntegrationCallBody {
  const { id, contactId, integration, direction, ok, summary, request, response, durationMs } = call;
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
  };
}

export const integrationLogResource: ApiResource = (app, { db }) => {
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
      const { contact: contactId, integration, limit } = query;
      const ok = query.ok === undefined ? undefined : query.ok === "true";
      const before = decodeCursor(query.cursor)?.[0];
      const calls = await listIntegrationCalls(
        db,
        caller,
        { contactId, integration, ok },
        { before, limit: limit + 1 },
      );
      return toPage(calls, limit, { present: presentCall, placeOf: ({ id }) => [id] });
    },
  );
};
