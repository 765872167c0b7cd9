import { setTimeout } from "node:timers/promises";
import { renderRequest } from "../engine/external-request.ts";
import type { OutboundHttp, OutboundResult } from "../engine/outbound.ts";
import { renderNames } from "../engine/template.ts";
import type { RenderedRequest, RequestReport, RequestRun } from "../model/external-request.ts";
import { mask, maskSecrets } from "./mask-secrets.ts";

/** Of the answer, in bytes: it goes into the history of the contact. */
const mostBytes = 262_144;
const longestPauseMs = 10_000;

/** What was made of a request, and what came of it: both go into logs, histories and fields, so that no secret stands in either. */
export interface MadeRequest {
  /** Undefined: it could not even be put together. */
  readonly request: RenderedRequest | undefined;
  readonly report: RequestReport;
}

/** Renders a request and makes it, again where that may help and is allowed, all within its time. `secrets`: the bot's, by key. */
export async function makeRequest(
  outbound: OutboundHttp,
  run: RequestRun,
  secrets: Readonly<Record<string, string>>,
): Promise<MadeRequest> {
  const made = await carryOut(outbound, run, secrets);
  const values = Object.values(secrets);
  if (values.length === 0) return made;
  const hide = (text: string) => maskSecrets(text, values);
  const { report } = made;
  // Rendered anew over dots: whatever a filter had cut out of a secret, it cuts out of those.
  const shown = render(run, Object.fromEntries(Object.keys(secrets).map((key) => [key, mask])));
  return {
    request: made.request && shown.ok ? shown.request : undefined,
    report:
      report.kind === "answered"
        ? { ...report, headers: hideAll(report.headers, hide), body: hide(report.body) }
        : { ...report, message: hide(report.message) },
  };
}

function render(run: RequestRun, secrets: Readonly<Record<string, string>>) {
  const names: Readonly<Record<string, unknown>> = { ...(run.names as Record<string, unknown>), secrets };
  return renderRequest(run.request, (template) => renderNames(template, names, run.globals));
}

function hideAll(headers: Readonly<Record<string, string>>, hide: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hide(value)]));
}

async function carryOut(
  outbound: OutboundHttp,
  run: RequestRun,
  secrets: Readonly<Record<string, string>>,
): Promise<MadeRequest> {
  const rendering = render(run, secrets);
  if (!rendering.ok) return { request: undefined, report: { kind: "failed", message: rendering.message, attempts: 0 } };
  const { request } = rendering;
  const end = performance.now() + run.timeoutSeconds * 1_000;
  for (let attempts = 1; ; attempts += 1) {
    const left = end - performance.now();
    const result = await outbound({
      ...request,
      timeoutMs: Math.max(1, left),
      maxBytes: mostBytes,
      maxRedirects: 5,
      sharesTrace: true,
    });
    const pause = attempts > run.retries ? undefined : pauseAfter(result, attempts);
    if (pause === undefined || performance.now() + pause >= end) return { request, report: toReport(result, attempts) };
    await setTimeout(pause);
  }
}

/** Milliseconds until another try; undefined: another would end the same way. */
function pauseAfter(result: OutboundResult, attempts: number): number | undefined {
  const usual = Math.min(longestPauseMs, 250 * 2 ** (attempts - 1));
  if (result.kind === "failed") return usual;
  if (result.kind !== "ok") return undefined;
  if (result.status !== 429 && result.status < 500) return undefined;
  const wanted = Number(result.headers["retry-after"]);
  return Number.isFinite(wanted) && wanted > 0 ? wanted * 1_000 : usual;
}

function toReport(result: OutboundResult, attempts: number): RequestReport {
  switch (result.kind) {
    case "ok": {
      const { status, headers, body } = result;
      return { kind: "answered", status, headers: { ...headers }, body, attempts };
    }
    case "timeout":
      return { kind: "timeout", message: result.message, attempts };
    default:
      return { kind: "failed", message: result.message, attempts };
  }
}
