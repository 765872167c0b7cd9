import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { QueryPair } from "./raw-query.ts";

/** Names and values of a multipart body in its order; what is no text is a file. Throws `request.malformed`. */
export async function readMultipart(contentType: string, body: Buffer): Promise<[string, unknown][]> {
  try {
    const headers = { "content-type": contentType };
    return [...(await new Response(new Uint8Array(body), { headers }).formData())];
  } catch (cause) {
    throw new AppError("request.malformed", say`the body is not multipart/form-data that can be read`, { cause });
  }
}

/** Those that are texts; files are left out. */
export const textsOf = (parts: readonly (readonly [string, unknown])[]): QueryPair[] =>
  parts.flatMap(([key, value]) => (typeof value === "string" ? [{ key, value }] : []));
