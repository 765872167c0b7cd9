import type { FieldValue } from "../../model/field.ts";
import { tryScript } from "../../shell/try-script.ts";
import { requireBot } from "../../store/bot-store.ts";
import { requireContact } from "../../store/contact-store.ts";
import { requireScope } from "../auth.ts";
import { scriptTestAnswerSchema, scriptTestParams, scriptTestSchema } from "../contract/scripts.ts";
import { type ApiResource, route } from "./route.ts";

export const scriptTestResource: ApiResource = (app, dependencies) => {
  app.post(
    "/bots/:bot/script-test",
    route(
      {
        id: "testScript",
        tag: "Flows",
        summary: "Try a script on a contact, without changing it",
        description: "Needs `contacts:read` as well: a script reads the contact.",
        scope: "flows:write",
      },
      { params: scriptTestParams, body: scriptTestSchema },
      scriptTestAnswerSchema,
    ),
    async ({ caller, params, body: { contact: who, vars, message, ...trial } }) => {
      requireScope(caller, "contacts:read");
      const { db } = dependencies;
      const { id: botId } = await requireBot(db, caller, params.bot);
      const contact = await requireContact(db, { workspaceId: caller.workspaceId, botId }, String(who));
      const said = message === undefined ? undefined : { ...message, attachments: [] };
      return await tryScript(dependencies, { ...trial, contact, vars: withoutNulls(vars), message: said });
    },
  );
};

/** A variable that is null is none. */
function withoutNulls(vars: Readonly<Record<string, unknown>>): Record<string, FieldValue> {
  return Object.fromEntries(Object.entries(vars).filter(([, value]) => value !== null)) as Record<string, FieldValue>;
}
