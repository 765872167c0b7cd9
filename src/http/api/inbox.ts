import { setTimeout } from "node:timers/promises";
import { Gauge } from "prom-client";
import { registry } from "../../shell/metrics.ts";
import { countInbox, type InboxRow, keepVisible, listInbox } from "../../store/inbox-store.ts";
import { isStillIn } from "../../store/session-store.ts";
import { findLiveToken } from "../../store/token-store.ts";
import { type Caller, requireMemberId } from "../auth.ts";
import { noContent, pageOf } from "../contract/common.ts";
import { type InboxItem, inboxCountsSchema, inboxItemSchema, inboxQuery } from "../contract/conversations.ts";
import { ofBotQuery } from "../contract/sequences.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { presentConversation } from "./present-contact.ts";
import { type ApiResource, route } from "./route.ts";

const openStreams = new Gauge({
  name: "repartee_live_streams",
  help: "Streams of live updates that this process has open; one for each person's browser and workspace",
  registers: [registry],
});

const read = { tag: "Conversations", scope: "contacts:read" } as const;

function presentItem(row: InboxRow): InboxItem {
  const { contactId, botId, name, email, phone, conversation, bannedAt, lastInboundAt, last } = row;
  return {
    contactId,
    botId,
    name,
    email,
    phone,
    dealLabels: [...row.dealLabels],
    bannedAt: toInstantOrNull(bannedAt),
    lastInboundAt: toInstantOrNull(lastInboundAt),
    ...presentConversation(conversation ?? undefined, lastInboundAt?.getTime()),
    last:
      last === undefined
        ? null
        : {
            direction: last.direction,
            author: last.direction === "in" ? "contact" : (last.author ?? "bot"),
            text: last.content.text ?? "",
            at: toInstant(last.createdAt),
          },
  };
}

/** What agents look at: conversations by when they were last written in, and news of them as they come. */
export const inboxResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  const streams = new Set<() => void>();
  // A stream would keep the server from ending; browsers come again.
  app.addHook("preClose", async () => {
    for (const end of streams) end();
  });
  app.get(
    "/inbox",
    route(
      { ...read, id: "listInbox", summary: "List conversations, whoever wrote last first" },
      { querystring: inboxQuery },
      pageOf(inboxItemSchema),
    ),
    async ({ caller, query }) => {
      const { limit, cursor, bot, q: search, status: statuses, label: labels, mentioned, ...filter } = query;
      const access = await narrowToBot(db, caller, bot);
      const page = { before: decodeCursor(cursor)?.[0], limit: limit + 1 };
      const whose = mentioned === undefined ? {} : { mentioned: requireMemberId(caller) };
      const rows = await listInbox(db, access, { ...filter, ...whose, search, statuses, labels }, page);
      return toPage(rows, limit, { present: presentItem, placeOf: ({ place }) => [place] });
    },
  );
  app.get(
    "/inbox/counts",
    route(
      {
        ...read,
        id: "countInbox",
        summary: "How many conversations the inbox has of each kind, for the member who asks",
      },
      { querystring: ofBotQuery },
      inboxCountsSchema,
    ),
    async ({ caller, query }) => ({
      ...(await countInbox(db, await narrowToBot(db, caller, query.bot), caller.member?.id)),
    }),
  );
  app.get(
    "/live",
    route(
      {
        ...read,
        id: "followContacts",
        summary: "Follow what happens, as server-sent events",
        description:
          'A stream that stays open. Each event `contacts` holds the ids of contacts with something new, as JSON: `{"contacts":[1,2]}`. It carries no content: read what you show. Each event `presence` says what a member does at a conversation: `{"contact":1,"member":2,"state":"looking"}`, or `writing`, or `left`. Each event `broadcast` names one that has moved on: `{"broadcast":1}`. An event may be lost while a connection breaks; read anew after reconnecting.',
      },
      {},
      noContent,
    ),
    async (request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
      });
      const stop = follow(dependencies, request.caller, { write: (text) => reply.raw.write(text), end: () => end() });
      const end = () => {
        stop();
        if (streams.delete(end)) openStreams.dec();
        reply.raw.end();
      };
      streams.add(end);
      openStreams.inc();
      request.raw.on("close", end);
      reply.raw.on("error", end);
      return null;
    },
  );
};

/** News that come close together are told as one, after one look at whose they are. */
const gatherMs = 150;
/** Proxies close what is silent for long. */
const beatMs = 20_000;

interface Stream {
  write(text: string): void;
  /** From our side. */
  end(): void;
}

function follow(dependencies: HttpDependencies, caller: Caller, { write, end }: Stream): () => void {
  const { live, db, log, now } = dependencies;
  let gathered = new Set<number>();
  let isGathering = false;
  const tell = async () => {
    const ids = [...gathered];
    gathered = new Set();
    if (ids.length === 0) return;
    const contacts = await keepVisible(db, caller, ids);
    if (contacts.length > 0) write(`event: contacts\ndata: ${JSON.stringify({ contacts })}\n\n`);
  };
  // The next news are gathered after the last look has ended: a database that is busy gets fewer looks, not a queue of them.
  const gather = async () => {
    isGathering = true;
    while (gathered.size > 0) {
      await setTimeout(gatherMs);
      await tell().catch((err: unknown) => log.warn({ err }, "live news were lost"));
    }
    isGathering = false;
  };
  const unlisten = live.listenToAll((contactId) => {
    gathered.add(contactId);
    if (!isGathering) void gather();
  });
  const unwatch = live.listenToPresence(({ workspaceId, botId, contactId, memberId, state }) => {
    if (workspaceId !== caller.workspaceId || (caller.botId !== undefined && caller.botId !== botId)) return;
    write(`event: presence\ndata: ${JSON.stringify({ contact: contactId, member: memberId, state })}\n\n`);
  });
  const unfollow = live.listenToBroadcasts(({ workspaceId, botId, broadcastId }) => {
    if (workspaceId !== caller.workspaceId || (caller.botId !== undefined && caller.botId !== botId)) return;
    write(`event: broadcast\ndata: ${JSON.stringify({ broadcast: broadcastId })}\n\n`);
  });
  /** Whoever was let in once is not for ever: a browser that comes again is asked who it is. */
  const lookAgain = async () => {
    if (!(await mayStill(db, caller, new Date(now())))) end();
  };
  const lookInPeace = () => void lookAgain().catch((err: unknown) => log.warn({ err }, "a look at a session failed"));
  const unguard = live.listenToSignOuts((userId) => {
    if (caller.member?.userId === userId) lookInPeace();
  });
  const beat = setInterval(() => {
    write(": still here\n\n");
    lookInPeace();
  }, beatMs);
  write(": here\n\n");
  // The session may have ended since it was last read.
  lookInPeace();
  return () => {
    unlisten();
    unwatch();
    unfollow();
    unguard();
    clearInterval(beat);
    gathered = new Set();
  };
}

async function mayStill(db: HttpDependencies["db"], { member, tokenId }: Caller, at: Date): Promise<boolean> {
  if (member !== undefined) return await isStillIn(db, { ...member, memberId: member.id }, at);
  const token = await findLiveToken(db, tokenId);
  return token !== undefined && (token.expiresAt === null || token.expiresAt > at);
}
