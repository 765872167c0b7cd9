import type { TFunction } from "i18next";
import type { BroadcastDetailBody } from "../../../src/http/contract/broadcasts.ts";
import type { ActionCall } from "../../../src/model/action-call.ts";
import type { ConditionGroup } from "../../../src/model/condition.ts";
import type { Catalogue } from "../builder/catalogue.ts";
import { sayMoment } from "../layout/moment.tsx";
import { sayClock } from "../words/times.ts";
import type { AudienceDraft } from "./audience-draft.ts";
import { fromBroadcast } from "./broadcast-draft.ts";
import type { PlanDraft } from "./plan-draft.ts";
import type { WhatDraft } from "./what-draft.ts";

/** What a broadcast's settings are said with, in the language of the page. */
export interface BroadcastWords {
  readonly t: TFunction;
  readonly catalogue: Catalogue;
  readonly sayCondition: (condition: ConditionGroup) => string;
  /** By id. */
  readonly segments: ReadonlyMap<string, string>;
  /** By ref. */
  readonly flows: ReadonlyMap<string, string>;
}

/** A setting under the name that its form has for it; `value`: null where there is none. */
export interface SaidSetting {
  readonly title: string;
  readonly value: unknown;
}

/** All that a draft's form has, in words. `since`: what is told besides where the same number of contacts were chosen, and others. */
export function sayBroadcast(
  broadcast: BroadcastDetailBody,
  words: BroadcastWords,
  since?: BroadcastDetailBody,
): Record<string, SaidSetting> {
  const { t } = words;
  const draft = fromBroadcast(broadcast);
  const isSplit = draft.variants.length > 0;
  const versions = draft.variants.map(({ name, share, what }) => [
    `version ${name}`,
    {
      title: t("broadcasts.split.version", { name }),
      value: { [t("broadcasts.split.share")]: `${share} %`, ...sayWhat(what, words) },
    },
  ]);
  return {
    name: { title: t("list.name"), value: draft.name },
    audience: { title: t("broadcasts.audience"), value: sayAudience(draft.audience, words, since) },
    search: { title: t("broadcasts.search"), value: draft.audience.search },
    what: { title: t("broadcasts.what"), value: isSplit ? null : sayWhat(draft.what, words) },
    split: { title: t("broadcasts.split.on"), value: isSplit },
    ...Object.fromEntries(versions),
    winnerBy: {
      title: t("broadcasts.split.winnerBy"),
      value: isSplit ? t(`broadcasts.split.by.${draft.winnerBy}`) : null,
    },
    after: { title: t("broadcasts.split.after"), value: isSplit ? draft.afterMinutes : null },
    ...sayPlan(draft.plan, broadcast, words),
    perMinute: { title: t("broadcasts.perMinute"), value: draft.perMinute },
  };
}

function sayAudience(
  { kind, segments, condition, contacts }: AudienceDraft,
  { t, sayCondition, segments: names }: BroadcastWords,
  since: BroadcastDetailBody | undefined,
): string {
  if (kind === "all") return t("broadcasts.to.all");
  if (kind === "segments") {
    return `${t("broadcasts.to.segments")}: ${segments.map((id) => names.get(id) ?? `#${id}`).join(", ")}`;
  }
  if (kind === "condition") {
    return `${t("broadcasts.to.condition")}: ${condition === undefined ? "—" : sayCondition(condition)}`;
  }
  const chosen = t("broadcasts.chosen", { count: contacts.length });
  const before = new Set(since?.audience.contacts ?? []);
  const others = contacts.filter((id) => !before.has(id)).length;
  return before.size === 0 || others === 0 ? chosen : `${chosen}, ${t("broadcasts.changed.others", { count: others })}`;
}

function sayPlan(
  plan: PlanDraft,
  { startAt }: Pick<BroadcastDetailBody, "startAt">,
  { t }: BroadcastWords,
): Record<string, SaidSetting> {
  const { when, at, passed, isQuiet, from, to, giveUpHours, agents, restHours } = plan;
  const isLocal = when === "local";
  const moment = {
    now: () => t("broadcasts.when.now"),
    at: () => (startAt === null ? null : sayMoment(startAt)),
    // A time of each contact's own clock is nobody's moment: it is said as if it were of this one's.
    local: () => t("broadcasts.localAt", { at: sayMoment(at) }),
  };
  return {
    when: { title: t("broadcasts.startAt"), value: moment[when]() },
    passed: { title: t("broadcasts.passed.label"), value: isLocal ? t(`broadcasts.passed.${passed}`) : null },
    quiet: {
      title: t("broadcasts.quiet.on"),
      value: isQuiet ? t("broadcasts.quiet.told", { from: sayClock(from), to: sayClock(to) }) : null,
    },
    giveUp: { title: t("broadcasts.quiet.giveUp"), value: isQuiet ? giveUpHours : null },
    agents: { title: t("broadcasts.agents.label"), value: t(`broadcasts.agents.${agents}`) },
    restHours: { title: t("broadcasts.restHours"), value: restHours },
  };
}

function sayWhat(
  { kind, message, start, actions }: WhatDraft,
  words: BroadcastWords,
): Readonly<Record<string, unknown>> {
  const { t, catalogue, flows } = words;
  const title = t(`broadcasts.kind.${kind}`);
  if (kind === "content") return { [title]: sayArgs("send_message", message, words) };
  if (kind === "flow") {
    const flow = start.flow === null ? null : (flows.get(start.flow) ?? start.flow);
    return { [title]: start.step === null ? flow : `${flow}, ${t("choice.step").toLowerCase()} ${start.step}` };
  }
  const calls = actions.flatMap(({ action, args }: Partial<ActionCall>) =>
    action === undefined ? [] : [{ [catalogue.action(action).title]: sayArgs(action, args ?? {}, words) }],
  );
  return { [title]: calls };
}

/** Settings whose values are names of ours. */
const named = new Set(["kind", "type", "keyboard"]);

/** Settings under the names that the forms of actions have for them; where a press leads, by the flow's name. */
function sayArgs(action: string, value: unknown, words: BroadcastWords, key = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => sayArgs(action, one, words, key));
  if (typeof value === "string") {
    if (named.has(key)) return words.catalogue.option(action, key, value);
    if (key === "flow") return words.flows.get(value) ?? value;
    const [flow = "", step] = key === "payload" ? value.split(":") : [];
    const name = words.flows.get(flow);
    return name === undefined ? value : [name, ...(step === undefined ? [] : [step])].join(", ");
  }
  if (typeof value !== "object" || value === null) return value;
  const settings = Object.entries(value).filter(([, one]) => !(Array.isArray(one) && one.length === 0));
  return Object.fromEntries(
    settings.map(([name, one]) => [words.catalogue.label(action, name), sayArgs(action, one, words, name)]),
  );
}
