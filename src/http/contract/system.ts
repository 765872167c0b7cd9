import { z } from "zod";
import { severities } from "../../model/finding.ts";
import { instantSchema, sentenceShape } from "./common.ts";

const keptDaysSchema = z.object({
  messages: z.number(),
  history: z.number(),
  deliveries: z.number(),
  logs: z.number(),
});

export const systemSchema = z.object({
  release: z.string().describe("Of the process that answers."),
  node: z.string(),
  database: z.object({
    kind: z.enum(["embedded", "postgres"]),
    version: z.number().describe("PostgreSQL's."),
    bytes: z.number(),
    connections: z.number(),
    mostConnections: z.number(),
  }),
  processes: z.array(
    z.object({
      id: z.number(),
      roles: z.array(z.string()),
      release: z.string().nullable().describe("null: of a release that does not say."),
      startedAt: instantSchema,
      heartbeatAt: instantSchema,
    }),
  ),
  outbox: z
    .array(
      z.object({
        channel: z.string().describe("A kind of messenger."),
        lane: z.enum(["live", "bulk"]).describe("`bulk`: what broadcasts send."),
        messages: z.number(),
        lateSeconds: z.number(),
      }),
    )
    .describe("Messages that have still to leave; nothing is counted beyond 100,000."),
  jobs: z.array(
    z.object({
      queue: z.string(),
      ready: z.number(),
      deferred: z.number(),
      active: z.number(),
      failed: z.number().describe("Given up after all their tries."),
    }),
  ),
  timers: z.object({ overdue: z.number(), oldestSeconds: z.number() }),
  deliveries: z.object({ waiting: z.number(), dead: z.number() }).describe("To webhooks. `dead`: given up."),
  retention: z.object({
    days: keptDaysSchema.describe(
      "For how many days things are kept; 0: for ever. As the worker was told that last cleared away; before the first time, as the process that answers was.",
    ),
    last: z
      .object({
        at: instantSchema,
        tookSeconds: z.number(),
        whole: z.boolean().describe("false: it ended for its time, and the rest goes the night after."),
        deleted: z.record(z.string(), z.number()).describe("Rows, by what they are."),
      })
      .nullable(),
  }),
});
export type SystemBody = z.infer<typeof systemSchema>;

export const findingsSchema = z.object({
  at: instantSchema.describe("When it was looked at: what was found a moment ago is not looked for again."),
  data: z.array(
    z.object({
      check: z.string().describe("Stable, for scripts: `database.fsync`."),
      severity: z.enum(severities),
      ...sentenceShape,
      advice: z.object(sentenceShape).optional(),
    }),
  ),
});
export type FindingBody = z.infer<typeof findingsSchema>["data"][number];
