import type { FieldValue } from "../../model/field.ts";
import { tryRequest } from "../../shell/try-request.ts";
import { requireBot } from "../../store/bot-store.ts";
import { requireContact } from "../../store/contact-store.ts";
import { requireScope } from "../auth.ts";
import { requestTestAnswerSchema, requestTestSchema } from "../contract/external-requests.ts";
import { scriptTestParams } from "../contract/scripts.ts";
import { type ApiResource, route } from "./route.ts";

export const requestTestResource: ApiResource = (app, dependencies) => {
  app.post(
    "/bots/:bot/request-test",
    route(
      {
        id: "testRequest",
        tag: "Flows",
        summary: "Make an external request for a contact, without changing it",
        description:
          "The other system is really called. Needs `contacts:read` as well: a request carries the contact's data.",
        scope: "flows:write",
      },
      { params: scriptTestParams, body: requestTestSchema },
      requestTestAnswerSchema,
    ),
    async ({ caller, params, body }) => {
      requireScope(caller, "contacts:read");
      const { db } = dependencies;
      const { contact: who, timeoutSeconds, save, vars, ...request } = body;
      const { id: botId } = await requireBot(db, caller, params.bot);
      const contact = await requireContact(db, { workspaceId: caller.workspaceId, botId }, String(who));
      const values = vars as Record<string, FieldValue>;
      const tried = await tryRequest(dependencies, { contact, request, timeoutSeconds, save, vars: values });
      const sent = tried.request && {
        ...tried.request,
        headers: { ...tried.request.headers },
        body: tried.request.body ?? null,
      };
      return {
        ...tried,
        request: sent ?? null,
        fields: { ...tried.fields },
        vars: { ...tried.vars },
        problems: [...tried.problems],
      };
    },
  );
};
