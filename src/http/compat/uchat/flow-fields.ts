import { z } from "zod";
import { createFieldKey } from "../../../engine/field-key.ts";
import { toNs } from "../../../engine/uchat-ns.ts";
import { parseFieldValue } from "../../../engine/values.ts";
import { AppError } from "../../../model/app-error.ts";
import type { FieldKind, FieldValue } from "../../../model/field.ts";
import { requireBot } from "../../../store/bot-store.ts";
import { createField, deleteField, type Field, listFields } from "../../../store/field-store.ts";
import {
  changeVariable,
  createVariable,
  deleteVariable,
  listVariables,
  requireVariable,
  type Variable,
} from "../../../store/variable-store.ts";
import { ok, okSchema, pageOf } from "./answers.ts";
import { toVarType, toVarValue, varTypes } from "./bot-user.ts";
import { unknownNs } from "./call.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { listOfUpTo, text, word } from "./input.ts";
import { listInput, pageOfNamed } from "./named-lists.ts";

const ns = text(60);
const name = text(200);
/** Of a bot field: anything that JSON can say. An empty text clears it. */
const value = z.unknown().meta({ shownAs: { type: "string" } });

const definition = {
  name: z.string(),
  var_ns: z.string().regex(/^f\d+v\d+$/),
  var_type: z.enum(varTypes),
  description: z.string(),
};
/** A definition has no value; UChat's has the key all the same. */
const userFieldSchema = z.strictObject({ ...definition, value: z.string() });
const botFieldSchema = z.strictObject({ ...definition, value: z.string(), is_template_field: z.boolean() });
const withStatus = <Data extends z.ZodType>(data: Data) => z.strictObject({ data, status: z.literal("ok") });

const newFieldInput = {
  name,
  var_type: word(varTypes).optional(),
  description: text(1000).optional(),
};

const kinds: Readonly<Record<(typeof varTypes)[number], FieldKind>> = {
  text: "text",
  number: "number",
  boolean: "boolean",
  date: "date",
  datetime: "datetime",
  array: "list",
};

const presentField = (botId: number, field: Field) => ({
  name: field.name,
  var_ns: toNs("field", botId, field.id),
  var_type: toVarType[field.kind],
  description: field.description,
  value: "",
});

const presentVariable = (variable: Variable) => ({
  name: variable.name,
  var_ns: toNs("variable", variable.botId, variable.id),
  var_type: toVarType[variable.kind],
  description: variable.description,
  value: toVarValue(variable.value),
  is_template_field: false,
});

