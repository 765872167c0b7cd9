import { z } from "zod";
import { defineIntegration, defineOperation, type OperationResult } from "../../engine/integration-type.ts";
import { type Account, type Answer, accountSchema, importRecord } from "./getcourse.api.ts";

const settingsSchema = z.strictObject({
  account: accountSchema.describe(
    "The account's address: `school` for school.getcourse.ru, or the whole address where it has one of its own.",
  ),
  key: z.string().trim().min(1).max(500).describe("The secret key of the account's API (Profile, API)."),
  cuidField: z
    .string()
    .trim()
    .max(200)
    .default("bothelp_id")
    .describe("The additional user field that gets the contact's cuid, for action links. Empty: none."),
});
type Settings = z.output<typeof settingsSchema>;

const record = z.record(z.string(), z.json());
const argsSchema = z.object({
  params: z.object({ user: record, system: record, session: record, deal: record.optional() }),
  cuid: z.string(),
});
type Args = z.output<typeof argsSchema>;

/** GetCourse knows a user by the e-mail address, so that sending one twice changes nothing. */
const sendUser = defineOperation<Settings, Args>({
  args: argsSchema,
  async run({ integration: { settings }, args }, ports) {
    return toResult(await importRecord(ports.http, settings, "users", withCuid(args, settings)), "the user was sent");
  },
});

/** A deal with a number of its own is changed when it is sent again; one without is made anew each time. */
const sendDeal = defineOperation<Settings, Args>({
  args: argsSchema,
  async run({ integration: { settings }, args, mayHaveRun }, ports): Promise<OperationResult> {
    const hasNumber = args.params.deal?.deal_number !== undefined;
    if (mayHaveRun && !hasNumber) return { status: "failed", message: unknownWhetherMade };
    const answer = await importRecord(ports.http, settings, "deals", withCuid(args, settings));
    if (answer.kind === "unknown" && !hasNumber) {
      return { status: "failed", message: `${answer.message}; ${unknownWhetherMade}` };
    }
    return toResult(answer, "the deal was sent");
  },
});

const unknownWhetherMade =
  "it is not known whether the deal was made: look in GetCourse, and send it again from the log if it is not there";

function withCuid({ params, cuid }: Args, { cuidField }: Settings): Args["params"] {
  if (cuidField === "") return params;
  const addfields = (params.user.addfields ?? {}) as Record<string, unknown>;
  return { ...params, user: { ...params.user, addfields: { ...addfields, [cuidField]: cuid } as never } };
}

function toResult(answer: Answer, summary: string): OperationResult {
  switch (answer.kind) {
    case "done":
      return { status: "done", summary, result: answer.result };
    case "refused":
      return { status: "failed", message: answer.message };
    case "unauthorized":
      return { status: "unauthorized", message: answer.message };
    case "unknown":
    case "unreachable":
      return { status: "retry-later", message: answer.message };
  }
}

export const getcourse = defineIntegration({
  kind: "getcourse",
  title: "GetCourse",
  description: "Sends contacts as users, with groups and additional fields, and deals into a GetCourse account.",
  settings: settingsSchema,
  secrets: ["key"],
  operations: { send_user: sendUser, send_deal: sendDeal },
  async health({ settings }, ports) {
    const answer = await importRecord(ports.http, settings as Account, "users", { user: {}, system: {}, session: {} });
    if (answer.kind === "refused" || answer.kind === "done") return { ok: true, message: "GetCourse answers" };
    return { ok: false, message: answer.message };
  },
});
