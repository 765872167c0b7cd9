import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { retryEvent } from "../../shell/retry-event.ts";
import { findFailedEvent, listEvents } from "../../store/event-store.ts";
import { idParams, pageOf } from "../contract/common.ts";
import { eventQuery, eventSchema, retriedEventSchema } from "../contract/events.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { placeOfEvent, presentEvent } from "./present-event.ts";
import { type ApiResource, route } from "./route.ts";

export const eventResource: ApiResource = (app, { db, submit }) => {
  app.get(
    "/events/failed",
    route(
      {
        id: "listFailedEvents",
        tag: "Events",
        summary: "List events that could not be handled, newest first",
        scope: "logs:read",
      },
      { querystring: eventQuery },
      pageOf(eventSchema),
    ),
    async ({ caller, query }) => {
      const [at, id] = decodeCursor(query.cursor, 2) ?? [];
      const before = at === undefined || id === undefined ? undefined : { at, id };
      const events = await listEvents(db, caller, { failed: true }, { before, limit: query.limit + 1 });
      return toPage(events, query.limit, { present: presentEvent, placeOf: placeOfEvent });
    },
  );
  app.post(
    "/events/:id/retry",
    route(
      {
        id: "retryEvent",
        tag: "Events",
        summary: "Hand a failed event in again",
        scope: "contacts:write",
        status: 202,
        writes: true,
      },
      { params: idParams },
      retriedEventSchema,
    ),
    async ({ caller, params }) => {
      const event = await findFailedEvent(db, caller, params.id);
      if (event === undefined)
        throw new AppError("event.not_found", say`there is no failed event ${{ id: params.id }}`);
      const reply = await retryEvent(db, submit, event);
      // Asked for twice it is done once, with or without a key.
      const status: "done" | "refused" = reply.status === "refused" ? "refused" : "done";
      return { eventId: reply.eventId ?? null, status };
    },
  );
};
