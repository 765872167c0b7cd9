import { z } from "zod";
import { AppError } from "../../../model/app-error.ts";

/** One operation of a JSON Patch (RFC 6902), as far as BotHelp knows it. */
export interface PatchOperation {
  readonly op: "add" | "replace" | "remove";
  /** The path without its first slash, unescaped. */
  readonly name: string;
  readonly value: unknown;
}

const operationSchema = z.object({ op: z.string(), path: z.string(), value: z.unknown().optional() });
const patchSchema = z.union([z.array(operationSchema).max(1000), operationSchema.transform((one) => [one])]);

/** The operations of a patch, in its order. Throws `request.invalid`. */
export function readPatch(body: unknown): readonly PatchOperation[] {
  const patch = patchSchema.safeParse(body);
  if (!patch.success) {
    const example = '[{"op":"replace","path":"/name","value":"Ann"}]';
    throw new AppError("request.invalid", `the body has to be a JSON Patch, such as ${example}`);
  }
  return patch.data.map(({ op, path, value }) => {
    const known = (["add", "replace", "remove"] as const).find((candidate) => candidate === op);
    if (known === undefined) throw notRecognized(op, path, "there are add, replace and remove");
    return { op: known, name: path.replace(/^\//, "").replaceAll("~1", "/").replaceAll("~0", "~").trim(), value };
  });
}

/** BotHelp's refusal of an operation that it does not know there, with what it does know. */
export function notRecognized(op: string, path: string, hint: string): AppError {
  const sentence = `Patch instruction not recognized: ${op.slice(0, 40)} ${path.slice(0, 200)}; ${hint}`;
  return new AppError("request.invalid", sentence, { details: { code: "patch.not_recognized" } });
}
