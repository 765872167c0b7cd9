import type { EventSource } from "../../model/event.ts";
import type { Json } from "../../model/field.ts";
import type { QueryArgs, QueryName } from "../../model/query.ts";
import type { Database } from "../../store/database.ts";
import type { Access } from "../../store/workspace-store.ts";
import type { Submit } from "../submission.ts";

/** Who asks, and about whom. */
export interface QueryContext {
  readonly db: Database;
  readonly submit: Submit;
  /** What the asker may see. */
  readonly access: Access;
  /** The contact at hand, which the asker may see, and its bot. */
  readonly contactId: number;
  readonly botId: number;
  readonly source: EventSource;
  /** Makes a repetition of what writes recognisable. */
  readonly dedupeKey?: string | undefined;
}

/** Answers a query. Throws an `AppError` where the answer is no. */
export type Query<Name extends QueryName> = (context: QueryContext, args: QueryArgs<Name>) => Promise<Json>;
