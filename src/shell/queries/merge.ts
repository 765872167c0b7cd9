import { AppError, type ErrorCode, errorTable } from "../../model/app-error.ts";
import type { Sentence } from "../../model/sentence.ts";
import { findSecondary } from "../merging.ts";
import type { Query } from "./query-context.ts";

export const mergeContact: Query<"merge_contact"> = async (context, { secondary, deleteSecondary }) => {
  const { db, submit, access, contactId, source, dedupeKey } = context;
  const secondaryId = await findSecondary(db, access, secondary);
  const happening = { kind: "merge", secondaryId, deleteSecondary } as const;
  const reply = await submit({ target: { contactId }, happening, source, dedupeKey });
  if (reply.status === "refused") throw toAppError(reply);
  const [result] = reply.results ?? [];
  return result?.ok === true ? (result.result ?? null) : null;
};

function toAppError({ code, ...sentence }: { readonly code: string } & Sentence): Error {
  return code in errorTable ? new AppError(code as ErrorCode, sentence) : new Error(sentence.message);
}
