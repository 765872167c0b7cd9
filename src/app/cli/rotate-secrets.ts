import { z } from "zod";
import { allKeys } from "../../store/secret-key.ts";
import { findMissingKeys, retireOtherKeys, SecretKeyError } from "../../store/secret-key-store.ts";
import { resealPiece, sealedColumns } from "../../store/secret-rotation-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";

const pieceSize = 100;

export const rotateSecrets = defineDatabaseCommand({
  kind: "database",
  name: "rotate-secrets",
  summary: "Seal everything that an older SECRET_KEY sealed with the present one, and say when the older may go",
  options: z.strictObject({
    lost: z
      .boolean()
      .default(false)
      .describe(
        "Go on without keys that are lost for good: what they sealed stays closed, and has to be connected anew.",
      ),
  }),
  async run({ database, secretKey }, { lost }) {
    const missing = await findMissingKeys(database.db, secretKey);
    if (missing.length > 0 && !lost) throw new SecretKeyError(missing, secretKey);
    const resealed: Record<string, number> = {};
    const closed: string[] = [];
    for (const sealedColumn of sealedColumns) {
      let after: string | null = "0";
      resealed[sealedColumn.table] = 0;
      while (after !== null) {
        const piece = await resealPiece(database.db, sealedColumn, { secretKey, after, size: pieceSize });
        resealed[sealedColumn.table] = (resealed[sealedColumn.table] ?? 0) + piece.resealed;
        closed.push(...piece.closed.map((key) => `${sealedColumn.table} ${key}`));
        after = piece.last;
      }
    }
    if (closed.length > 0 && !lost) {
      throw new CommandError(
        "secrets.closed",
        `no key opens ${some(closed)}: give the key that sealed them in SECRET_KEY_PREVIOUS and run it again; all others are done. If it is lost, go on without it by --lost`,
      );
    }
    const sum = Object.values(resealed).reduce((total, count) => total + count, 0);
    await retireOtherKeys(database.db, secretKey);
    const lines = [`Sealed anew: ${sum}. ${tellClosed(closed)}`];
    if (allKeys(secretKey).length > 1) {
      lines.push(
        "Sessions and visitors of web chats get the new key's signature when they come next. Leave SECRET_KEY_PREVIOUS for 30 days,",
        "after which no session lives that did not come; then take it away. A visitor who stayed away longer begins a new conversation.",
      );
    }
    return { text: lines.join("\n"), data: { resealed, total: sum, closed } };
  },
});

const some = (rows: readonly string[]) => `${rows.slice(0, 20).join(", ")}${rows.length > 20 ? ", …" : ""}`;

function tellClosed(closed: readonly string[]): string {
  if (closed.length === 0) return "Nothing in the database needs an older key any more.";
  return `Closed for good, to be connected anew: ${some(closed)}.`;
}
