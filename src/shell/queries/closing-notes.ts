import { listSaidClosingNotes } from "../../store/conversation-store.ts";
import type { Query } from "./query-context.ts";

export const listClosingNotes: Query<"list_closing_notes"> = async ({ db, contactId }, { limit }) => {
  const notes = await listSaidClosingNotes(db, contactId, limit);
  const closingNotes = notes.map(({ id, name, summary, agentId, createdAt }) => ({
    id,
    name,
    summary,
    agentId,
    at: createdAt.toISOString(),
  }));
  return { count: closingNotes.length, closingNotes };
};
