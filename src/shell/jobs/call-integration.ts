import { z } from "zod";
import type { Operation, OperationResult } from "../../engine/integration-type.ts";
import { findByJsonPath } from "../../engine/json-path.ts";
import { toError } from "../../engine/to-error.ts";
import type { ActionCall } from "../../model/action-call.ts";
import type { Json } from "../../model/field.ts";
import type { JobRequest } from "../../model/outcome.ts";
import { findContactOf } from "../../store/contact-store.ts";
import { type IntegrationCall, logIntegrationCall } from "../../store/integration-log-store.ts";
import {
  getIntegration,
  type Integration,
  noteIntegrationError,
  readLinks,
  setLink,
} from "../../store/integration-store.ts";
import { takeLease } from "../../store/lease-store.ts";
import { longestCallMs, openIntegration, type RunningIntegration } from "../integrations.ts";
import type { JobContext, JobKind } from "../jobs.ts";

/** What an action that names an integration leaves behind (`engine/call-integration.ts`). */
const dataSchema = z.object({
  integrationId: z.number(),
  workspaceId: z.number(),
  contactId: z.number(),
  operation: z.string(),
  callId: z.string(),
  args: z.unknown(),
  /** Parts of the result to keep in fields. */
  save: z.array(z.object({ path: z.string(), field: z.string() })).default([]),
  attempt: z.number().default(1),
  /** An earlier try was cut off in the middle. */
  mayHaveRun: z.boolean().default(false),
});
type Call = z.infer<typeof dataSchema>;

/** Seconds until the next try, after each failed one: about nine hours in all. */
const delays = [10, 60, 300, 1_800, 7_200, 21_600];
/** Another call for the same contact is under way. */
const busySeconds = 2;

/** Makes a call of an integration, one at a time for each contact. Every try stands in the integration log. */
export const callIntegration: JobKind = {
  kind: "call-integration",
  retryLimit: 10,
  atOnce: 32,
  perGroup: 4,
  async run(data, context) {
    const call = dataSchema.parse(data);
    const whose = await findContactOf(context.db, call.workspaceId, call.contactId);
    if (whose === "gone") return;
    if (whose === "foreign") {
      context.log.error({ workspaceId: call.workspaceId }, "a job named another workspace's contact; it was dropped");
      return;
    }
    const found = await getIntegration(context.db, call.integrationId);
    // Its credentials are its workspace's own, whatever the call says.
    const row = found?.workspaceId === call.workspaceId ? found : undefined;
    if (row?.active !== true) {
      const message = row === undefined ? "the integration was deleted" : "the integration is switched off";
      await note(call, { row, result: { status: "failed", message }, seen: [], ms: 0 }, context);
      return;
    }
    const key = `integration ${row.id} contact ${call.contactId}`;
    const lease = await takeLease(context.db, key, longestCallMs + 30_000);
    if (lease === undefined) {
      await context.enqueue(context.db, [toJob(call, context.now() + busySeconds * 1_000)]);
      return;
    }
    try {
      await attempt(call, row, context);
    } finally {
      await lease.end();
    }
  },
};

async function attempt(call: Call, row: Integration, context: JobContext): Promise<void> {
  const { db, now } = context;
  const started = performance.now();
  // A process that dies in the middle leaves this mark to the next try of the same call.
  const mark = { integrationId: row.id, contactId: call.contactId, name: "call" };
  const links = await readLinks(db, row.id, call.contactId);
  const mayHaveRun = call.mayHaveRun || links.call === call.callId;
  await setLink(db, mark, call.callId, new Date(now()));
  let running: RunningIntegration | undefined;
  let result: OperationResult;
  let hasThrown = false;
  try {
    running = openIntegration(context, row);
    result = await run({ ...call, mayHaveRun }, { running, links, context });
  } catch (thrown) {
    context.log.error({ err: toError(thrown), integration: row.id, operation: call.operation }, "an integration threw");
    hasThrown = true;
    result = { status: "retry-later", message: toError(thrown).message };
  }
  if (result.status === "done") result = await keep(call, result, context);
  const ms = performance.now() - started;
  // Whoever threw may have done what was asked before: the next try looks first.
  await note({ ...call, mayHaveRun: hasThrown }, { row, result, seen: running?.seen ?? [], ms }, context);
  await setLink(db, mark, null, new Date(now()));
}

