import type { BroadcastBody } from "../../../src/http/contract/broadcasts.ts";
import type { agentChoices, passedChoices } from "../../../src/model/broadcast.ts";

/** When a broadcast goes out and who is spared, as its form has it. */
export interface PlanDraft {
  readonly when: "now" | "at" | "local";
  /** A local time without a zone: of whoever looks, or of each contact. */
  readonly at: string;
  readonly passed: (typeof passedChoices)[number];
  readonly isQuiet: boolean;
  readonly from: string;
  readonly to: string;
  readonly giveUpHours: number | null;
  readonly agents: (typeof agentChoices)[number];
  readonly restHours: number | null;
}

export const emptyPlan: PlanDraft = {
  when: "now",
  at: "",
  passed: "next_day",
  isQuiet: false,
  from: "22:00",
  to: "08:00",
  giveUpHours: null,
  agents: "paused",
  restHours: null,
};

/** As the API takes it. */
export function toPlan({ when, at, passed, isQuiet, from, to, giveUpHours, agents, restHours }: PlanDraft) {
  const plan = {
    ...(when === "local" ? { local: { at, passed } } : {}),
    ...(isQuiet ? { quiet: { from, to, ...(giveUpHours === null ? {} : { giveUpHours }) } } : {}),
    ...(agents === "paused" ? {} : { agents }),
    ...(restHours === null ? {} : { restHours }),
  };
  // A time that is not there is refused by the server, beside its field.
  const startAt = when === "at" ? toInstant(at) : null;
  return { plan, startAt };
}

const toInstant = (at: string) => (at === "" ? "" : new Date(at).toISOString());

export function fromPlan({ plan = {}, startAt }: Pick<BroadcastBody, "plan" | "startAt">): PlanDraft {
  const { local, quiet, agents = "paused", restHours = null } = plan;
  const base = { ...emptyPlan, agents, restHours };
  const times =
    local === undefined
      ? startAt === null
        ? {}
        : { when: "at" as const, at: toLocal(new Date(startAt)) }
      : { when: "local" as const, at: local.at, passed: local.passed };
  if (quiet === undefined) return { ...base, ...times };
  const { from, to, giveUpHours = null } = quiet;
  return { ...base, ...times, isQuiet: true, from, to, giveUpHours };
}

/** As an input of type `datetime-local` takes it. */
function toLocal(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
