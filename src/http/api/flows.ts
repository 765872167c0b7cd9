import { actions } from "../../actions/index.ts";
import { type FlowProblem, validateFlow } from "../../engine/validate-flow.ts";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { preparePublishedFlow } from "../../steps/advance.ts";
import { hasNews } from "../../steps/has-news.ts";
import { steps } from "../../steps/index.ts";
import { requireBot } from "../../store/bot-store.ts";
import type { Database } from "../../store/database.ts";
import {
  createFlow,
  deleteFlow,
  type Flow,
  listFlows,
  listStepsOfFlows,
  lockFlow,
  publishFlow,
  requireFlow,
  requireVersion,
  saveDraft,
  unpublishFlow,
} from "../../store/flow-store.ts";
import { loadSnapshot } from "../../store/snapshot-store.ts";
import { listOf, noContent, refParams } from "../contract/common.ts";
import {
  draftSaveSchema,
  draftSchema,
  flowCreateSchema,
  flowListQuery,
  flowSchema,
  flowSummarySchema,
  publishedSchema,
  publishSchema,
  validationSchema,
} from "../contract/flows.ts";
import { writeOnce } from "../idempotency.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { presentDraft, presentFlow, presentFlowSummary } from "./present-flow.ts";
import { type ApiResource, route } from "./route.ts";

const tag = "Flows";
const read = { tag, scope: "flows:read" } as const;
const write = { tag, scope: "flows:write", writes: true } as const;

export const flowResource: ApiResource = (app, dependencies) => {
  const { db, now } = dependencies;
  app.get(
    "/flows",
    route(
      { ...read, id: "listFlows", summary: "List flows" },
      { querystring: flowListQuery },
      listOf(flowSummarySchema),
    ),
    async ({ caller, query }) => {
      const access = await narrowToBot(db, caller, query.bot);
      const flows = await listFlows(db, access);
      if (query.stepsOf === undefined) return { data: flows.map(presentFlowSummary) };
      const steps = await listStepsOfFlows(db, access, query.stepsOf);
      return { data: flows.map((flow) => ({ ...presentFlowSummary(flow), steps: steps.get(flow.ref) })) };
    },
  );
  app.post(
    "/flows",
    route({ ...write, id: "createFlow", summary: "Make a flow", status: 201 }, { body: flowCreateSchema }, flowSchema),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const bot = await requireBot(trx, request.caller, request.body.bot);
        return presentFlow(await createFlow(trx, bot, request.body));
      }),
  );
  app.get(
    "/flows/:ref",
    route({ ...read, id: "getFlow", summary: "Read a flow with its draft" }, { params: refParams }, flowSchema),
    async ({ caller, params }) => presentFlow(await requireFlow(db, caller, params.ref)),
  );
  app.delete(
    "/flows/:ref",
    route(
      {
        ...write,
        id: "deleteFlow",
        summary: "Delete a flow with all its versions; who stands in it leaves it",
        status: 204,
      },
      { params: refParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteFlow(trx, request.caller, request.params.ref);
        return null;
      }),
  );
  app.get(
    "/flows/:ref/draft",
    route({ ...read, id: "getDraft", summary: "Read a flow's draft" }, { params: refParams }, draftSchema),
    async ({ caller, params }) => presentDraft(await requireFlow(db, caller, params.ref)),
  );
  app.put(
    "/flows/:ref/draft",
    route(
      { ...write, id: "saveDraft", summary: "Save a flow's draft, unless somebody saved meanwhile" },
      { params: refParams, body: draftSaveSchema },
      draftSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const change = { ...request.body, at: new Date(now()) };
        return presentDraft(await saveDraft(trx, request.caller, request.params.ref, change));
      }),
  );
  app.post(
    "/flows/:ref/validate",
    route({ ...read, id: "validateFlow", summary: "Check the draft" }, { params: refParams }, validationSchema),
    async ({ caller, params }) => {
      const flow = await requireFlow(db, caller, params.ref);
      const problems = await findProblems(db, flow);
      return { valid: !problems.some(isError), problems };
    },
  );
  app.post(
    "/flows/:ref/publish",
    route(
      {
        ...write,
        id: "publishFlow",
        summary: "Publish the draft; who stands in the flow goes on in the new version",
        description:
          "Where the draft has nothing new, no version is made: the answer is the one that is live, and `isNew` is false. Where boxes stand, and the folder, are nothing new.",
      },
      { params: refParams, body: publishSchema.nullish() },
      publishedSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const flow = await lockFlow(trx, request.caller, request.params.ref);
        const problems = await findProblems(trx, flow);
        refuseErrors(problems);
        const live = await findSame(trx, flow);
        if (live !== undefined) return { version: live, isNew: false, problems };
        const { note = "" } = request.body ?? {};
        const { workspaceId, member } = request.caller;
        const version = await publishFlow(trx, workspaceId, flow, {
          note,
          at: new Date(now()),
          userId: member?.userId,
        });
        return { version, isNew: true, problems };
      }),
  );
  app.post(
    "/flows/:ref/unpublish",
    route(
      { ...write, id: "unpublishFlow", summary: "Take a flow out of service; who stands in it leaves it" },
      { params: refParams },
      flowSummarySchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentFlowSummary(await unpublishFlow(trx, request.caller, request.params.ref)),
      ),
  );
};

const isError = ({ severity }: FlowProblem) => severity === "error";

/** With what the bot knows, so that names it does not know are warned of. */
async function findProblems(
  db: Database,
  { id, ref, botId, draft }: Pick<Flow, "id" | "ref" | "botId" | "draft">,
): Promise<FlowProblem[]> {
  const bot = await loadSnapshot(db, botId, preparePublishedFlow);
  return validateFlow(draft, { steps, actions }, bot?.snapshot, { id, ref });
}

/** The live version, where it is all that publishing the draft would come to. */
async function findSame(trx: Database, flow: Flow): Promise<number | undefined> {
  if (flow.publishedVersion === null) return undefined;
  const { version, document } = await requireVersion(trx, flow, flow.publishedVersion);
  return hasNews(document, flow.draft) ? undefined : version;
}

/** Throws `flow.invalid`. */
function refuseErrors(problems: readonly FlowProblem[]): void {
  const errors = problems.filter(isError);
  if (errors.length === 0) return;
  throw new AppError("flow.invalid", say`the flow cannot be published: ${{ problems: errors }}`, { details: problems });
}
