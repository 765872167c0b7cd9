import { sql } from "kysely";
import type { Database } from "./database.ts";
import { openSecrets, sealMark, sealSecrets } from "./secret-box.ts";
import type { SecretKey } from "./secret-key.ts";

/** Every column that holds what `sealSecrets` made for good. (Kept answers to calls with an `Idempotency-Key` go after a day.) */
export const sealedColumns = [
  { table: "channels", key: "id", column: "secrets" },
  { table: "webhooks", key: "id", column: "secrets" },
  { table: "integrations", key: "id", column: "secrets" },
  { table: "secrets", key: "id", column: "sealed" },
  { table: "second_factors", key: "user_id", column: "sealed" },
] as const;
export type SealedColumn = (typeof sealedColumns)[number];

/** What became of one piece. `last`: the key of its last row, from which the next goes on; null: there are no more. */
export interface RotatedPiece {
  readonly resealed: number;
  /** Keys of rows that none of the given keys opens. */
  readonly closed: readonly string[];
  readonly last: string | null;
}

/**
 * Seals the next rows of a column with the present key, those after `after` that are not. Each piece is a transaction of its own, and what is done is seen from the rows
 * themselves, so that a run that was broken off is taken up by the next. Rows that somebody else changes are waited for.
 */
export async function resealPiece(
  db: Database,
  { table, key, column }: SealedColumn,
  { secretKey, after, size }: { readonly secretKey: SecretKey; readonly after: string; readonly size: number },
): Promise<RotatedPiece> {
  const [name, keyColumn, sealedColumn] = [sql.table(table), sql.ref(key), sql.ref(column)];
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ key: string; sealed: string }>`
      select ${keyColumn}::text as key, ${sealedColumn} as sealed from ${name}
      where ${keyColumn} > ${after}::bigint and ${sealedColumn} is not null
        and right(${sealedColumn}, ${sealMark(secretKey).length}) <> ${sealMark(secretKey)}
      order by ${keyColumn} limit ${size} for update
    `.execute(trx);
    const closed: string[] = [];
    const fresh: { key: string; sealed: string }[] = [];
    for (const row of rows) {
      try {
        fresh.push({ key: row.key, sealed: sealSecrets(openSecrets(row.sealed, secretKey), secretKey) });
      } catch {
        // Said to whoever asked: a key that is not given sealed it, and it stays as it is.
        closed.push(row.key);
      }
    }
    if (fresh.length > 0) {
      await sql`update ${name} t set ${sql.ref(column)} = v.sealed
        from unnest(${fresh.map((row) => row.key)}::bigint[], ${fresh.map((row) => row.sealed)}::text[]) as v (key, sealed)
        where t.${keyColumn} = v.key`.execute(trx);
    }
    return { resealed: fresh.length, closed, last: rows.length < size ? null : (rows.at(-1)?.key ?? null) };
  });
}
