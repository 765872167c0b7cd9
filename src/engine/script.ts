import { parse } from "acorn";
import { type FieldValue, fieldKeySchema, type Json } from "../model/field.ts";
import type { ScriptInput, ScriptReport } from "../model/script.ts";
import { type Sentence, say } from "../model/sentence.ts";
import type { ContactContext } from "./action-type.ts";
import { saveField } from "./save-result.ts";
import { type TemplateScope, toNames } from "./template.ts";
import { zoneOf } from "./time.ts";

/** What keeps a script from being JavaScript, as a sentence with its line; undefined: it is. Whether it does anything sensible shows when it runs. */
export function checkScript(code: string): Sentence | undefined {
  try {
    // As it is run: strict, and as a function's body, from which it returns its output.
    parse(`"use strict";${code}`, { ecmaVersion: "latest", sourceType: "script", allowReturnOutsideFunction: true });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    const { loc } = thrown as { loc?: { readonly line: number } };
    const what = thrown.message.replace(/ \(\d+:\d+\)$/, "");
    return say`line ${{ line: loc?.line ?? 1 }} of the script is not JavaScript: ${{ why: what }}`;
  }
}

/** What a script finds: the names that templates have, as they are at this moment of the decision. */
export function toScriptInput(
  scope: Omit<TemplateScope, "message"> & Pick<ContactContext, "message" | "now">,
  seed: number,
): ScriptInput {
  const { contact, fields, vars } = toNames(scope);
  const { message, now } = scope;
  const told = message === undefined ? null : { text: message.text ?? "", attachments: message.attachments };
  // Plain JSON: it waits in the database until the script runs.
  const plain = JSON.parse(JSON.stringify({ contact, fields, vars, message: told }));
  return { ...plain, now, timeZone: zoneOf(scope.contact, scope.bot), seed };
}

/**
 * Keeps what a script changed: fields by key or name, checked against their kinds, and variables of the walk. What does not fit is recorded as an error and the rest is kept.
 */
export function keepScriptChanges(
  context: Pick<ContactContext, "bot" | "contact" | "setField" | "error">,
  { fields, vars }: Pick<Extract<ScriptReport, { ok: true }>, "fields" | "vars">,
  setValue: (key: string, value: FieldValue | null) => void,
): void {
  for (const [name, value] of Object.entries(fields)) saveField(context, name, value as Json);
  for (const [key, value] of Object.entries(vars)) {
    const problem = fieldKeySchema.safeParse(key).error?.issues[0]?.message;
    if (problem === undefined) setValue(key, value as FieldValue | null);
    else context.error("script.bad_variable", `"${key.slice(0, 100)}" is no variable's name: ${problem}`);
  }
}

/** The output that a script chose; undefined: it has none of that name. */
export function findScriptOutput(chosen: string | undefined, outputs: readonly string[]): string | undefined {
  if (chosen === undefined || chosen === "next") return "next";
  return chosen === "failed" || outputs.includes(chosen) ? chosen : undefined;
}
