import { z } from "zod";
import { profileKeys } from "./contact.ts";

export const importStatuses = ["uploaded", "checking", "checked", "running", "finished", "cancelled"] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** What became of one line, or (in a check) would. */
export const importLineStatuses = ["created", "updated", "refused"] as const;
export type ImportLineStatus = (typeof importLineStatuses)[number];

export const importSeparators = [",", ";", "\t", "|"] as const;
export const importEncodings = ["utf-8", "windows-1251"] as const;
export type ImportEncoding = (typeof importEncodings)[number];

/** What a column is taken as: a value of the profile, `cuid`, `tags`, `labels`, `field:<key>`; null: left out. */
export const importTargetSchema = z.union([
  z.enum([...profileKeys, "cuid", "tags", "labels"]),
  z.templateLiteral(["field:", z.string().regex(/^[a-z][a-z0-9_]{0,59}$/)]),
]);
export type ImportTarget = z.infer<typeof importTargetSchema>;

/** How a file is read. */
export interface ImportSettings {
  readonly separator: (typeof importSeparators)[number];
  readonly encoding: ImportEncoding;
  /** One entry a column, in the file's order. */
  readonly mapping: readonly (ImportTarget | null)[];
  /** Tags that everybody gets. */
  readonly tags: readonly string[];
}

/** Bytes that a file may have. */
export const maxImportBytes = 20 * 1024 * 1024;
