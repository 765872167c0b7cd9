import { type FlowDocument, flowDocumentSchema } from "../model/flow.ts";
import { compareFlows } from "./compare-flows.ts";

/** Whether people would come by something else once the draft is published: where boxes stand, and the folder, are for the team alone. */
export function hasNews(published: FlowDocument, draft: FlowDocument): boolean {
  return compareFlows(asKept(published), asKept(draft)).some(
    (change) => change.kind !== "steps_moved" && !(change.kind === "setting_of_flow" && change.setting === "folder"),
  );
}

/** As the server keeps it: what a form has left out is filled in, and what it has left behind is gone. */
const asKept = (document: FlowDocument) => flowDocumentSchema.safeParse(document).data ?? document;
