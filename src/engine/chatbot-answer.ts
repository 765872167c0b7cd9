import { z } from "zod";
import type { ActionCall } from "../model/action-call.ts";
import type { FieldDefinition } from "../model/field.ts";
import { isProfileAttribute, profileAttributes } from "./chatbot-attributes.ts";
import { toLiteral } from "./literal-text.ts";
import { parseFieldValue } from "./values.ts";

/** What ChatBot understands of a receiver's answer (WIRE-FORMATS 2.4). What else stands there is passed over. */
const answerSchema = z.object({
  responses: z
    .array(z.looseObject({ type: z.string(), message: z.unknown() }))
    .max(20)
    .default([]),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
});

/** What a receiver's answer asks for, as action calls, and what of it cannot be done, as sentences. An answer of another form asks for nothing. */
export function readChatbotAnswer(
  body: string,
  fields: readonly FieldDefinition[],
): { readonly actions: readonly ActionCall[]; readonly problems: readonly string[] } {
  const answer = answerSchema.safeParse(parseJson(body));
  if (!answer.success) return { actions: [], problems: [] };
  const actions: ActionCall[] = [];
  const problems: string[] = [];
  for (const [name, value] of Object.entries(answer.data.attributes)) {
    const call = toAttributeCall(name, value, fields);
    if (typeof call === "string") problems.push(call);
    else actions.push(call);
  }
  for (const { type, message } of answer.data.responses) {
    if (type !== "text" || typeof message !== "string" || message === "")
      problems.push(`a response of type "${type}" cannot be played`);
    else actions.push({ action: "send_message", args: { content: toLiteral(message.slice(0, 4_000)) } });
  }
  return { actions, problems };
}

function toAttributeCall(
  name: string,
  value: string | number | boolean | null,
  fields: readonly FieldDefinition[],
): ActionCall | string {
  const text = value === null ? "" : String(value);
  if (isProfileAttribute(name)) {
    return { action: "set_profile", args: { key: profileAttributes[name], value: toLiteral(text) } };
  }
  const field = fields.find((one) => one.key === name) ?? fields.find((one) => one.name === name);
  if (field === undefined) return `there is no field "${name}" for the attribute`;
  if (value === null) return { action: "clear_field", args: { field: field.key } };
  const parsed = parseFieldValue(field.kind, value, { timeZone: "UTC" });
  if (!parsed.ok) return `the attribute "${name}" ${parsed.message}`;
  return {
    action: "set_field",
    args: { field: field.key, value: typeof value === "string" ? toLiteral(value) : value },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
