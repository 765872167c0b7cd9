import { z } from "zod";
import type { OutboundHttp } from "../../engine/outbound.ts";
import type { Json } from "../../model/field.ts";

/** Where an account is and what opens it. */
export interface Account {
  readonly account: string;
  readonly key: string;
}

/** `school`, `school.getcourse.ru` or `https://school.example`; what is kept is the address without a path. */
export const accountSchema = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .transform((text, context) => {
    const named = /^[a-z0-9][a-z0-9-]*$/i.test(text) ? `${text}.getcourse.ru` : text;
    const address = /^https?:\/\//i.test(named) ? named : `https://${named}`;
    if (URL.canParse(address)) return new URL(address).origin;
    context.addIssue({ code: "custom", message: "is no address of a GetCourse account" });
    return z.NEVER;
  });

/** What came of an import. */
export type Answer =
  | { readonly kind: "done"; readonly result: Json }
  /** In GetCourse's own words. */
  | { readonly kind: "refused" | "unauthorized"; readonly message: string }
  /** It was not asked, or says that it cannot now. */
  | { readonly kind: "unreachable"; readonly message: string }
  /** It was asked, and no answer that can be understood came. */
  | { readonly kind: "unknown"; readonly message: string };

const answerSchema = z.looseObject({
  success: z.union([z.boolean(), z.string()]).optional(),
  error: z.union([z.boolean(), z.string(), z.number()]).nullish(),
  error_message: z.string().nullish(),
  result: z
    .looseObject({
      success: z.union([z.boolean(), z.string()]).optional(),
      error: z.union([z.boolean(), z.string(), z.number()]).nullish(),
      error_message: z.string().nullish(),
    })
    .nullish(),
});

/**
 * Imports a user or a deal: form fields `action`, `key`, and `params` as Base64 of JSON; the answer says itself whether it went well, whatever the status
 * (https://getcourse.ru/help/api).
 */
export async function importRecord(
  http: OutboundHttp,
  { account, key }: Account,
  what: "users" | "deals",
  params: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const form = new URLSearchParams({
    action: "add",
    key,
    params: Buffer.from(JSON.stringify(params)).toString("base64"),
  });
  const answer = await http({
    method: "POST",
    url: `${account}/pl/api/${what}`,
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: form.toString(),
  });
  if (answer.kind === "refused") return { kind: "refused", message: answer.message };
  if (answer.kind === "too_large") return { kind: "unknown", message: answer.message };
  if (answer.kind !== "ok") {
    return { kind: answer.mayHaveArrived ? "unknown" : "unreachable", message: `GetCourse: ${answer.message}` };
  }
  const { status, body } = answer;
  if (status === 429 || status === 503) return { kind: "unreachable", message: `GetCourse is too busy (${status})` };
  if (status >= 500) return { kind: "unknown", message: `GetCourse has a problem (${status})` };
  const parsed = answerSchema.safeParse(parseJson(body)).data;
  if (parsed === undefined) return { kind: "unknown", message: `GetCourse answered ${status} with what is no JSON` };
  return judge(parsed);
}

function judge(parsed: z.output<typeof answerSchema>): Answer {
  const { result } = parsed;
  const isGood = isTrue(parsed.success) && (result === null || result === undefined || isTrue(result.success ?? true));
  const message = result?.error_message || parsed.error_message || (isFault(result?.error) && String(result?.error));
  // Some refusals come with `success: true` outside and an error inside.
  if (isGood && !isFault(result?.error)) return { kind: "done", result: (result ?? {}) as Json };
  const words = `GetCourse: ${message || "the import was refused without a reason"}`;
  return { kind: /\bkey\b|ключ|access|доступ/i.test(words) ? "unauthorized" : "refused", message: words };
}

function isTrue(value: boolean | string | undefined): boolean {
  return value === true || value === "true";
}

function isFault(error: boolean | string | number | null | undefined): boolean {
  return (
    error === true ||
    (typeof error === "string" && error !== "" && error !== "false") ||
    (typeof error === "number" && error !== 0)
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
