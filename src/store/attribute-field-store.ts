import { type Attributes, listMissingFields } from "../engine/chatbot-attribute-calls.ts";
import { createFieldKey } from "../engine/field-key.ts";
import type { Database } from "./database.ts";
import { createField, type Field, listFields } from "./field-store.ts";
import { bumpRevision } from "./workspace-store.ts";

/** The workspace's fields. An attribute of ChatBot's that none of them is for yet gets one, of text. */
export async function ensureAttributeFields(
  db: Database,
  workspaceId: number,
  attributes: Attributes,
): Promise<readonly Field[]> {
  const known = await listFields(db, workspaceId);
  if (listMissingFields(attributes, known).length === 0) return known;
  return await db.transaction().execute(async (trx) => {
    // One at a time: another who makes the same field is waited for, and its field is found.
    await bumpRevision(trx, workspaceId);
    const fields = await listFields(trx, workspaceId);
    for (const name of listMissingFields(attributes, fields)) {
      const key = createFieldKey(name, new Set(fields.map((field) => field.key)));
      fields.push(await createField(trx, workspaceId, { key, name, kind: "text", description: "" }));
    }
    return fields;
  });
}
