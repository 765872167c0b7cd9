import { countConversations } from "../../store/flow-metric-store.ts";
import { requireFlow } from "../../store/flow-store.ts";
import { countWaiting, listStepMetrics } from "../../store/step-metric-store.ts";
import { listOf, refParams } from "../contract/common.ts";
import { flowDaySchema, flowDaysQuery, stepNumbersQuery, stepNumbersSchema } from "../contract/flows.ts";
import { presentStepNumbers } from "./present-step-numbers.ts";
import { type ApiResource, route } from "./route.ts";

/** What flows bring about. */
export const flowStatisticsResource: ApiResource = (app, { db, now }) => {
  app.get(
    "/flows/:ref/step-numbers",
    route(
      {
        tag: "Flows",
        scope: "flows:read",
        id: "countFlowSteps",
        summary: "What happened at each step of a flow",
        description:
          "Steps at which nothing happened are left out. Counted by whole hours; what came by a timer or another system belongs to no channel.",
      },
      { params: refParams, querystring: stepNumbersQuery },
      listOf(stepNumbersSchema),
    ),
    async ({ caller, params, query }) => {
      const { ref } = await requireFlow(db, caller, params.ref);
      const since = new Date(Math.floor((now() - query.days * 86_400_000) / 3_600_000) * 3_600_000);
      const metrics = await listStepMetrics(db, ref, { since, channelId: query.channel });
      return { data: presentStepNumbers(metrics, await countWaiting(db, ref, query.channel)) };
    },
  );
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
