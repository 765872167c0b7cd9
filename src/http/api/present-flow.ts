import type { Flow, FlowSummary, FlowVersion } from "../../store/flow-store.ts";
import type { FlowSummaryBody } from "../contract/flows.ts";
import { toInstant } from "./instant.ts";

export function presentFlowSummary(flow: FlowSummary): FlowSummaryBody {
  const { ref, botId, name, folder, draftRevision, publishedVersion, createdAt, updatedAt } = flow;
  return {
    ref,
    botId,
    name,
    folder,
    draftRevision,
    publishedVersion,
    createdAt: toInstant(createdAt),
    updatedAt: toInstant(updatedAt),
  };
}

export function presentFlow(flow: Flow) {
  return { ...presentFlowSummary(flow), draft: flow.draft };
}

export function presentDraft({ draftRevision, draft }: Flow) {
  return { draftRevision, document: draft };
}

export function presentVersion({ version, note, publishedAt, publishedBy }: FlowVersion) {
  return { version, note, publishedAt: toInstant(publishedAt), publishedBy };
}
