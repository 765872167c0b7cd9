import { toLiteral } from "../../../engine/literal-text.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import type { Json } from "../../../model/field.ts";
import { refSchema } from "../../../model/flow.ts";
import type { Database } from "../../../store/database.ts";
import { listFields } from "../../../store/field-store.ts";
import { toCalls } from "../../api/contact-calls.ts";
import type { Caller } from "../../auth.ts";
import { findUnknownFlow } from "./find-unknown-flow.ts";
import { readMessages } from "./read-messages.ts";
import { notRecognized, type PatchOperation, readPatch } from "./read-patch.ts";

/** What a change is read from. */
export interface ChangeInput {
  readonly db: Database;
  readonly caller: Caller;
  readonly body: unknown;
  /** A value of the address's query; undefined where it is missing or empty. */
  readonly fromQuery: (key: string) => string | undefined;
}

/** What a change asks of the action catalogue, or why there is nothing to ask: a referral leads nowhere, which at BotHelp is no error. */
export type Change = { readonly calls: readonly ActionCall[] } | { readonly warning: string };
export type ReadChange = (input: ChangeInput) => Promise<Change>;

const profileNames = ["name", "firstName", "lastName", "email", "phone"] as const;

export const changeProfile: ReadChange = async ({ body }) => {
  const operations = readPatch(body);
  const profile = profileNames.flatMap((key) => {
    // Of several operations on one value the last counts.
    const operation = operations.findLast(({ name }) => name === key);
    return operation === undefined ? [] : [[key, toText(operation)] as const];
  });
  return { calls: [...toCalls(Object.fromEntries(profile), []), ...operations.flatMap(toCardCalls)] };
};

/** Tags, and notes for agents. */
function toCardCalls(operation: PatchOperation): ActionCall[] {
  const { op, name } = operation;
  if (name === "tags" || name === "tags/-") {
    if (op === "replace") throw notRecognized(op, "/tags", "tags are added and removed, each with a list of names");
    const action = op === "add" ? "add_tag" : "remove_tag";
    return toNames(operation).map((tag) => ({ action, args: { tag } }));
  }
  if (name === "notes") {
    // Notes are a list here: a new one is added, and none is lost.
    const text = toText(operation).trim();
    return text === "" ? [] : [{ action: "add_note", args: { text: toLiteral(text) } }];
  }
  if (profileNames.some((known) => known === name)) return [];
  throw notRecognized(op, `/${name}`, "there are /name, /firstName, /lastName, /email, /phone, /notes and /tags");
}

export const changeFields: ReadChange = async ({ db, caller, body }) => {
  const operations = readPatch(body);
  const fields = await listFields(db, caller.workspaceId);
  const values = operations.map(({ op, name, value }) => {
    const field = fields.find((one) => one.name === name) ?? fields.find((one) => one.key === name);
    if (field === undefined) {
      const sentence = `there is no custom field "${name.slice(0, 200)}"; make it first`;
      throw new AppError("request.invalid", sentence, { details: { code: "field.not_found" } });
    }
    if (op !== "remove" && value === undefined) throw new AppError("request.invalid", `/${name} needs a value`);
    return [field.key, op === "remove" ? null : (value as Json)] as const;
  });
  return { calls: toCalls({ fields: Object.fromEntries(values) }, fields) };
};

export const sendMessages: ReadChange = async ({ body }) => ({
  calls: readMessages(body).map((content) => ({ action: "send_message", args: { content } })),
});

export const startBot: ReadChange = async (input) => {
  const flow = readReferral(input, "botReferral");
  const step = readOptionalReferral(input, "stepReferral");
  // A step that is missing or gone: from the first, as action links do (requirements/000).
  const args = { flow, fallbackToStart: true, ...(step === undefined ? {} : { step }) };
  return isRef(flow) ? { calls: [{ action: "start_flow", args }] } : { warning: `there is no bot "${flow}"` };
};

export const stopBot: ReadChange = async (input) => {
  const flow = readReferral(input, "botReferral");
  const calls = [{ action: "stop_flow", args: { flow } }];
  const unknown = await findUnknownFlow(input.db, input.caller, calls);
  return unknown === undefined ? { calls } : { warning: `there is no bot "${unknown}"` };
};

export const addToFunnel: ReadChange = async (input) => changeFunnel(input, "subscribe_sequence");
export const removeFromFunnel: ReadChange = async (input) => changeFunnel(input, "unsubscribe_sequence");

function changeFunnel(input: ChangeInput, action: "subscribe_sequence" | "unsubscribe_sequence"): Change {
  const sequence = readReferral(input, "funnelReferral");
  if (!isRef(sequence)) return { warning: `there is no funnel "${sequence}"` };
  return { calls: [{ action, args: { sequence } }] };
}

const isRef = (referral: string) => refSchema.safeParse(referral).success;

function readReferral(input: ChangeInput, key: string): string {
  const referral = readOptionalReferral(input, key);
  if (referral !== undefined) return referral;
  throw new AppError("request.invalid", `say ${key}, in a JSON body such as {"${key}":"…"} or in the address`);
}

/** From the body, the body's `data`, or the address: callers of DELETE use all of them. */
function readOptionalReferral({ body, fromQuery }: ChangeInput, key: string): string | undefined {
  const value = readKey(body, key) ?? readKey(readKey(body, "data"), key) ?? fromQuery(key);
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = String(value).trim();
  return text === "" ? undefined : text.slice(0, 200);
}

function readKey(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** What an operation sets; empty clears. */
function toText({ op, name, value }: PatchOperation): string {
  if (op === "remove" || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new AppError("request.invalid", `/${name} has to be a text`);
}

function toNames({ value, name }: PatchOperation): string[] {
  const names = (Array.isArray(value) ? value : [value]).map((one: unknown) =>
    typeof one === "string" || typeof one === "number" ? String(one).trim() : "",
  );
  if (names.length > 0 && names.every((one) => one !== "")) return names;
  throw new AppError("request.invalid", `/${name} needs a list of names, such as ["vip"]`);
}
