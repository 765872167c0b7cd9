import { randomBytes } from "node:crypto";
import type { Database } from "./database.ts";

/** A file that somebody of the team sends, or keeps with a conversation. */
export interface StoredFile {
  /** Not to be guessed: whoever knows it may read the file. */
  readonly key: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
}

export async function createFile(
  trx: Database,
  file: {
    readonly workspaceId: number;
    /** Gone with the contact; null: kept until the workspace goes. */
    readonly contactId: number | null;
    readonly memberId: number | null;
    readonly name: string;
    readonly contentType: string;
    readonly bytes: Buffer;
  },
): Promise<StoredFile> {
  const row = { ...file, key: randomBytes(24).toString("base64url"), size: file.bytes.length };
  await trx.insertInto("files").values(row).execute();
  const { key, name, contentType, size } = row;
  return { key, name, contentType, size };
}

export async function findFile(db: Database, key: string): Promise<(StoredFile & { bytes: Buffer }) | undefined> {
  const file = await db
    .selectFrom("files")
    .select(["key", "name", "contentType", "size", "bytes"])
    .where("key", "=", key)
    .executeTakeFirst();
  // The embedded database gives plain bytes, a server's driver a Buffer.
  return file && { ...file, bytes: Buffer.from(file.bytes) };
}

/** Gives a contact's files to another. */
export async function moveFiles(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("files").set({ contactId: to }).where("contactId", "=", from).execute();
}
