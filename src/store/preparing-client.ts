import { createHash } from "node:crypto";
import pg from "pg";

/** Statements that begin with this are prepared once a connection; see `PreparingClient`. */
export const prepareMark = "/* prepare */";

const names = new Map<string, string>();

/** The name under which a statement is prepared: PostgreSQL's limit is 63 bytes. */
function nameOf(text: string): string {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `repartee_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
  names.set(text, name);
  return name;
}

/**
 * How long a plan is kept. A plan made while a table was empty takes whichever index comes first, and would go on to when the table has a million rows; planning
 * the four statements anew costs 2.5 ms.
 */
const planLifeMs = 2_000;

/** read_only_sql_transaction, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const readOnly = "25006";

/** A client that prepares nothing: for a pooler that does not know prepared statements. */
export class PlainClient extends pg.Client {
  /**
   * It was refused a write for being read-only. A connection that leads to a standby, or was opened while the database took no writes, stays so after others may write
   * again, and one that is always busy never ends by itself.
   */
  isReadOnly = false;

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.connection.on("errorMessage", ({ code }: { readonly code?: string }) => {
      if (code === readOnly) this.isReadOnly = true;
    });
    // A connection that breaks between two queries of a transaction says so by an event, which would end the process; whoever holds it hears it by
    // its next query.
    this.on("error", () => undefined);
  }
}

/** Prepares marked statements and leaves the plans' age to the pooler, behind which there is no telling whose plans `discard plans` would reach. */
export class NamingClient extends PlainClient {
  // node-postgres overloads `query` in ways that TypeScript cannot narrow; only the form that Kysely uses is touched.
  override query = ((...args: unknown[]) => {
    const call = super.query as (...args: unknown[]) => unknown;
    return call.apply(this, toPrepared(args) ?? args);
  }) as pg.Client["query"];
}

/**
 * A client that prepares marked statements. The waist's four are long and always the same: parsing and planning them took 2.5 of the 7 ms that a batch of
 * 25 events spent in the database. For a connection that is PostgreSQL's own (`pooler.ts`).
 */
export class PreparingClient extends PlainClient {
  #plannedAt = performance.now();

  override query = ((...args: unknown[]) => {
    const call = super.query as (...args: unknown[]) => unknown;
    const prepared = toPrepared(args);
    if (prepared === undefined) return call.apply(this, args);
    if (performance.now() - this.#plannedAt > planLifeMs) {
      this.#plannedAt = performance.now();
      // Goes out before the statement; a connection that is broken tells so with the statement itself.
      const discarded = (call.call(this, "discard plans") as Promise<unknown>).catch(() => undefined);
      const isPipelined = (this as { readonly pipeline?: boolean }).pipeline === true;
      if (!isPipelined) return discarded.then(() => call.apply(this, prepared));
    }
    return call.apply(this, prepared);
  }) as pg.Client["query"];
}

/** The arguments of a query that is to be prepared; undefined: it is not marked. */
function toPrepared([text, values, ...rest]: readonly unknown[]): unknown[] | undefined {
  if (typeof text !== "string" || !text.startsWith(prepareMark)) return undefined;
  return [{ name: nameOf(text), text, values }, ...rest];
}
