import { listCustomEventEntries, listCustomEvents, requireCustomEvent } from "../../store/custom-event-store.ts";
import { idParams, listOf, pageOf } from "../contract/common.ts";
import { customEventEntryQuery, customEventEntrySchema, customEventSchema } from "../contract/conversations.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { type ApiResource, route } from "./route.ts";

const read = { tag: "Custom events", scope: "contacts:read" } as const;

/** What flows and doors have logged by `log_event`. */
export const customEventResource: ApiResource = (app, { db }) => {
  app.get(
    "/custom-events",
    route({ ...read, id: "listCustomEvents", summary: "List custom events" }, {}, listOf(customEventSchema)),
    async ({ caller }) => {
      const events = await listCustomEvents(db, caller.workspaceId);
      return { data: events.map(({ createdAt, ...event }) => ({ ...event, createdAt: toInstant(createdAt) })) };
    },
  );
  app.get(
    "/custom-events/:id/entries",
    route(
      { ...read, id: "listCustomEventEntries", summary: "When a custom event happened, and to whom, oldest first" },
      { params: idParams, querystring: customEventEntryQuery },
      pageOf(customEventEntrySchema),
    ),
    async ({ caller, params, query }) => {
      const { id } = await requireCustomEvent(db, caller.workspaceId, params.id);
      const access = await narrowToBot(db, caller, query.bot);
      const { limit, from, to } = query;
      const entries = await listCustomEventEntries(db, access, id, {
        after: decodeCursor(query.cursor)?.[0],
        limit: limit + 1,
        from: from === undefined ? undefined : new Date(from),
        to: to === undefined ? undefined : new Date(to),
      });
      return toPage(entries, limit, {
        present: ({ botId: _bot, createdAt, ...entry }) => ({ ...entry, createdAt: toInstant(createdAt) }),
        placeOf: (entry) => [entry.id],
      });
    },
  );
};
