import { quietActions } from "../../actions/reaching.ts";
import { toBroadcastJob } from "../../shell/jobs/run-broadcast.ts";
import { deleteBroadcast } from "../../store/broadcast-delete-store.ts";
import type { Broadcast } from "../../store/broadcast-store.ts";
import { listBroadcasts, moveBroadcast, requireBroadcast } from "../../store/broadcast-store.ts";
import { setBroadcastGoing } from "../broadcasts.ts";
import { broadcastDetailSchema, broadcastQuery, broadcastSchema } from "../contract/broadcasts.ts";
import { idParams, noContent, pageOf } from "../contract/common.ts";
import { writeOnce } from "../idempotency.ts";
import { addBroadcastDraftRoutes } from "./broadcast-drafts.ts";
import { addBroadcastReportRoutes } from "./broadcast-reports.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { presentBroadcast, presentBroadcasts } from "./present-broadcast.ts";
import { type ApiResource, route } from "./route.ts";

const tag = "Broadcasts";
const read = { tag, scope: "messages:read" } as const;
const write = { tag, scope: "messages:write", writes: true } as const;

export const broadcastResource: ApiResource = (app, dependencies) => {
  const { db, now, live, enqueueJobs } = dependencies;
  app.get(
    "/broadcasts",
    route(
      { ...read, id: "listBroadcasts", summary: "List broadcasts, newest first" },
      { querystring: broadcastQuery },
      pageOf(broadcastSchema),
    ),
    async ({ caller, query: { limit, cursor, sends } }) => {
      const before = decodeCursor(cursor)?.[0];
      const rows = await listBroadcasts(db, caller, {
        ...{ before, limit: limit + 1 },
        ...(sends === undefined ? {} : { sending: { sends: sends === "true", quiet: quietActions } }),
      });
      const page = toPage(rows, limit, { present: (one) => one, placeOf: ({ id }) => [id] });
      return { ...page, data: await presentBroadcasts(db, page.data, now()) };
    },
  );
  app.get(
    "/broadcasts/:id",
    route(
      { ...read, id: "getBroadcast", summary: "Read a broadcast and how far it is" },
      { params: idParams },
      broadcastDetailSchema,
    ),
    async ({ caller, params }) => await presentBroadcast(db, await requireBroadcast(db, caller, params.id), now()),
  );
  addBroadcastDraftRoutes(app, dependencies);
  addBroadcastReportRoutes(app, dependencies);
  for (const step of ["start", "resume", "pause", "cancel"] as const) {
    app.post(
      `/broadcasts/:id/${step}`,
      route({ ...write, id: `${step}Broadcast`, summary: summaries[step] }, { params: idParams }, broadcastSchema),
      async (request) => {
        const told = await writeOnce(dependencies, request, async (trx) => {
          const { caller, params } = request;
          const moved: Broadcast =
            step === "pause"
              ? await moveBroadcast(trx, caller, params.id, step, new Date(now()))
              : await setBroadcastGoing(dependencies, trx, caller, params.id, step);
          return await presentBroadcast(trx, moved, now());
        });
        const { workspaceId, botId } = await requireBroadcast(db, request.caller, request.params.id);
        live.announceBroadcast({ workspaceId, botId, broadcastId: request.params.id });
        return told;
      },
    );
  }
  app.delete(
    "/broadcasts/:id",
    route(
      { ...write, id: "deleteBroadcast", summary: "Delete a draft, or one that is over with its ledger", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { caller, params } = request;
        await deleteBroadcast(trx, caller, params.id, new Date(now()));
        await enqueueJobs(trx, [toBroadcastJob(params.id)]);
        return null;
      }),
  );
};

const summaries = {
  start: "Start a draft; a second start changes nothing and is told so",
  resume: "Let a paused broadcast go on",
  pause: "Pause a broadcast; who has it already, has it",
  cancel: "End a broadcast; who has not got it is skipped, of many within seconds",
} as const;
