import { z } from "zod";
import { IntegrationError, type OperationResult } from "../../engine/integration-type.ts";
import type { OutboundRequest, OutboundResult } from "../../engine/outbound.ts";

type Failure = Exclude<OperationResult, { readonly status: "done" }>;
type Answer = Extract<OutboundResult, { readonly kind: "ok" }>;

/** amoCRM said no, or could not be asked. */
export class AmocrmProblem extends IntegrationError {
  /** What it means for the call. */
  readonly result: Failure;
  /** What was asked for may have been made: asking once more could make a second. */
  readonly mayBeDone: boolean;

  constructor(result: Failure, { mayBeDone = false }: { readonly mayBeDone?: boolean } = {}) {
    super(result.message);
    this.result = result;
    this.mayBeDone = mayBeDone;
  }
}

export function failed(message: string): AmocrmProblem {
  return new AmocrmProblem({ status: "failed", message });
}

export function retryLater(message: string, afterMs?: number): AmocrmProblem {
  return new AmocrmProblem({ status: "retry-later", message, afterMs });
}

export function unauthorized(message: string): AmocrmProblem {
  return new AmocrmProblem({ status: "unauthorized", message });
}

/** Nobody knows whether what was asked for was done. Only new things could come twice: a change may be made again. */
export function uncertain(method: OutboundRequest["method"], message: string): AmocrmProblem {
  return new AmocrmProblem({ status: "retry-later", message }, { mayBeDone: method === "POST" });
}

/** No answer came. */
export function toProblem(method: OutboundRequest["method"], result: Exclude<OutboundResult, Answer>): AmocrmProblem {
  if (result.kind === "refused") return failed(`amoCRM: ${result.message}`);
  if (result.kind === "too_large") return uncertain(method, `amoCRM: ${result.message}`);
  const message = `amoCRM does not answer: ${result.message}`;
  return result.mayHaveArrived ? uncertain(method, message) : retryLater(message);
}

const problemSchema = z.looseObject({
  title: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
  hint: z.string().optional().catch(undefined),
  "validation-errors": z
    .array(
      z.looseObject({
        errors: z.array(
          z.looseObject({ code: z.string().optional(), path: z.string().optional(), detail: z.string().optional() }),
        ),
      }),
    )
    .optional()
    .catch(undefined),
});

/**
 * An answer that is no success: RFC 9457 by amoCRM itself, HTML by what stands before it (https://www.amocrm.ru/developers/content/crm_platform/error-codes). 401 and 404 are for whoever
 * asked.
 */
export function judge(request: Pick<OutboundRequest, "method" | "body">, answer: Answer, now: number): AmocrmProblem {
  const { status, headers } = answer;
  const words = wordsOf(answer.body, request.body);
  if (status === 429) return retryLater("amoCRM gets too many requests (429)", toDelay(headers["retry-after"], now));
  if (status === 402) return retryLater(`the amoCRM account is not paid for (402)${behind(words)}`);
  if (status === 403 && words === undefined) {
    return retryLater(
      "amoCRM does not let this server in (403): too many requests came from here, or the account is closed",
    );
  }
  if (status === 403) return failed(`amoCRM does not allow it to whoever signed in (403)${behind(words)}`);
  if (status >= 500) return uncertain(request.method, `amoCRM has a problem of its own (${status})${behind(words)}`);
  if (status >= 300 && status < 400) {
    return failed(
      `amoCRM sends us elsewhere (${status}, ${headers.location ?? "nowhere"}): is the account's address right?`,
    );
  }
  return failed(`amoCRM refuses it (${status})${behind(words)}`);
}

function behind(words: string | undefined): string {
  return words === undefined ? "" : `: ${words}`;
}

/** What a problem says, each refused value with where it stood; undefined: it is no JSON. */
export function wordsOf(body: string, asked?: string): string | undefined {
  const problem = problemSchema.safeParse(parseJson(body)).data;
  if (problem === undefined) return undefined;
  const errors = problem["validation-errors"]?.flatMap((one) => one.errors) ?? [];
  const places = errors.map(({ path, detail, code }) => {
    const place = placeOf(path ?? "", asked);
    return `${place}${place === "" ? "" : ": "}${detail ?? code ?? "does not fit"}`;
  });
  if (places.length > 0) return places.join("; ");
  return [problem.detail ?? problem.title, problem.hint].filter((text) => text !== undefined && text !== "").join(", ");
}

/** Custom fields are named by their place in the list that was sent: here they get the name that the action gave them. */
function placeOf(path: string, asked: string | undefined): string {
  const match = /^(?:(\d+)\.)?(.*?)custom_fields_values\.(\d+)/.exec(path);
  if (match === null || asked === undefined) return path;
  const [, item, within = "", index] = match;
  const keys = [...(item === undefined ? [] : [item]), ...within.split(".").filter(Boolean)];
  const sent: unknown = keys.reduce<unknown>(step, parseJson(asked));
  const owner = Array.isArray(sent) && item === undefined ? sent[0] : sent;
  const field = step(step(owner, "custom_fields_values"), index ?? "");
  const name = step(field, "field_id") ?? step(field, "field_code");
  return name === undefined ? path : `field ${String(name)}`;
}

function step(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

/** `Retry-After`: seconds or a date. */
function toDelay(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
