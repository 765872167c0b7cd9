import type { z } from "zod";
import type {
  flowProblemSchema,
  flowSchema,
  publishedSchema,
  validationSchema,
} from "../../../src/http/contract/flows.ts";

export type Flow = z.infer<typeof flowSchema>;
export type Validation = z.infer<typeof validationSchema>;
export type FlowProblem = z.infer<typeof flowProblemSchema>;
export type Published = z.infer<typeof publishedSchema>;
