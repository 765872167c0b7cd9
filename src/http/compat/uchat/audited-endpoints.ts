import { type NsKind, parseNs } from "../../../engine/uchat-ns.ts";
import type { SubjectKey } from "../../../store/audit-subject-store.ts";
import type { AuditedOperation } from "../../contract/audit-log.ts";

type Input = Readonly<Record<string, unknown>>;

/** What the audit log calls an endpoint, and what in its input names the thing. */
interface AuditedEndpoint {
  readonly operation: AuditedOperation;
  readonly keyOf: (input: Input) => SubjectKey;
}

/** The input is as it came: what is no word and no number names nothing. */
const wordOf = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
const byNs = (kind: NsKind, part: string) => (input: Input) => ({ id: parseNs(kind, wordOf(input[part]))?.id });
const byId = (part: string) => (input: Input) => ({ id: Number(wordOf(input[part])) });
const byName = ({ name }: Input) => (typeof name === "string" ? { name: name.trim() } : {});
const byNote = (input: Input) => (input.note_ns === undefined ? byId("id") : byNs("closingNote", "note_ns"))(input);
const byNothing = () => ({});

/** Endpoints that change the set-up or many subscribers at once, by path. */
export const auditedEndpoints: Readonly<Record<string, AuditedEndpoint>> = {
  "/subscriber/merge": { operation: "mergeContacts", keyOf: byNs("contact", "user_ns") },
  "/subscriber/delete": { operation: "deleteContact", keyOf: byNs("contact", "user_ns") },
  "/subscriber/broadcast": { operation: "createBroadcast", keyOf: byNothing },
  "/subscriber/broadcast-by-user-id": { operation: "createBroadcast", keyOf: byNothing },
  "/subscriber/broadcast-by-tag": { operation: "createBroadcast", keyOf: byNothing },
  "/subscriber/broadcast-by-segment": { operation: "createBroadcast", keyOf: byNothing },
  "/flow/create-closing-note": { operation: "createClosingNote", keyOf: byName },
  "/flow/update-closing-note": { operation: "changeClosingNote", keyOf: byNote },
  "/flow/delete-closing-note": { operation: "deleteClosingNote", keyOf: byNote },
  "/flow/create-user-field": { operation: "createField", keyOf: byName },
  "/flow/delete-user-field": { operation: "deleteField", keyOf: byNs("field", "var_ns") },
  "/flow/delete-user-field-by-name": { operation: "deleteField", keyOf: byName },
  "/flow/create-bot-field": { operation: "createVariable", keyOf: byName },
  "/flow/set-bot-field": { operation: "changeVariable", keyOf: byNs("variable", "var_ns") },
  "/flow/set-bot-field-by-name": { operation: "changeVariable", keyOf: byName },
  "/flow/set-bot-fields": { operation: "changeVariable", keyOf: byNothing },
  "/flow/set-bot-fields-by-name": { operation: "changeVariable", keyOf: byNothing },
  "/flow/delete-bot-field": { operation: "deleteVariable", keyOf: byNs("variable", "var_ns") },
  "/flow/delete-bot-field-by-name": { operation: "deleteVariable", keyOf: byName },
  "/flow/create-tag": { operation: "createTag", keyOf: byName },
  "/flow/delete-tag": { operation: "deleteTag", keyOf: byNs("tag", "tag_ns") },
  "/flow/delete-tag-by-name": { operation: "deleteTag", keyOf: byName },
  "/team/create-label": { operation: "createLabel", keyOf: byName },
  "/team/delete-label": { operation: "deleteLabel", keyOf: byId("id") },
  "/team/delete-label-by-name": { operation: "deleteLabel", keyOf: byName },
  "/flow/delete-sub-flow": { operation: "deleteFlow", keyOf: byNs("flow", "sub_flow_ns") },
};
