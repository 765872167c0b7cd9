import { z } from "zod";
import { AppError, type ErrorCode, errorTable } from "../../model/app-error.ts";
import { type QueryName, queryNames, queryTypes } from "../../model/query.ts";
import type { Sentence } from "../../model/sentence.ts";
import { runQuery } from "../../shell/run-query.ts";
import { requireContact } from "../../store/contact-store.ts";
import { requireScope } from "../auth.ts";
import { listOf } from "../contract/common.ts";
import { contactParams } from "../contract/contacts.ts";
import { queryAnswerSchema, queryAskSchema, queryTypeSchema } from "../contract/queries.ts";
import { claimDedupeKey } from "../idempotency.ts";
import { type ApiResource, route } from "./route.ts";

const tag = "Contacts";

function presentQuery(name: QueryName) {
  const { title, description, scope, args, example } = queryTypes[name];
  const schema = z.toJSONSchema(args, { io: "input", unrepresentable: "any" });
  return { name, title, description, scope, args: schema as Record<string, unknown>, example };
}

export const queryResource: ApiResource = (app, dependencies) => {
  app.get(
    "/queries",
    route(
      { id: "listQueries", tag, summary: "List what can be asked about a contact", scope: "contacts:read" },
      {},
      listOf(queryTypeSchema),
    ),
    async () => ({ data: queryNames.map(presentQuery) }),
  );
  app.post(
    "/contacts/:id/queries",
    route(
      {
        id: "runQuery",
        tag,
        summary: "Ask a query about a contact, as a flow's query step does",
        description: "`GET /queries` lists them, with the scope that each takes.",
        scope: "contacts:read",
        writes: true,
      },
      { params: contactParams, body: queryAskSchema },
      queryAnswerSchema,
    ),
    async (request) => {
      const { caller, params, body } = request;
      requireScope(caller, queryTypes[body.query].scope);
      const { db, submit } = dependencies;
      const { id: contactId, botId } = await requireContact(db, caller, params.id);
      const dedupeKey = await claimDedupeKey(dependencies, request);
      const access = { workspaceId: caller.workspaceId, botId: caller.botId };
      const context = { db, submit, access, contactId, botId, source: "api", dedupeKey } as const;
      const answer = await runQuery(context, body);
      if (answer.ok) return { result: answer.result };
      throw toAppError(answer.error);
    },
  );
};

function toAppError({ code, ...sentence }: { readonly code: string } & Sentence): AppError {
  return new AppError(code in errorTable ? (code as ErrorCode) : "request.invalid", sentence);
}
