import { z } from "zod";
import { toLiteral } from "../../../engine/literal-text.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { ok, okSchema } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { anyValue, listOfUpTo, text } from "./input.ts";

const ns = text(60);
const name = text(200);

/** A field by key or name, and what it is to hold; no value: it is cleared. */
interface FieldChange {
  readonly field: string;
  readonly value?: unknown;
}

/** A value is a value: braces in it are no template. Nothing, or an empty text, clears the field. */
export function toFieldCalls(changes: readonly FieldChange[]): ActionCall[] {
  return changes.map(({ field, value }) =>
    value === undefined || value === null || value === ""
      ? { action: "clear_field", args: { field } }
      : { action: "set_field", args: { field, value: typeof value === "string" ? toLiteral(value) : value } },
  ) as ActionCall[];
}

async function changeByName(call: Call, userNs: string, changes: readonly FieldChange[]) {
  const contact = await call.addressContact(userNs);
  await call.act(contact, toFieldCalls(changes));
  return ok;
}

/** A field's key never changes, so that the catalogue gets the very field that the ns means. */
async function changeByNs(
  call: Call,
  userNs: string,
  changes: readonly { readonly var_ns: string; readonly value?: unknown }[],
) {
  const contact = await call.addressContact(userNs);
  const fields = await call.requireNamed(
    "field",
    changes.map(({ var_ns }) => var_ns),
  );
  const named = changes.map(({ value }, index) => ({ field: fields[index]?.name ?? "", value }));
  await call.act(contact, toFieldCalls(named));
  return ok;
}

const set = { method: "PUT", scope: "flow", answer: okSchema, emptyCounts: ["value"] } as const;
const clear = { method: "DELETE", scope: "flow", answer: okSchema } as const;

/** Setting and clearing a subscriber's user fields, by ns and by name, one or up to 20. */
export const subscriberFieldEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    ...set,
    path: "/subscriber/set-user-field",
    summary: "Set or update subscriber user field value",
    input: z.object({ user_ns: ns, var_ns: ns, value: anyValue }),
    handle: (call, { user_ns, ...change }) => changeByNs(call, user_ns, [change]),
  }),
  endpoint({
    ...set,
    path: "/subscriber/set-user-fields",
    summary: "Set or update up to 20 user fields of the subscriber",
    input: z.object({ user_ns: ns, data: listOfUpTo(20, z.object({ var_ns: ns, value: anyValue })) }),
    handle: (call, { user_ns, data }) => changeByNs(call, user_ns, data),
  }),
  endpoint({
    ...set,
    path: "/subscriber/set-user-field-by-name",
    summary: "Set or update subscriber user field value by field name",
    input: z.object({ user_ns: ns, field_name: name, value: anyValue }),
    handle: (call, { user_ns, field_name, value }) => changeByName(call, user_ns, [{ field: field_name, value }]),
  }),
  endpoint({
    ...set,
    path: "/subscriber/set-user-fields-by-name",
    summary: "Set or update up to 20 user fields of the subscriber by their names",
    input: z.object({ user_ns: ns, data: listOfUpTo(20, z.object({ name, value: anyValue })) }),
    handle: (call, { user_ns, data }) =>
      changeByName(
        call,
        user_ns,
        data.map((one) => ({ field: one.name, value: one.value })),
      ),
  }),
  endpoint({
    ...clear,
    path: "/subscriber/clear-user-field",
    summary: "Clear subscriber user field value",
    input: z.object({ user_ns: ns, var_ns: ns }),
    handle: (call, { user_ns, var_ns }) => changeByNs(call, user_ns, [{ var_ns }]),
  }),
  endpoint({
    ...clear,
    path: "/subscriber/clear-user-fields",
    summary: "Clear up to 20 user fields of the subscriber",
    input: z.object({ user_ns: ns, data: listOfUpTo(20, z.object({ var_ns: ns })) }),
    handle: (call, { user_ns, data }) => changeByNs(call, user_ns, data),
  }),
  endpoint({
    ...clear,
    path: "/subscriber/clear-user-field-by-name",
    summary: "Clear subscriber user field value by field name",
    input: z.object({ user_ns: ns, field_name: name }),
    handle: (call, { user_ns, field_name }) => changeByName(call, user_ns, [{ field: field_name }]),
  }),
  endpoint({
    ...clear,
    path: "/subscriber/clear-user-fields-by-name",
    summary: "Clear up to 20 user fields of the subscriber by their names",
    input: z.object({ user_ns: ns, data: listOfUpTo(20, z.object({ name })) }),
    handle: (call, { user_ns, data }) =>
      changeByName(
        call,
        user_ns,
        data.map((one) => ({ field: one.name })),
      ),
  }),
];
