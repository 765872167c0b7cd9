import { DateTime } from "luxon";
import { quietActions } from "../../actions/reaching.ts";
import { AppError } from "../../model/app-error.ts";
import { type Sentence, say, sayPlaces } from "../../model/sentence.ts";
import { countRecipients } from "../../store/broadcast-ledger-store.ts";
import { listStartedBroadcasts } from "../../store/broadcast-store.ts";
import type { Database } from "../../store/database.ts";
import { listDayCounts } from "../../store/day-count-store.ts";
import { requireFlow } from "../../store/flow-store.ts";
import { countFunnel, listFlowCounts } from "../../store/flow-walk-store.ts";
import { findCounted } from "../../store/overview-mark-store.ts";
import { type Access, getWorkspace } from "../../store/workspace-store.ts";
import { refParams } from "../contract/common.ts";
import {
  activitySchema,
  broadcastPeriodQuery,
  broadcastResultsSchema,
  flowCountsSchema,
  funnelQuery,
  funnelSchema,
  maxDays,
  type PeriodQuery,
  periodQuery,
} from "../contract/overview.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { presentActivity } from "./present-activity.ts";
import { type ApiResource, route } from "./route.ts";

interface Period {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

function refuse(path: string, problem: Sentence): AppError {
  const details = [{ path: `querystring.${path}`, ...problem }];
  return new AppError("request.invalid", sayPlaces(details), { details });
}

/** The days that are asked for, of the workspace's zone. Throws `request.invalid`. */
async function readPeriod(db: Database, access: Access, query: PeriodQuery, now: number): Promise<Period> {
  const { timeZone } = await getWorkspace(db, access.workspaceId);
  const today = DateTime.fromMillis(now, { zone: timeZone });
  const to = query.to === undefined ? today : DateTime.fromISO(query.to, { zone: "utc" });
  const from = query.from === undefined ? to.minus({ days: 29 }) : DateTime.fromISO(query.from, { zone: "utc" });
  const period = { from: from.toISODate() ?? "", to: to.toISODate() ?? "", timeZone };
  if (period.from > period.to) throw refuse("from", say`is after the last day`);
  const days = DateTime.fromISO(period.to, { zone: "utc" }).diff(
    DateTime.fromISO(period.from, { zone: "utc" }),
    "days",
  ).days;
  if (days >= maxDays) throw refuse("from", say`a period has ${{ maxDays }} days at most`);
  return period;
}

const tag = "Overview";

/** What happened in a period, as the overview shows it. */
export const overviewResource: ApiResource = (app, { db, now }) => {
  app.get(
    "/overview/activity",
    route(
      {
        tag,
        scope: "contacts:read",
        id: "countActivity",
        summary: "Contacts gained and lost, and messages, by day and by channel",
        description:
          "Counts happenings: who blocks the bot twice counts twice, and stays a contact. Numbers of the past stay as they were counted, also when a contact is deleted or the time zone is changed.",
      },
      { querystring: periodQuery },
      activitySchema,
    ),
    async ({ caller, query }) => {
      const access = await narrowToBot(db, caller, query.bot);
      const period = await readPeriod(db, access, query, now());
      const { fresh, until } = await findCounted(db, new Date(now()));
      const rows = await listDayCounts(db, access, { ...period, channelId: query.channel, fresh });
      return { ...period, countedUntil: toInstantOrNull(until), ...presentActivity(period, rows) };
    },
  );
  app.get(
    "/overview/flows",
    route(
      {
        tag,
        scope: "flows:read",
        id: "countFlows",
        summary: "How often each flow was begun in a period, and how often the person answered",
        description: "Flows that nobody began are left out.",
      },
      { querystring: periodQuery },
      flowCountsSchema,
    ),
    async ({ caller, query }) => {
      const access = await narrowToBot(db, caller, query.bot);
      const period = await readPeriod(db, access, query, now());
      const { fresh, until } = await findCounted(db, new Date(now()));
      const rows = await listFlowCounts(db, access, { ...period, channelId: query.channel, fresh });
      const flows = rows.map(({ flow, ...row }) => ({ ref: flow, ...row }));
      return { ...period, countedUntil: toInstantOrNull(until), flows };
    },
  );
  app.get(
    "/flows/:ref/funnel",
    route(
      {
        tag,
        scope: "flows:read",
        id: "countFunnel",
        summary: "How many people came from one step of a flow to the next",
        description:
          "People, not passages: of those who began the flow in the period, how many came to the first of these steps, then (on the same walk, at once or any time later, with others between them or not) to the second, and so on. Who was deleted is not among them.",
      },
      { params: refParams, querystring: funnelQuery },
      funnelSchema,
    ),
    async ({ caller, params, query }) => {
      const flow = await requireFlow(db, caller, params.ref);
      const period = await readPeriod(db, caller, query, now());
      const { fresh, until } = await findCounted(db, new Date(now()));
      const { steps, channel: channelId } = query;
      const people = await countFunnel(db, caller, { ...period, channelId, fresh, flow: flow.ref, steps });
      return {
        ...period,
        countedUntil: toInstantOrNull(until),
        steps: steps.map((step, index) => ({ step, people: people[index] ?? 0 })),
      };
    },
  );
  app.get(
    "/overview/broadcasts",
    route(
      { tag, scope: "messages:read", id: "listBroadcastResults", summary: "What the broadcasts of a period came to" },
      { querystring: broadcastPeriodQuery },
      broadcastResultsSchema,
    ),
    async ({ caller, query }) => {
      const access = await narrowToBot(db, caller, query.bot);
      const period = await readPeriod(db, access, query, now());
      const zone = period.timeZone;
      const rows = await listStartedBroadcasts(db, access, {
        since: DateTime.fromISO(period.from, { zone }).toJSDate(),
        until: DateTime.fromISO(period.to, { zone }).plus({ days: 1 }).toJSDate(),
        limit: 50,
        quiet: quietActions,
      });
      const counts = await countRecipients(
        db,
        rows.filter(({ result }) => result === null).map(({ id }) => id),
      );
      const broadcasts = rows.map(({ id, name, status, startedAt, result }) => {
        const { waiting = 0, sending = 0, sent = 0, failed = 0, skipped = 0 } = counts.get(id) ?? {};
        const numbers = result ?? { sent, failed, skipped };
        return { id, name, status, startedAt: toInstant(startedAt), ...numbers, waiting: waiting + sending };
      });
      return { ...period, broadcasts };
    },
  );
};
