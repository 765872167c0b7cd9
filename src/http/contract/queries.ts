import { z } from "zod";
import { queryNames } from "../../model/query.ts";
import { jsonValue } from "./common.ts";

export const queryAskSchema = z.strictObject({
  query: z.enum(queryNames),
  args: z.record(z.string().max(60), jsonValue).default({}),
});
export const queryAnswerSchema = z.object({ result: z.unknown() });

export const queryTypeSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  scope: z.string().describe("What a token needs to ask it."),
  args: z.record(z.string(), z.unknown()).describe("JSON Schema of the arguments."),
  example: z.unknown(),
});
