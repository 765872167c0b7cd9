import { parseFieldValue } from "../../engine/values.ts";
import { AppError } from "../../model/app-error.ts";
import type { FieldKind, FieldValue, Json } from "../../model/field.ts";
import { say, toSentence } from "../../model/sentence.ts";
import { requireBot } from "../../store/bot-store.ts";
import {
  changeVariable,
  createVariable,
  deleteVariable,
  listVariables,
  requireVariable,
  type Variable,
} from "../../store/variable-store.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import {
  type VariableBody,
  variableChangeSchema,
  variableCreateSchema,
  variableQuery,
  variableSchema,
} from "../contract/fields.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { type ApiResource, route } from "./route.ts";

function presentVariable(variable: Variable): VariableBody & { value: Json } {
  const { id, botId, key, name, kind, description, value, createdAt } = variable;
  return { id, botId, key, name, kind, description, value, createdAt: toInstant(createdAt) };
}

/** Throws `variable.invalid_value`. */
function readValue(kind: FieldKind, value: Json): FieldValue {
  const parsed = parseFieldValue(kind, value);
  if (!parsed.ok) throw new AppError("variable.invalid_value", say`the value ${{ why: toSentence(parsed) }}`);
  return parsed.value;
}

const tag = "Variables";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", writes: true } as const;

export const variableResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/variables",
    route(
      { ...read, id: "listVariables", summary: "List the bots' variables" },
      { querystring: variableQuery },
      listOf(variableSchema),
    ),
    async ({ caller, query }) => ({
      data: (await listVariables(db, await narrowToBot(db, caller, query.bot))).map(presentVariable),
    }),
  );
  app.get(
    "/variables/:id",
    route({ ...read, id: "getVariable", summary: "Read a variable" }, { params: idParams }, variableSchema),
    async ({ caller, params }) => presentVariable(await requireVariable(db, caller, params.id)),
  );
  app.post(
    "/variables",
    route(
      { ...write, id: "createVariable", summary: "Make a variable of a bot", status: 201 },
      { body: variableCreateSchema },
      variableSchema,
    ),
    async (request) => {
      const { bot: reference, value, ...definition } = request.body;
      return await writeOnce(dependencies, request, async (trx) => {
        const bot = await requireBot(trx, request.caller, reference);
        const given = value === undefined || value === null ? undefined : readValue(definition.kind, value as Json);
        return presentVariable(await createVariable(trx, bot, { ...definition, value: given }));
      });
    },
  );
  app.patch(
    "/variables/:id",
    route(
      { ...write, id: "changeVariable", summary: "Change a variable's value, name or description" },
      { params: idParams, body: variableChangeSchema },
      variableSchema,
    ),
    async (request) => {
      const { value, ...change } = request.body;
      return await writeOnce(dependencies, request, async (trx) => {
        const { kind } = await requireVariable(trx, request.caller, request.params.id);
        const given = value === undefined || value === null ? value : readValue(kind, value as Json);
        return presentVariable(
          await changeVariable(trx, request.caller, request.params.id, { ...change, value: given }),
        );
      });
    },
  );
  app.delete(
    "/variables/:id",
    route(
      { ...write, id: "deleteVariable", summary: "Delete a variable", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteVariable(trx, request.caller, request.params.id);
        return null;
      }),
  );
};
