import { z } from "zod";
import {
  type ContentLookup,
  type DynamicContent,
  dynamicContentSchema,
  listNodeNames,
  toContentCalls,
} from "../../../engine/dynamic-content.ts";
import { toLiteral } from "../../../engine/literal-text.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import { findStepByName } from "../../../store/flow-store.ts";
import { listMissingTags } from "../../../store/tag-store.ts";
import type { Call } from "./endpoint.ts";
import { listOfUpTo, text } from "./input.ts";
import { requireNode } from "./subscriber-flows.ts";

/** Dynamic content as calls of the catalogue, whole: throws what it cannot say. */
export async function toCalls(call: Call, botId: number, content: DynamicContent): Promise<readonly ActionCall[]> {
  const { calls, problems } = toContentCalls(content, await lookUp(call, botId, content));
  const [problem] = problems;
  if (problem !== undefined) throw new AppError(problem.code, problem.message);
  if (calls.length === 0) throw new AppError("message.not_found", "the content has no message, no action and no goto");
  return calls;
}

async function lookUp(call: Call, botId: number, content: DynamicContent): Promise<ContentLookup> {
  const nodes = new Map<string, Awaited<ReturnType<typeof findNode>>>();
  for (const name of listNodeNames(content)) nodes.set(name, await findNode(call, botId, name));
  const tags = (content.actions ?? []).flatMap(({ action, tag_name }) =>
    action === "add_tag" && tag_name !== undefined ? [tag_name] : [],
  );
  const missing = tags.length === 0 ? [] : await listMissingTags(call.db, call.caller.workspaceId, tags);
  return { findNode: (name) => nodes.get(name), hasTag: (name) => !missing.includes(name) };
}

/** A node by ns or by its name, in the subscriber's bot. */
async function findNode(call: Call, botId: number, nameOrNs: string) {
  if (/^f\d+n\d+$/.test(nameOrNs)) return await requireNode(call, botId, nameOrNs);
  return await findStepByName(call.db, botId, nameOrNs);
}

/** The body's `data` of send-content. */
export const contentInput = z.object({ user_ns: text(60), data: dynamicContentSchema });

/** Plain messages: what send-text sends. */
export function toTextCall(content: string): ActionCall {
  return { action: "send_message", args: { content: toLiteral(content) } };
}

/** For lists of mids. */
export const midsInput = z.object({ mids: listOfUpTo(100, text(200)) });
