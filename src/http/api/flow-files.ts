import { z } from "zod";
import { cleanText } from "../../engine/clean-text.ts";
import { requireBot } from "../../store/bot-store.ts";
import { formatFlowFile, importFlow, parseFlowFile, toFlowFile } from "../../store/flow-file.ts";
import { listVersions, requireFlow, requireVersion, restoreVersion } from "../../store/flow-store.ts";
import { findFlowUses } from "../../store/flow-use-store.ts";
import { listOf, refParams } from "../contract/common.ts";
import {
  draftSchema,
  exportQuery,
  flowSchema,
  flowUsesSchema,
  flowVersionDocumentSchema,
  flowVersionSchema,
  importQuery,
  versionParams,
} from "../contract/flows.ts";
import { writeOnce } from "../idempotency.ts";
import { presentDraft, presentFlow, presentVersion } from "./present-flow.ts";
import { type ApiResource, route } from "./route.ts";

const tag = "Flows";
const read = { tag, scope: "flows:read" } as const;
const write = { tag, scope: "flows:write", writes: true } as const;

/** A flow's earlier versions, and flows as files. */
export const flowFileResource: ApiResource = (app, dependencies) => {
  const { db, now } = dependencies;
  app.get(
    "/flows/:ref/versions",
    route(
      { ...read, id: "listFlowVersions", summary: "List a flow's published versions, newest first" },
      { params: refParams },
      listOf(flowVersionSchema),
    ),
    async ({ caller, params }) => ({
      data: (await listVersions(db, await requireFlow(db, caller, params.ref))).map(presentVersion),
    }),
  );
  app.get(
    "/flows/:ref/versions/:version",
    route(
      { ...read, id: "getFlowVersion", summary: "Read a published version" },
      { params: versionParams },
      flowVersionDocumentSchema,
    ),
    async ({ caller, params }) => {
      const found = await requireVersion(db, await requireFlow(db, caller, params.ref), params.version);
      return { ...presentVersion(found), document: found.document };
    },
  );
  app.post(
    "/flows/:ref/versions/:version/restore",
    route(
      { ...write, id: "restoreFlowVersion", summary: "Make an earlier version the draft; publish it to run it" },
      { params: versionParams },
      draftSchema,
    ),
    async (request) => {
      const { ref, version } = request.params;
      return await writeOnce(dependencies, request, async (trx) =>
        presentDraft(await restoreVersion(trx, request.caller, ref, { version, at: new Date(now()) })),
      );
    },
  );
  app.get(
    "/flows/:ref/uses",
    route(
      { ...read, id: "findFlowUses", summary: "What starts a flow from outside of it" },
      { params: refParams },
      flowUsesSchema,
    ),
    async ({ caller, params }) => {
      const { flows, entryLinks, inboundWebhooks, broadcasts, sequences } = await findFlowUses(
        db,
        await requireFlow(db, caller, params.ref),
      );
      return {
        flows: [...flows],
        entryLinks: [...entryLinks],
        inboundWebhooks: [...inboundWebhooks],
        sequences: [...sequences],
        broadcasts: [...broadcasts],
      };
    },
  );
  app.get(
    "/flows/:ref/export",
    route(
      { ...read, id: "exportFlow", summary: "A flow as one file, JSON or YAML" },
      { params: refParams, querystring: exportQuery },
      z.string().describe("The file."),
    ),
    async ({ caller, params, query }, reply) => {
      const { format, version } = query;
      const flow = await requireFlow(db, caller, params.ref);
      const document = version === undefined ? flow.draft : (await requireVersion(db, flow, version)).document;
      reply.type(format === "json" ? "application/json; charset=utf-8" : "application/yaml; charset=utf-8");
      reply.header("content-disposition", `attachment; filename="${flow.ref}.${format}"`);
      return formatFlowFile({ ref: flow.ref, document }, format);
    },
  );
  app.post(
    "/flows/import",
    route(
      {
        ...write,
        id: "importFlow",
        summary: "Make a flow of a file, JSON or YAML",
        description:
          "The flow keeps its ref where that is free; where it is taken it gets a new one, also in what names it.",
        status: 201,
      },
      { querystring: importQuery, body: z.unknown().describe("What `exportFlow` gave.") },
      flowSchema,
    ),
    async (request) => {
      const { body } = request;
      const file = cleanText(typeof body === "string" ? parseFlowFile(body) : toFlowFile(body));
      return await writeOnce(dependencies, request, async (trx) => {
        const bot = await requireBot(trx, request.caller, request.query.bot);
        return presentFlow(await importFlow(trx, bot, file));
      });
    },
  );
};
