import { z } from "zod";
import { toNs } from "../../../engine/uchat-ns.ts";
import { listSegments } from "../../../store/segment-store.ts";
import { pageOf } from "./answers.ts";
import { type AnyEndpoint, endpoint } from "./endpoint.ts";
import { listInput, pageOfNamed } from "./named-lists.ts";

const segmentSchema = z.strictObject({ name: z.string(), segment_ns: z.string().regex(/^f\d+sg\d+$/) });

/** Segments of the workspace, and those of the bot. */
export const segmentEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/flow/segments",
    scope: "flow",
    summary: "Get list of segments",
    input: z.object(listInput),
    answer: pageOf(segmentSchema),
    async handle(call, input) {
      const botId = await call.botId();
      const all = await listSegments(call.db, { workspaceId: call.caller.workspaceId });
      const segments = all.filter((segment) => segment.botId === null || segment.botId === botId);
      return await pageOfNamed(call, segments, input, ({ id, name }) => ({
        name,
        segment_ns: toNs("segment", botId, id),
      }));
    },
  }),
];
