import { z } from "zod";
import { allKeys } from "../../store/secret-key.ts";
import { resealPiece, sealedColumns } from "../../store/secret-rotation-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";

const pieceSize = 100;

export const rotateSecrets = defineDatabaseCommand({
  kind: "database",
  name: "rotate-secrets",
  summary: "Seal everything that an older SECRET_KEY sealed with the present one, and say when the older may go",
  options: z.strictObject({}),
  async run({ database, secretKey }) {
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
    if (closed.length > 0) {
      throw new CommandError(
        "secrets.closed",
        `no key opens ${closed.slice(0, 20).join(", ")}: give the key that sealed them in SECRET_KEY_PREVIOUS and run it again; all others are done`,
      );
    }
    const sum = Object.values(resealed).reduce((total, count) => total + count, 0);
    const lines = [`Sealed anew: ${sum}. Nothing in the database needs an older key any more.`];
    if (allKeys(secretKey).length > 1) {
      lines.push(
        "Sessions and visitors of web chats get the new key's signature when they come next. Leave SECRET_KEY_PREVIOUS for 30 days,",
        "after which no session lives that did not come; then take it away. A visitor who stayed away longer begins a new conversation.",
      );
    }
    return { text: lines.join("\n"), data: { resealed, total: sum } };
  },
});
