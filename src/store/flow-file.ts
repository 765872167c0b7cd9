import { parse, stringify } from "yaml";
import { z } from "zod";
import { renameFlowRef } from "../engine/rename-flow-ref.ts";
import { AppError } from "../model/app-error.ts";
import { type FlowDocument, flowDocumentSchema, refSchema } from "../model/flow.ts";
import { say, sayPlaces, toPlaces } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { createFlow, type Flow } from "./flow-store.ts";
import { createRef } from "./ref.ts";

/** One flow as one file: its document and the ref it had where it was exported. */
const flowFileSchema = flowDocumentSchema.extend({ ref: refSchema.optional() });

export interface FlowFile {
  readonly ref?: string | undefined;
  readonly document: FlowDocument;
}

/** Reads a file in JSON or YAML (JSON is YAML). Throws `request.malformed`, or `request.invalid` with each place in `details`. */
export function parseFlowFile(text: string): FlowFile {
  let value: unknown;
  try {
    // 100: what the parser allows an alias to unfold into before it refuses.
    value = parse(text, { maxAliasCount: 100, logLevel: "error" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("request.malformed", say`the file is neither JSON nor YAML: ${{ reason }}`, { cause });
  }
  return toFlowFile(value);
}

/** The same for a file that was parsed already. Throws `request.invalid` with each place in `details`. */
export function toFlowFile(value: unknown): FlowFile {
  const parsed = flowFileSchema.safeParse(value);
  if (parsed.success) {
    const { ref, ...document } = parsed.data;
    return { ref, document };
  }
  const details = toPlaces(parsed.error.issues);
  throw new AppError("request.invalid", say`this is not a flow: ${{ problems: sayPlaces(details) }}`, { details });
}

/** Writes a flow as one file that `parseFlowFile` reads back unchanged. */
export function formatFlowFile({ ref, document }: FlowFile, format: "json" | "yaml"): string {
  const file = z.encode(flowFileSchema, { ...(ref === undefined ? {} : { ref }), ...document });
  return format === "json" ? `${JSON.stringify(file, undefined, 2)}\n` : stringify(file, { lineWidth: 0 });
}

/**
 * Makes a flow of a file. It keeps its ref where that is free; where it is taken it gets a new one, and what in the document names the
 * flow itself is rewritten. Refs of steps stay: they are unique within their flow alone.
 */
export async function importFlow(
  trx: Database,
  bot: { readonly id: number; readonly workspaceId: number },
  file: FlowFile,
): Promise<Flow> {
  const { ref, document } = file;
  if (ref === undefined) return await createFlow(trx, bot, { document });
  const holder = await trx.selectFrom("flows").select("id").where("ref", "=", ref).executeTakeFirst();
  if (holder === undefined) return await createFlow(trx, bot, { document, ref });
  const fresh = createRef();
  return await createFlow(trx, bot, { document: renameFlowRef(document, ref, fresh), ref: fresh });
}
