import { z } from "zod";
import { toNs } from "../../../engine/uchat-ns.ts";
import type { ActionResult } from "../../../model/outcome.ts";
import { listSaidClosingNotes } from "../../../store/conversation-store.ts";
import { listSubscriptions } from "../../../store/sequence-store.ts";
import { dateTimeSchema, deletedSchema, listOf, ok, okSchema, toDateTime } from "./answers.ts";
import { botUserSchema } from "./bot-user.ts";
import { requireDone } from "./call.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { InvalidInput } from "./errors.ts";
import { text, yesNo } from "./input.ts";

const ns = text(60);
const who = z.object({ user_ns: ns });

/** How many an action says it took away. */
function countDeleted(results: readonly ActionResult[]): number {
  const [first] = results;
  const result = first?.ok === true ? first.result : undefined;
  if (typeof result !== "object" || result === null || Array.isArray(result)) return 0;
  return Number(result.deleted ?? result.removed ?? 0);
}

/** Actions of UChat's builder (requirements/003, "Bot User API") that only read: as endpoints in its style. */
const reading: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/subscriber/tags",
    scope: "flow",
    isOurs: true,
    summary: "List the subscriber's tags",
    input: who,
    answer: listOf(botUserSchema.shape.tags.element),
    async handle(call, { user_ns }) {
      const { botId, tags } = await call.readCard(user_ns);
      return { data: tags.map(({ id, name }) => ({ name, tag_ns: toNs("tag", botId, id) })) };
    },
  }),
  endpoint({
    method: "GET",
    path: "/subscriber/has-tag",
    scope: "flow",
    isOurs: true,
    summary: "Check whether the subscriber has a tag, by tag_ns or tag_name",
    input: z.object({ user_ns: ns, tag_ns: ns.optional(), tag_name: text(200).optional() }),
    answer: okSchema.extend({ has_tag: z.boolean() }),
    async handle(call, { user_ns, tag_ns, tag_name }) {
      if (tag_ns === undefined && tag_name === undefined) {
        throw new InvalidInput({ tag_ns: ["The tag ns field is required when tag name is not present."] });
      }
      const [tag] = tag_ns === undefined ? [] : await call.requireNamed("tag", [tag_ns]);
      const { tags } = await call.readCard(user_ns);
      return { ...ok, has_tag: tags.some(({ id, name }) => (tag === undefined ? name === tag_name : id === tag.id)) };
    },
  }),
  endpoint({
    method: "GET",
    path: "/subscriber/labels",
    scope: "flow",
    isOurs: true,
    summary: "List the subscriber's labels",
    input: who,
    answer: listOf(z.strictObject({ id: z.number().int(), name: z.string() })),
    handle: async (call, { user_ns }) => ({ data: [...(await call.readCard(user_ns)).labels] }),
  }),
  endpoint({
    method: "GET",
    path: "/subscriber/has-label",
    scope: "flow",
    isOurs: true,
    summary: "Check whether the subscriber has a label, by its name",
    input: z.object({ user_ns: ns, label_name: text(200) }),
    answer: okSchema.extend({ has_label: z.boolean() }),
    async handle(call, { user_ns, label_name }) {
      const { labels } = await call.readCard(user_ns);
      return { ...ok, has_label: labels.some(({ name }) => name === label_name) };
    },
  }),
  endpoint({
    method: "GET",
    path: "/subscriber/sequences",
    scope: "flow",
    isOurs: true,
    summary: "List the sequences that the subscriber is subscribed to",
    input: who,
    answer: listOf(z.strictObject({ id: z.number().int(), name: z.string(), ref: z.string() })),
    async handle(call, { user_ns }) {
      const { id } = await call.requireContact(user_ns);
      return { data: await listSubscriptions(call.db, call.caller, id) };
    },
  }),
];

const saidClosingNoteSchema = z.strictObject({
  id: z.number().int(),
  name: z.string(),
  summary: z.string(),
  agent_id: z.number().int().nullable(),
  created_at: dateTimeSchema,
});

const closingNotes = endpoint({
  method: "GET",
  path: "/subscriber/closing-notes",
  scope: "flow",
  isOurs: true,
  summary: "List the closing notes that the subscriber's conversations were closed with, newest first, 100 at most",
  input: who,
  answer: listOf(saidClosingNoteSchema),
  async handle(call, { user_ns }) {
    const { id } = await call.requireContact(user_ns);
    const notes = await listSaidClosingNotes(call.db, id, 100);
    return {
      data: notes.map(({ id, name, summary, agentId, createdAt }) => ({
        id,
        name,
        summary,
        agent_id: agentId,
        created_at: toDateTime(createdAt),
      })),
    };
  },
});

/** What takes everything of a kind away. */
function removeAll(path: string, summary: string, action: string, says: "ok" | "how many"): AnyEndpoint {
  const common = { method: "DELETE", path, scope: "flow", isOurs: true, summary, input: who } as const;
  const run = async (call: Call, userNs: string) =>
    await call.act(await call.addressContact(userNs), [{ action, args: {} }]);
  if (says === "how many") {
    return endpoint({
      ...common,
      answer: deletedSchema,
      handle: async (call, { user_ns }) => ({ ...ok, delete: countDeleted(await run(call, user_ns)) }),
    });
  }
  return endpoint({
    ...common,
    answer: okSchema,
    async handle(call, { user_ns }) {
      await run(call, user_ns);
      return ok;
    },
  });
}

const changing: readonly AnyEndpoint[] = [
  removeAll("/subscriber/remove-all-tags", "Remove all tags from subscriber", "remove_all_tags", "ok"),
  removeAll("/subscriber/remove-all-labels", "Remove all labels from subscriber", "remove_all_labels", "ok"),
  removeAll(
    "/subscriber/remove-all-smart-delays",
    "Remove all smart delays of the subscriber",
    "remove_all_delays",
    "how many",
  ),
  removeAll(
    "/subscriber/remove-all-scheduled-messages",
    "Remove all scheduled messages to the subscriber",
    "remove_all_scheduled_messages",
    "how many",
  ),
  endpoint({
    method: "POST",
    path: "/subscriber/merge",
    scope: "flow",
    isOurs: true,
    summary: "Merge a secondary subscriber into a primary one, and delete the secondary or keep it",
    input: z.object({ user_ns: ns, secondary_user_ns: ns, delete_secondary: yesNo().default(false) }),
    answer: okSchema,
    async handle(call, { user_ns, secondary_user_ns, delete_secondary: deleteSecondary }) {
      const primary = await call.requireContact(user_ns);
      const secondary = await call.requireContact(secondary_user_ns);
      const reply = await call.dependencies.submit({
        target: { contactId: primary.id },
        happening: { kind: "merge", secondaryId: secondary.id, deleteSecondary },
        source: "uchat",
      });
      requireDone(reply);
      return ok;
    },
  }),
];

export const botUserApiEndpoints: readonly AnyEndpoint[] = [...reading, closingNotes, ...changing];
