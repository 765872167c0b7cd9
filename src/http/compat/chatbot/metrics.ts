import { countConversations } from "../../../store/flow-metric-store.ts";
import type { Access } from "../../../store/workspace-store.ts";
import type { HttpDependencies } from "../../dependencies.ts";

/** Conversations of a story on a day. */
interface Metric {
  readonly date: string;
  readonly conversations: number;
}

const days = 30;
const keptMs = 60_000;
const mostKept = 500;

/** Reads the metrics of an account's stories by flow. Counted at most once a minute for each: scenarios ask for the list each time somebody opens a box of it. */
export function createMetrics({ db, now }: Pick<HttpDependencies, "db" | "now">) {
  const kept = new Map<string, { readonly at: number; readonly metrics: Promise<ReadonlyMap<string, Metric[]>> }>();

  async function count(access: Access): Promise<ReadonlyMap<string, Metric[]>> {
    const since = new Date(new Date(now() - days * 86_400_000).setUTCHours(0, 0, 0, 0));
    const rows = await countConversations(db, access, { since });
    const byFlow = Map.groupBy(rows, ({ flow }) => flow);
    return new Map(
      [...byFlow].map(([flow, own]) => [flow, own.map(({ date, conversations }) => ({ date, conversations }))]),
    );
  }

  return async ({ workspaceId, botId }: Access): Promise<ReadonlyMap<string, Metric[]>> => {
    const key = `${workspaceId}/${botId ?? ""}`;
    const known = kept.get(key);
    if (known !== undefined && now() - known.at < keptMs) return await known.metrics;
    if (kept.size >= mostKept) kept.clear();
    const metrics = count({ workspaceId, botId });
    kept.set(key, { at: now(), metrics });
    metrics.catch(() => kept.delete(key));
    return await metrics;
  };
}
