import { AppError } from "../model/app-error.ts";
import type { ActionResult } from "../model/outcome.ts";
import { type QueryName, queryTypes } from "../model/query.ts";
import { queries } from "./queries/index.ts";
import type { Query, QueryContext } from "./queries/query-context.ts";

/**
 * Checks and answers one query, for flows and doors alike. What is expected to go wrong (bad arguments, nobody there) is an answer too; the rest throws.
 */
export async function runQuery(
  context: QueryContext,
  { query, args }: { readonly query: QueryName; readonly args: unknown },
): Promise<ActionResult> {
  const parsed = queryTypes[query].args.safeParse(args);
  if (!parsed.success) {
    const message = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    return { ok: false, error: { code: "query.invalid", message } };
  }
  try {
    // The arguments are what this very query's schema made.
    const result = await (queries[query] as Query<QueryName>)(context, parsed.data as never);
    return { ok: true, result };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { ok: false, error: { code: thrown.code, message: thrown.message } };
  }
}