/** The fields that every subscriber can have. */
export const flowUserFieldEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/flow/user-fields",
    scope: "flow",
    summary: "Get list of user fields",
    input: z.object(listInput),
    answer: pageOf(userFieldSchema),
    async handle(call, input) {
      const botId = await call.botId();
      const fields = await listFields(call.db, call.caller.workspaceId);
      return await pageOfNamed(call, fields, input, (field) => presentField(botId, field));
    },
  }),
  endpoint({
    method: "POST",
    path: "/flow/create-user-field",
    scope: "flow",
    summary: "Make a user field; its kind stays as it is",
    input: z.object(newFieldInput),
    answer: withStatus(userFieldSchema),
    async handle(call, input) {
      const { workspaceId } = call.caller;
      const botId = await call.botId();
      const field = await call.db.transaction().execute(async (trx) => {
        const taken = new Set((await listFields(trx, workspaceId)).map(({ key }) => key));
        return await createField(trx, workspaceId, {
          key: createFieldKey(input.name, taken),
          name: input.name,
          kind: kinds[input.var_type ?? "text"],
          description: input.description ?? "",
        });
      });
      return { data: presentField(botId, field), status: "ok" as const };
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/flow/delete-user-field",
    scope: "flow",
    summary: "Delete a user field, with what subscribers have in it",
    input: z.object({ var_ns: ns }),
    answer: okSchema,
    async handle(call, { var_ns }) {
      const { id } = await call.requireNs("field", var_ns);
      await call.db.transaction().execute((trx) => deleteField(trx, call.caller.workspaceId, id));
      return ok;
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/flow/delete-user-field-by-name",
    scope: "flow",
    summary: "Delete a user field by its name, with what subscribers have in it",
    input: z.object({ name }),
    answer: okSchema,
    async handle(call, input) {
      const { workspaceId } = call.caller;
      const field = (await listFields(call.db, workspaceId)).find((one) => one.name === input.name);
      if (field === undefined) throw new AppError("field.not_found", `there is no user field "${input.name}"`);
      await call.db.transaction().execute((trx) => deleteField(trx, workspaceId, field.id));
      return ok;
    },
  }),
];

async function listBotFields(call: Call): Promise<Variable[]> {
  return await listVariables(call.db, { workspaceId: call.caller.workspaceId, botId: await call.botId() });
}

async function requireBotFieldByName(call: Call, wanted: string): Promise<Variable> {
  const found = (await listBotFields(call)).find((one) => one.name === wanted);
  if (found === undefined) throw new AppError("variable.not_found", `there is no bot field "${wanted}"`);
  return found;
}

export async function requireBotFieldByNs(call: Call, wanted: string): Promise<Variable> {
  const { bot, id } = await call.requireNs("variable", wanted);
  const found = (await listVariables(call.db, { workspaceId: call.caller.workspaceId, botId: bot })).find(
    (one) => one.id === id,
  );
  if (found === undefined) throw unknownNs("variable", wanted);
  return found;
}

function parseValue({ kind, name: of }: Pick<Variable, "kind" | "name">, given: unknown): FieldValue | null {
  if (given === undefined || given === null || given === "") return null;
  const parsed = parseFieldValue(kind, given as FieldValue);
  if (!parsed.ok) throw new AppError("variable.invalid_value", `the value of "${of}" ${parsed.message}`);
  return parsed.value;
}

/** All of them or, where one value does not fit, none. */
/** Sets some of them, all or none. Throws `variable.bad_value`. */
export async function setBotFields(
  call: Call,
  changes: readonly { readonly field: Variable; readonly value: unknown }[],
) {
  const access = { workspaceId: call.caller.workspaceId };
  const wanted = changes.map(({ field, value: given }) => ({ id: field.id, value: parseValue(field, given) }));
  await call.db.transaction().execute(async (trx) => {
    for (const change of wanted) await changeVariable(trx, access, change.id, { value: change.value });
  });
}

async function setOneBotField(call: Call, field: Variable, given: unknown) {
  await setBotFields(call, [{ field, value: given }]);
  return presentVariable(await requireVariable(call.db, { workspaceId: call.caller.workspaceId }, field.id));
}

const set = { method: "PUT", scope: "flow", emptyCounts: ["value"] } as const;

/** The bot's own values: variables, in our words. */
export const flowBotFieldEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/flow/bot-fields",
    scope: "flow",
    summary: "Get list of bot fields with their values",
    input: z.object(listInput),
    answer: pageOf(botFieldSchema),
    handle: async (call, input) => await pageOfNamed(call, await listBotFields(call), input, presentVariable),
  }),
  endpoint({
    method: "POST",
    path: "/flow/create-bot-field",
    scope: "flow",
    summary: "Make a bot field; its kind stays as it is",
    input: z.object({ ...newFieldInput, value }),
    answer: withStatus(botFieldSchema),
    async handle(call, input) {
      const bot = await requireBot(call.db, call.caller, await call.botId());
      const kind = kinds[input.var_type ?? "text"];
      const given = parseValue({ kind, name: input.name }, input.value);
      const made = await call.db.transaction().execute(async (trx) => {
        const known = await listVariables(trx, { workspaceId: bot.workspaceId, botId: bot.id });
        return await createVariable(trx, bot, {
          key: createFieldKey(input.name, new Set(known.map(({ key }) => key))),
          name: input.name,
          kind,
          description: input.description ?? "",
          ...(given === null ? {} : { value: given }),
        });
      });
      return { data: presentVariable(made), status: "ok" as const };
    },
  }),
  endpoint({
    ...set,
    path: "/flow/set-bot-field",
    summary: "Set a bot field",
    input: z.object({ var_ns: ns, value }),
    answer: botFieldSchema,
    handle: async (call, input) =>
      await setOneBotField(call, await requireBotFieldByNs(call, input.var_ns), input.value),
  }),
  endpoint({
    ...set,
    path: "/flow/set-bot-field-by-name",
    summary: "Set a bot field by its name",
    input: z.object({ name, value }),
    answer: botFieldSchema,
    handle: async (call, input) =>
      await setOneBotField(call, await requireBotFieldByName(call, input.name), input.value),
  }),
  endpoint({
    ...set,
    path: "/flow/set-bot-fields",
    summary: "Set up to 20 bot fields",
    input: z.object({ data: listOfUpTo(20, z.object({ var_ns: ns, value })) }),
    answer: okSchema,
    async handle(call, { data }) {
      const changes = [];
      for (const one of data) changes.push({ field: await requireBotFieldByNs(call, one.var_ns), value: one.value });
      await setBotFields(call, changes);
      return ok;
    },
  }),
  endpoint({
    ...set,
    path: "/flow/set-bot-fields-by-name",
    summary: "Set up to 20 bot fields by their names",
    input: z.object({ data: listOfUpTo(20, z.object({ name, value })) }),
    answer: okSchema,
    async handle(call, { data }) {
      const changes = [];
      for (const one of data) changes.push({ field: await requireBotFieldByName(call, one.name), value: one.value });
      await setBotFields(call, changes);
      return ok;
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/flow/delete-bot-field",
    scope: "flow",
    summary: "Delete a bot field",
    input: z.object({ var_ns: ns }),
    answer: okSchema,
    handle: async (call, input) => await deleteBotField(call, await requireBotFieldByNs(call, input.var_ns)),
  }),
  endpoint({
    method: "DELETE",
    path: "/flow/delete-bot-field-by-name",
    scope: "flow",
    summary: "Delete a bot field by its name",
    input: z.object({ name }),
    answer: okSchema,
    handle: async (call, input) => await deleteBotField(call, await requireBotFieldByName(call, input.name)),
  }),
];

async function deleteBotField(call: Call, field: Variable) {
  await call.db.transaction().execute((trx) => deleteVariable(trx, { workspaceId: call.caller.workspaceId }, field.id));
  return ok;
}
