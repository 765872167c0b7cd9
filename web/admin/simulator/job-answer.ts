import type { z } from "zod";
import type { requestTestAnswerSchema } from "../../../src/http/contract/external-requests.ts";
import type { scriptTestAnswerSchema } from "../../../src/http/contract/scripts.ts";
import type { RequestReport, RequestRun } from "../../../src/model/external-request.ts";
import type { Json } from "../../../src/model/field.ts";
import type { StoredStep } from "../../../src/model/flow.ts";
import type { ScriptReport, ScriptRun } from "../../../src/model/script.ts";
import type { WaitingJob } from "../../../src/simulator/simulation.ts";
import type { WorkspaceApi } from "../api.ts";

/** What a person says that a job brings back. */
export type Sample =
  | { readonly kind: "answered"; readonly status: number; readonly body: string }
  | { readonly kind: "left"; readonly output: string; readonly changes: string }
  | { readonly kind: "found"; readonly result: string }
  | { readonly kind: "failed"; readonly message: string };

/** A sample to begin with, by the kind of job. */
export function firstSample(kind: string): Sample {
  if (kind === "external-request") return { kind: "answered", status: 200, body: "{}" };
  if (kind === "run-script") return { kind: "left", output: "next", changes: '{ "fields": {}, "vars": {} }' };
  return { kind: "found", result: "{}" };
}

/** The sample as the job would hand it in. Throws `SyntaxError` where what has to be JSON is none. */
export function toResult(kind: string, sample: Sample): Json {
  switch (sample.kind) {
    case "answered": {
      const { status, body } = sample;
      const headers = { "content-type": "application/json" };
      return { kind: "answered", status, headers, body, attempts: 1 } satisfies RequestReport;
    }
    case "left": {
      const { fields = {}, vars = {} } = JSON.parse(sample.changes) as { fields?: Json; vars?: Json };
      return { ok: true, output: sample.output, fields, vars, log: [], milliseconds: 0 };
    }
    case "found":
      return { ok: true, result: JSON.parse(sample.result) as Json };
    case "failed":
      return toFailure(kind, sample.message);
  }
}

function toFailure(kind: string, message: string): Json {
  if (kind === "external-request") return { kind: "failed", message, attempts: 1 } satisfies RequestReport;
  if (kind === "run-script") {
    return { ok: false, code: "script.failed", message, log: [], milliseconds: 0 } satisfies ScriptReport;
  }
  return { ok: false, error: { code: "query.failed", message } };
}

type RequestTest = z.infer<typeof requestTestAnswerSchema>;
type ScriptTest = z.infer<typeof scriptTestAnswerSchema>;

/** Whether the server can do it without changing anything. A merge it cannot. */
export function canTry({ kind, data }: WaitingJob): boolean {
  const query = (data as { readonly query?: string } | null)?.query;
  return kind !== "run-query" || (query !== undefined && query !== "merge_contact");
}

/** Lets the server do it, for a contact that there is: the request is really made, the script really run. Throws `ApiError`. */
export async function tryJob(
  api: WorkspaceApi,
  { kind, position, data }: WaitingJob,
  { bot, contact, step }: { readonly bot: string; readonly contact: number; readonly step: StoredStep | undefined },
): Promise<Json> {
  if (kind === "external-request") {
    const { request, timeoutSeconds } = position.state as unknown as RequestRun;
    const body = { contact, ...request, timeoutSeconds, vars: position.values };
    return (await api.send<RequestTest>("POST", `/bots/${bot}/request-test`, body)).report as unknown as Json;
  }
  if (kind === "run-script") {
    const { code, input, milliseconds, megabytes } = position.state as unknown as ScriptRun;
    const { outputs = [] } = (step?.config ?? {}) as { readonly outputs?: readonly string[] };
    const text = (input.message as { readonly text?: string } | null)?.text;
    const said = text === undefined || text === "" ? {} : { message: { text } };
    const body = { contact, code, outputs, vars: position.values, milliseconds, megabytes, ...said };
    return toReport(await api.send<ScriptTest>("POST", `/bots/${bot}/script-test`, body));
  }
  const { query, args } = data as { readonly query: string; readonly args: Json };
  const { result } = await api.send<{ result: Json }>("POST", `/contacts/${contact}/queries`, { query, args });
  return { ok: true, result };
}

function toReport({ ok, error, output, fields, vars, log, milliseconds }: ScriptTest): Json {
  if (!ok) return { ...(toFailure("run-script", error?.message ?? "") as object), log, milliseconds } as Json;
  return { ok, output: output ?? "next", fields: fields as Json, vars: vars as Json, log, milliseconds };
}
