import { Readable } from "node:stream";
import { z } from "zod";
import { toBroadcastJob } from "../../shell/jobs/run-broadcast.ts";
import { byteOrderMark, toCsvLine } from "../../shell/write-csv.ts";
import { countReasons, listRecipients } from "../../store/broadcast-ledger-store.ts";
import { effectHours, listLedger, reportBroadcast, reportNext } from "../../store/broadcast-report-store.ts";
import { type Broadcast, chooseWinner, requireBroadcast } from "../../store/broadcast-store.ts";
import type { Database } from "../../store/database.ts";
import {
  broadcastReportQuery,
  broadcastReportSchema,
  broadcastSchema,
  reasonSchema,
  recipientQuery,
  recipientSchema,
  winnerSchema,
} from "../contract/broadcasts.ts";
import { idParams, listOf, pageOf } from "../contract/common.ts";
import { workspaceQuery } from "../contract/imports.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { writeOnce } from "../idempotency.ts";
import { decodeCursor, encodeCursor, toPage } from "./cursor.ts";
import { toInstantOrNull } from "./instant.ts";
import { presentBroadcast } from "./present-broadcast.ts";
import { type ApiApp, route } from "./route.ts";

const tag = "Broadcasts";
const read = { tag, scope: "messages:read" } as const;

/** What became of whom, what came of it, and the choice that follows from it. */
export function addBroadcastReportRoutes(app: ApiApp, dependencies: HttpDependencies): void {
  const { db, now, enqueueJobs } = dependencies;
  app.get(
    "/broadcasts/:id/recipients",
    route(
      { ...read, id: "listRecipients", summary: "What became of each recipient" },
      { params: idParams, querystring: recipientQuery },
      pageOf(recipientSchema),
    ),
    async ({ caller, params, query: { status, limit, cursor } }) => {
      const { id } = await requireBroadcast(db, caller, params.id);
      const after = decodeCursor(cursor)?.[0];
      const rows = await listRecipients(db, id, status, { after, limit: limit + 1 });
      return toPage(rows, limit, {
        present: ({ at, dueAt, ...one }) => ({ ...one, at: toInstantOrNull(at), dueAt: toInstantOrNull(dueAt) }),
        placeOf: ({ contactId }) => [contactId],
      });
    },
  );
  app.get(
    "/broadcasts/:id/recipients.csv",
    route(
      {
        ...read,
        id: "exportRecipients",
        summary: "The ledger as CSV: what became of each recipient and of their messages",
      },
      { params: idParams, querystring: workspaceQuery },
      z.any(),
    ),
    async ({ caller, params }, reply) => {
      const broadcast = await requireBroadcast(db, caller, params.id);
      const name = `attachment; filename="broadcast-${broadcast.id}.csv"`;
      reply.type("text/csv; charset=utf-8").header("content-disposition", name);
      return reply.send(Readable.from(writeLedger(db, broadcast)));
    },
  );
  app.get(
    "/broadcasts/:id/reasons",
    route(
      { ...read, id: "listReasons", summary: "Why recipients were left out or failed, and how many for each reason" },
      { params: idParams },
      listOf(reasonSchema),
    ),
    async ({ caller, params }) => {
      const { id } = await requireBroadcast(db, caller, params.id);
      return { data: await countReasons(db, id) };
    },
  );
  app.get(
    "/broadcasts/:id/report",
    route(
      {
        ...read,
        id: "reportBroadcast",
        summary: "What came of a broadcast: sent, delivered, read, pressed, answered, unsubscribed, for each variant",
      },
      { params: idParams, querystring: broadcastReportQuery },
      broadcastReportSchema,
    ),
    async ({ caller, params, query: { recipients: most, cursor } }) => {
      const broadcast = await requireBroadcast(db, caller, params.id);
      const after = decodeCursor(cursor)?.[0] ?? 0;
      const { numbers, upTo } =
        most === undefined
          ? { numbers: await reportBroadcast(db, broadcast), upTo: undefined }
          : await reportNext(db, broadcast, { after, most });
      const nameOf = (variant: number | null) =>
        variant === null ? null : (broadcast.split?.variants[variant - 1]?.name ?? null);
      return {
        variants: numbers.map((one) => ({ ...one, name: nameOf(one.variant) })),
        effectHours,
        untold: await findUntold(dependencies, broadcast),
        nextCursor: upTo === undefined ? null : encodeCursor([upTo]),
      };
    },
  );
  app.post(
    "/broadcasts/:id/winner",
    route(
      {
        ...{ tag, scope: "messages:write", writes: true },
        id: "chooseBroadcastWinner",
        summary: "Choose the variant that whoever is in no share gets, once",
      },
      { params: idParams, body: winnerSchema },
      broadcastSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { caller, params, body } = request;
        const at = new Date(now());
        const chosen = await chooseWinner(trx, caller, params.id, { winner: body.variant, at });
        await enqueueJobs(trx, [toBroadcastJob(chosen.id)]);
        return await presentBroadcast(trx, chosen, now());
      }),
  );
}

/** Kinds of channels of the bot that do not tell everything of a message that has left. */
async function findUntold({ db, channels }: HttpDependencies, { botId }: Broadcast) {
  const rows = await db.selectFrom("channels").select(["id", "kind"]).where("botId", "=", botId).execute();
  const types = new Map<string, { readonly title: string; readonly receipts: readonly string[] }>();
  for (const { id, kind } of rows) {
    const type = (await channels.find(id))?.type;
    types.set(kind, { title: type?.title ?? kind, receipts: type?.capabilities.receipts ?? [] });
  }
  return [...types].flatMap(([channel, { title, receipts }]) => {
    const [delivered, readUntold] = [!receipts.includes("delivered"), !receipts.includes("read")];
    return delivered || readUntold ? [{ channel, title, delivered, read: readUntold }] : [];
  });
}

const pageSize = 1_000;

async function* writeLedger(db: Database, { id, split }: Broadcast): AsyncGenerator<string> {
  yield byteOrderMark +
    toCsvLine(["contact", "cuid", "name", "status", "reason", "variant", "at", "messages", "error"]);
  for (let after = 0; ; ) {
    const lines = await listLedger(db, id, { after, limit: pageSize });
    for (const { contactId, cuid, name, status, reason, variant, at, messages, error } of lines) {
      const variantName = variant === null ? "" : (split?.variants[variant - 1]?.name ?? String(variant));
      const cells = [String(contactId), cuid, name, status, reason, variantName, toInstantOrNull(at), messages, error];
      yield toCsvLine(cells.map((cell) => cell ?? ""));
    }
    const last = lines.at(-1);
    if (last === undefined || lines.length < pageSize) return;
    after = last.contactId;
  }
}