async function run(
  call: Call,
  {
    running,
    links,
    context,
  }: {
    readonly running: RunningIntegration;
    readonly links: Readonly<Record<string, string>>;
    readonly context: JobContext;
  },
): Promise<OperationResult> {
  const { type, connected, ports } = running;
  const operation = Object.hasOwn(type.operations, call.operation) ? type.operations[call.operation] : undefined;
  if (operation === undefined) return { status: "failed", message: `${type.title} cannot do "${call.operation}"` };
  const parsed = operation.args.safeParse(call.args);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { status: "failed", message: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "does not fit"}` };
  }
  const all = { ...links };
  const { contactId, callId, attempt: number, mayHaveRun } = call;
  // The registry hides the types of settings and arguments behind `never`; both are what this type's own schemas made.
  return await (operation as unknown as Operation<never, unknown>).run(
    {
      integration: connected,
      args: parsed.data,
      contactId,
      callId,
      attempt: number,
      mayHaveRun,
      links: {
        all,
        async set(name, value) {
          await setLink(context.db, { integrationId: connected.id, contactId, name }, value, new Date(context.now()));
          if (value === null) delete all[name];
          else all[name] = value;
        },
      },
    },
    ports,
  );
}

/** Puts parts of the result into fields; what does not fit is said in the log. */
async function keep(
  call: Call,
  result: Extract<OperationResult, { readonly status: "done" }>,
  { submit }: JobContext,
): Promise<OperationResult> {
  if (call.save.length === 0) return result;
  const actions: ActionCall[] = call.save.map(({ path, field }) => {
    const found = findByJsonPath(result.result ?? null, path);
    const value = found.length > 1 ? [...found] : (found[0] ?? null);
    return value === null
      ? { action: "clear_field", args: { field } }
      : { action: "set_field", args: { field, value } };
  });
  const reply = await submit({
    target: { contactId: call.contactId },
    happening: { kind: "actions", actions },
    source: "job",
    dedupeKey: `i${call.callId}`,
  });
  const problems =
    reply.status === "refused"
      ? [reply.message]
      : (reply.results ?? []).flatMap((one) => (one.ok ? [] : [one.error.message]));
  if (problems.length === 0) return result;
  return { ...result, summary: `${result.summary}; not all of the answer could be kept: ${problems.join("; ")}` };
}

interface Tried {
  readonly row: Integration | undefined;
  readonly result: OperationResult;
  readonly seen: readonly Json[];
  readonly ms: number;
}

/** Writes down what came of a try and, where there is to be another, enqueues it: both or neither. */
async function note(call: Call, { row, result, seen, ms }: Tried, { db, enqueue, now }: JobContext): Promise<void> {
  const canWait = result.status === "retry-later" || result.status === "unauthorized";
  const delay = canWait ? delays[call.attempt - 1] : undefined;
  const afterMs = result.status === "retry-later" ? (result.afterMs ?? 0) : 0;
  const again = { ...call, attempt: 1, mayHaveRun: false, callId: `${call.callId}r` };
  const entry: IntegrationCall = {
    workspaceId: call.workspaceId,
    contactId: call.contactId,
    integration: row?.kind ?? "integration",
    integrationId: row?.id,
    direction: "out",
    ok: result.status === "done",
    summary: result.status === "done" ? result.summary : toSentence(result, delay),
    request: { operation: call.operation, args: call.args as Json, calls: [...seen] },
    response: result.status === "done" ? (result.result ?? null) : { status: result.status },
    durationMs: ms,
    attempt: call.attempt,
    ...(result.status === "done" || delay !== undefined ? {} : { job: toJob(again) }),
    at: new Date(now()),
  };
  await db.transaction().execute(async (trx) => {
    await logIntegrationCall(trx, entry);
    if (delay !== undefined) {
      const next = { ...call, attempt: call.attempt + 1 };
      await enqueue(trx, [toJob(next, now() + Math.max(delay * 1_000, afterMs))]);
    }
    if (row === undefined) return;
    const error = result.status === "done" ? null : result.message;
    await noteIntegrationError(trx, row.id, { error, at: new Date(now()) });
  });
}

function toSentence(result: Exclude<OperationResult, { status: "done" }>, delay: number | undefined): string {
  if (delay !== undefined) return `${result.message}; it will be tried again`;
  return result.status === "failed" ? result.message : `${result.message}; given up after ${delays.length + 1} tries`;
}

function toJob(call: Call, startAt?: number): JobRequest {
  return {
    kind: "call-integration",
    data: call as unknown as Json,
    group: `${call.integrationId}`,
    ...(startAt === undefined ? {} : { startAt }),
  };
}
