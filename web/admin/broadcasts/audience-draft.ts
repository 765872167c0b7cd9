import type { AskedAudience } from "../../../src/model/broadcast.ts";
import { type ConditionGroup, comparesSomething } from "../../../src/model/condition.ts";

/** Who is meant, as the form has it. */
export interface AudienceDraft {
  readonly kind: "all" | "segments" | "condition" | "contacts";
  readonly segments: readonly string[];
  readonly condition: ConditionGroup | undefined;
  /** Chosen one by one elsewhere: they can be kept, or be given up for another audience. */
  readonly contacts: readonly number[];
  /** Only who is called so; empty: whatever they are called. */
  readonly search: string;
}

export const everybody: AudienceDraft = {
  kind: "all",
  segments: [],
  condition: undefined,
  contacts: [],
  search: "",
};

/** A condition was chosen, and says nothing yet: taken as it stands it would be everybody. The API refuses it as well. */
export const lacksRules = ({ kind, condition }: AudienceDraft): boolean =>
  kind === "condition" && (condition === undefined || !comparesSomething(condition));

/** As the API takes it. */
export function toAudience({ kind, segments, condition, contacts, search }: AudienceDraft): AskedAudience {
  const q = search.trim() === "" ? {} : { q: search.trim() };
  if (kind === "contacts") return { contacts };
  if (kind === "segments") return { segments: segments.map(Number), ...q };
  if (kind === "condition") return { condition: condition ?? { match: "all", rules: [] }, ...q };
  return { all: true, ...q };
}

/** As it was asked for. Tags are a condition here: the same people. */
export function fromAudience(asked: AskedAudience): AudienceDraft {
  const { contacts, segments, tags, excludeTags = [], condition, q: search = "" } = asked;
  if (contacts !== undefined) return { ...everybody, kind: "contacts", contacts };
  if (segments !== undefined && excludeTags.length === 0) {
    return { ...everybody, kind: "segments", segments: segments.map(String), search };
  }
  const without: ConditionGroup["rules"] = excludeTags.map((key) => ({ subject: "tag", key, operator: "has_not" }));
  const having: ConditionGroup["rules"] = (tags ?? []).map((key) => ({ subject: "tag", key, operator: "has" }));
  const rules: ConditionGroup["rules"] = [
    ...without,
    ...(having.length === 0 ? [] : [{ match: "any" as const, rules: having }]),
    ...(condition === undefined || condition.rules.length === 0 ? [] : [condition]),
  ];
  const [only] = rules;
  // Whoever left it empty has not chosen everybody.
  if (only === undefined && condition !== undefined) return { ...everybody, kind: "condition", condition, search };
  if (only === undefined) return { ...everybody, search };
  const group = rules.length === 1 && "rules" in only ? only : { match: "all" as const, rules };
  return { ...everybody, kind: "condition", condition: group, search };
}
