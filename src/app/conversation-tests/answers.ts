import { renderRequest } from "../../engine/external-request.ts";
import { renderNames } from "../../engine/template.ts";
import type { RequestReport, RequestRun } from "../../model/external-request.ts";
import type { Json } from "../../model/field.ts";
import type { ScriptReport } from "../../model/script.ts";
import type { WaitingJob } from "../../simulator/simulation.ts";
import type { Answer } from "./conversation-file.ts";

/** The samples that stand in for other systems; what is nearer to the line counts before what is farther. */
export class Answers {
  readonly #lists: Answer[][];

  /** The nearest list first. */
  constructor(...lists: readonly (readonly Answer[] | undefined)[]) {
    this.#lists = lists.map((list) => [...(list ?? [])]);
  }

  /** From now on before all others. */
  add(answers: readonly Answer[]): void {
    this.#lists.unshift([...answers]);
  }

  /** The next answer to a step; undefined: the file has none. */
  take({ flow, step }: { readonly flow: string; readonly step: string }): Answer | undefined {
    for (const list of this.#lists) {
      const fitting = list.filter((answer) => answer.step === step || answer.step === `${flow}/${step}`);
      const [next] = fitting;
      if (next === undefined) continue;
      if (fitting.length > 1) list.splice(list.indexOf(next), 1);
      return next;
    }
    return undefined;
  }
}

/** The answer as the job would hand it in. */
export function toJobResult(kind: string, answer: Answer): Json {
  if (kind === "external-request") return toReport(answer) as unknown as Json;
  if (kind === "run-script") return toScriptReport(answer) as unknown as Json;
  const { failed, timeout, result = null } = answer;
  if (timeout) return { ok: false, error: { code: "query.timeout", message: "the query was not answered in time" } };
  return failed === undefined ? { ok: true, result } : { ok: false, error: { code: "query.failed", message: failed } };
}

function toReport({ failed, timeout, status = 200, headers = {}, body = "" }: Answer): RequestReport {
  if (timeout) return { kind: "timeout", message: "the other system did not answer in time", attempts: 1 };
  if (failed !== undefined) return { kind: "failed", message: failed, attempts: 1 };
  const type = typeof body === "string" ? {} : { "content-type": "application/json" };
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const written = typeof body === "string" ? body : JSON.stringify(body);
  return { kind: "answered", status, headers: { ...type, ...Object.fromEntries(lower) }, body: written, attempts: 1 };
}

function toScriptReport({ failed, timeout, output, fields = {}, vars = {} }: Answer): ScriptReport {
  if (timeout || failed !== undefined) {
    const code = timeout ? "script.timeout" : "script.failed";
    return { ok: false, code, message: failed ?? "the script took too long", log: [], milliseconds: 0 };
  }
  return { ok: true, ...(output === undefined ? {} : { output }), fields, vars, log: [], milliseconds: 0 };
}

/** `METHOD address` of a request that a position waits for; a secret shows as its key. */
export function describeRequest({ position }: WaitingJob): string {
  const { request, names, globals } = position.state as unknown as RequestRun;
  const keys = [...JSON.stringify(request).matchAll(/secrets\.(\w+)/g)].map(([, key = ""]) => [key, `<${key}>`]);
  const known = { ...(names as Record<string, unknown>), secrets: Object.fromEntries(keys) };
  const rendering = renderRequest(request, (template) => renderNames(template, known, globals));
  return rendering.ok
    ? `${rendering.request.method} ${rendering.request.url}`
    : `${request.method} ${rendering.message}`;
}
