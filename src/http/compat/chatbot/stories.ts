import type { FastifyInstance, FastifyRequest } from "fastify";
import { requireObjectId, toObjectId, unknownId } from "../../../engine/object-id.ts";
import { AppError } from "../../../model/app-error.ts";
import { type FlowDocument, flowDocumentSchema } from "../../../model/flow.ts";
import { listBots } from "../../../store/bot-store.ts";
import { listChannels } from "../../../store/channel-store.ts";
import {
  createFlow,
  deleteFlow,
  type Flow,
  findFlowById,
  listDescribedFlows,
  requireFlow,
  saveDraft,
} from "../../../store/flow-store.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { done } from "./answers.ts";
import { auditedAs } from "./audited-route.ts";
import { createMetrics } from "./metrics.ts";
import { readBody } from "./users.ts";

/** Flows, as ChatBot.com's stories: the same things in the shapes of its two versions. */
export function storyRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { db, now } = dependencies;

  const readMetrics = createMetrics(dependencies);

  async function listIntegrations({ caller }: FastifyRequest): Promise<(botId: number) => string[]> {
    const channels = await listChannels(db, caller);
    return (botId) => channels.filter((channel) => channel.botId === botId).map(({ kind }) => kind);
  }

  async function listStories(request: FastifyRequest) {
    const integrationsOf = await listIntegrations(request);
    const metrics = await readMetrics(request.caller);
    const flows = await listDescribedFlows(db, request.caller);
    return flows.map(({ id, ref, name, botId, description, publishedVersion }) => {
      const story = {
        id: toObjectId("story", id),
        name,
        description: description ?? "",
        integrations: integrationsOf(botId),
        metrics: metrics.get(ref) ?? [],
      };
      return { story, isPublished: publishedVersion !== null };
    });
  }

  app.get("/stories", async (request) => (await listStories(request)).map(({ story }) => story));
  app.get("/v2/stories", async (request) =>
    (await listStories(request)).map(({ story, isPublished }) => ({ ...story, version: 2, published: isPublished })),
  );

  app.get("/stories/:id", async (request) => {
    const { id, name, draft } = await requireStory(dependencies, request);
    return {
      id: toObjectId("story", id),
      name,
      description: draft.description ?? "",
      order: draft.steps.map(({ ref }) => ref),
      interactions: Object.fromEntries(
        draft.steps.map(({ ref, kind, name: title = ref }) => [ref, { id: ref, name: title, type: kind }]),
      ),
    };
  });
  app.get("/v2/stories/:id", async (request) => {
    const flow = await requireStory(dependencies, request);
    return presentV2(flow, (await listIntegrations(request))(flow.botId));
  });

  for (const prefix of ["", "/v2"]) {
    app.post(`${prefix}/stories`, auditedAs("createFlow", "story"), async (request) => {
      const { name, description } = readStory(readBody(request), true);
      const [bot] = await listBots(db, request.caller);
      if (bot === undefined) throw new AppError("bot.not_found", "the workspace has no bot yet; make one first");
      const document = flowDocumentSchema.parse({ name, ...(description === undefined ? {} : { description }) });
      const flow = await db.transaction().execute((trx) => createFlow(trx, bot, { document }));
      return { id: toObjectId("story", flow.id), ...done(now()) };
    });
    app.put(`${prefix}/stories/:id`, async (request) => {
      const { name, description } = readStory(readBody(request), false);
      const { ref } = await requireStory(dependencies, request);
      await db.transaction().execute(async (trx) => {
        const { draft, draftRevision } = await requireFlow(trx, request.caller, ref);
        const document: FlowDocument = {
          ...draft,
          name: name ?? draft.name,
          ...(description === undefined ? {} : { description }),
        };
        await saveDraft(trx, request.caller, ref, { document, draftRevision, at: new Date(now()) });
      });
      return done(now());
    });
    app.delete(`${prefix}/stories/:id`, auditedAs("deleteFlow", "story"), async (request) => {
      const { ref } = await requireStory(dependencies, request);
      await db.transaction().execute((trx) => deleteFlow(trx, request.caller, ref));
      return done(now());
    });
  }
}

async function requireStory({ db }: HttpDependencies, { caller, params }: FastifyRequest): Promise<Flow> {
  const { id: text } = params as { readonly id: string };
  const found = await findFlowById(db, caller, requireObjectId("story", text));
  if (found === undefined) throw unknownId("story", text);
  return await requireFlow(db, caller, found.ref);
}

function readStory(body: Readonly<Record<string, unknown>>, isNew: boolean) {
  // A scenario's number is a name too, and its empty box changes nothing of what is there.
  const { name: given, description } = body;
  const isLeftOut = !isNew && (given === null || given === "");
  const name = isLeftOut ? undefined : typeof given === "number" ? String(given) : given;
  if ((isNew || name !== undefined) && (typeof name !== "string" || name.trim() === "" || name.length > 200)) {
    throw new AppError("request.invalid", "name has to be a text of 1 to 200 characters");
  }
  if (
    description !== undefined &&
    description !== null &&
    (typeof description !== "string" || description.length > 2000)
  ) {
    throw new AppError("request.invalid", "description has to be a text of 2000 characters at most");
  }
  return {
    name: typeof name === "string" ? name.trim() : undefined,
    description: typeof description === "string" ? description : undefined,
  };
}

interface Node {
  readonly id: string;
  readonly type: "START_POINT" | "BOT_RESPONSE" | "USER_INPUT";
  readonly name: string;
  readonly children: Node[];
}

/** The flow as a tree from its start: a step that is reached a second time stands where it was reached first. */
function presentV2({ id, name, draft, publishedVersion }: Flow, integrations: readonly string[]) {
  const seen = new Set<string>();
  const steps = new Map(draft.steps.map((step) => [step.ref, step]));
  const toNode = (ref: string): Node | undefined => {
    const step = steps.get(ref);
    if (step === undefined || seen.has(ref)) return undefined;
    seen.add(ref);
    const isAsking = step.kind === "question";
    return {
      id: ref,
      type: isAsking ? "USER_INPUT" : "BOT_RESPONSE",
      name: step.name ?? ref,
      children: childrenOf(ref),
    };
  };
  const childrenOf = (ref: string) =>
    draft.edges.filter(({ from }) => from === ref).flatMap(({ to }) => toNode(to) ?? []);
  return {
    id: toObjectId("story", id),
    name,
    description: draft.description ?? "",
    version: 2,
    published: publishedVersion !== null,
    integrations,
    settings: { confidence: 0, language: "", compact: false, ignoreAttachments: false, navigation: true },
    state: { zoom: 1, position: { x: 0, y: 0 } },
    history: { undo: [], redo: [] },
    diagram: {
      id: "start",
      type: "START_POINT" as const,
      children: draft.start === undefined ? [] : [toNode(draft.start)].flatMap((node) => node ?? []),
    },
  };
}
