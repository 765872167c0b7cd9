import { countConversations, listConversations } from "../../store/conversation-store.ts";
import { pageOf } from "../contract/common.ts";
import { conversationCountsSchema, conversationQuery, conversationSchema } from "../contract/conversations.ts";
import { ofBotQuery } from "../contract/sequences.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstantOrNull } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { presentConversation } from "./present-contact.ts";
import { type ApiResource, route } from "./route.ts";

const read = { tag: "Conversations", scope: "contacts:read" } as const;

/** The live side of contacts. It is changed by actions: `pause_bot`, `move_conversation`, `assign_agent` … */
export const conversationResource: ApiResource = (app, { db }) => {
  app.get(
    "/conversations",
    route(
      { ...read, id: "listConversations", summary: "List conversations by status, agent, and what is unread" },
      { querystring: conversationQuery },
      pageOf(conversationSchema),
    ),
    async ({ caller, query }) => {
      const { limit, cursor, bot, ...filter } = query;
      const access = await narrowToBot(db, caller, bot);
      const page = { before: decodeCursor(cursor)?.[0], limit: limit + 1 };
      const rows = await listConversations(db, access, filter, page);
      return toPage(rows, limit, {
        present: ({ contactId, botId, name, conversation, bannedAt, lastInboundAt }) => ({
          contactId,
          botId,
          name,
          bannedAt: toInstantOrNull(bannedAt),
          lastInboundAt: toInstantOrNull(lastInboundAt),
          ...presentConversation(conversation ?? undefined, lastInboundAt?.getTime()),
        }),
        placeOf: ({ contactId }) => [contactId],
      });
    },
  );
  app.get(
    "/conversations/counts",
    route(
      { ...read, id: "countConversations", summary: "How many conversations stand where" },
      { querystring: ofBotQuery },
      conversationCountsSchema,
    ),
    async ({ caller, query }) => ({ ...(await countConversations(db, await narrowToBot(db, caller, query.bot))) }),
  );
};
