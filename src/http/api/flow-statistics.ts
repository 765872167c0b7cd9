import { countConversations } from "../../store/flow-metric-store.ts";
import { requireFlow } from "../../store/flow-store.ts";
import { listOf, refParams } from "../contract/common.ts";
import { flowDaySchema, flowDaysQuery } from "../contract/flows.ts";
import { type ApiResource, route } from "./route.ts";

/** What flows bring about. */
export const flowStatisticsResource: ApiResource = (app, { db, now }) => {
  app.get(
    "/flows/:ref/conversations",
    route(
      {
        tag: "Flows",
        scope: "flows:read",
        id: "countFlowConversations",
        summary: "Count the people a flow talked with, day by day",
        description: "Of those who wrote in this time; days are the workspace's. Days without anybody are left out.",
      },
      { params: refParams, querystring: flowDaysQuery },
      listOf(flowDaySchema),
    ),
    async ({ caller, params, query }) => {
      const flow = await requireFlow(db, caller, params.ref);
      const since = new Date(now() - query.days * 86_400_000);
      const rows = await countConversations(db, caller, { since, flow: flow.ref });
      return { data: rows.map(({ date, conversations }) => ({ date, conversations })) };
    },
  );
};
