import { type Attributes, readAttributes, toAttributeCalls } from "../../../engine/chatbot-attribute-calls.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import { ensureAttributeFields } from "../../../store/attribute-field-store.ts";
import type { Database } from "../../../store/database.ts";

/** Attributes as a caller gives them, checked. Throws `request.invalid`. */
export function requireAttributes(given: unknown): Attributes {
  const { attributes, problems } = readAttributes(given);
  refuse(problems);
  return attributes;
}

/** Attributes as calls of the catalogue; what the workspace has no field for yet gets one. Throws `request.invalid` for what does not fit a field's kind. */
export async function keepAttributes(
  db: Database,
  workspaceId: number,
  attributes: Attributes,
): Promise<readonly ActionCall[]> {
  if (attributes.size === 0) return [];
  const { actions, problems } = toAttributeCalls(attributes, await ensureAttributeFields(db, workspaceId, attributes));
  refuse(problems);
  return actions;
}

function refuse([problem]: readonly string[]): void {
  if (problem !== undefined) throw new AppError("request.invalid", problem);
}
