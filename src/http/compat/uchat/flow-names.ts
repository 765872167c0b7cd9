import { z } from "zod";
import { toNs } from "../../../engine/uchat-ns.ts";
import { AppError } from "../../../model/app-error.ts";
import { labelStore } from "../../../store/label-store.ts";
import type { Name, NameStore } from "../../../store/name-store.ts";
import { tagStore } from "../../../store/tag-store.ts";
import { ok, okSchema, pageOf } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { integer, text } from "./input.ts";
import { listInput, pageOfNamed } from "./named-lists.ts";

const name = text(200);

const tagSchema = z.strictObject({ name: z.string(), tag_ns: z.string().regex(/^f\d+t\d+$/) });
const labelSchema = z.strictObject({ id: z.number().int(), name: z.string() });

/** By name, exactly. Throws `….not_found`. */
async function requireByName(call: Call, store: NameStore, noun: "tag" | "label", wanted: string): Promise<Name> {
  const found = (await store.list(call.db, call.caller.workspaceId)).find((one) => one.name === wanted);
  if (found === undefined) throw new AppError(`${noun}.not_found`, `there is no ${noun} "${wanted}"`);
  return found;
}

/** Making what is there already is no mistake of the caller's: it gets what is there. */
async function createName(call: Call, store: NameStore, wanted: string): Promise<Name> {
  const { workspaceId } = call.caller;
  const known = (await store.list(call.db, workspaceId)).find((one) => one.name === wanted);
  return known ?? (await call.db.transaction().execute((trx) => store.create(trx, workspaceId, wanted)));
}

async function removeName(call: Call, store: NameStore, id: number) {
  await call.db.transaction().execute((trx) => store.remove(trx, call.caller.workspaceId, id));
  return ok;
}

/** The tags of the workspace; every bot of it knows them all. */
export const flowTagEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/flow/tags",
    scope: "flow",
    summary: "Get list of tags",
    input: z.object(listInput),
    answer: pageOf(tagSchema),
    async handle(call, input) {
      const botId = await call.botId();
      const tags = await tagStore.list(call.db, call.caller.workspaceId);
      return await pageOfNamed(call, tags, input, (tag) => ({ name: tag.name, tag_ns: toNs("tag", botId, tag.id) }));
    },
  }),
  endpoint({
    method: "POST",
    path: "/flow/create-tag",
    scope: "flow",
    summary: "Make a tag, or get the one of that name",
    input: z.object({ name }),
    answer: tagSchema,
    async handle(call, input) {
      const made = await createName(call, tagStore, input.name);
      return { name: made.name, tag_ns: toNs("tag", await call.botId(), made.id) };
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/flow/delete-tag",
    scope: "flow",
    summary: "Delete a tag; subscribers lose it",
    input: z.object({ tag_ns: text(60) }),
    answer: okSchema,
    handle: async (call, input) => await removeName(call, tagStore, (await call.requireNs("tag", input.tag_ns)).id),
  }),
  endpoint({
    method: "DELETE",
    path: "/flow/delete-tag-by-name",
    scope: "flow",
    summary: "Delete a tag by its name; subscribers lose it",
    input: z.object({ name }),
    answer: okSchema,
    handle: async (call, input) =>
      await removeName(call, tagStore, (await requireByName(call, tagStore, "tag", input.name)).id),
  }),
];

export const teamLabelEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/team/labels",
    scope: "team",
    summary: "Get list of labels",
    input: z.object(listInput),
    answer: pageOf(labelSchema),
    async handle(call, input) {
      const labels = await labelStore.list(call.db, call.caller.workspaceId);
      return await pageOfNamed(call, labels, input, (label) => ({ id: label.id, name: label.name }));
    },
  }),
  endpoint({
    method: "POST",
    path: "/team/create-label",
    scope: "team",
    summary: "Make a label, or get the one of that name",
    input: z.object({ name }),
    answer: labelSchema,
    async handle(call, input) {
      const made = await createName(call, labelStore, input.name);
      return { id: made.id, name: made.name };
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/team/delete-label",
    scope: "team",
    summary: "Delete a label; subscribers lose it",
    input: z.object({ id: integer({ min: 1 }) }),
    answer: okSchema,
    handle: (call, { id }) => removeName(call, labelStore, id),
  }),
  endpoint({
    method: "DELETE",
    path: "/team/delete-label-by-name",
    scope: "team",
    summary: "Delete a label by its name; subscribers lose it",
    input: z.object({ name }),
    answer: okSchema,
    handle: async (call, input) =>
      await removeName(call, labelStore, (await requireByName(call, labelStore, "label", input.name)).id),
  }),
];
