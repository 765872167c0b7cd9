import { toLiteral } from "../../../engine/literal-text.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { refSchema } from "../../../model/flow.ts";
import type { QueryPair } from "../../raw-query.ts";

/** Whom an action link is about, as far as it says. */
export interface LinkPerson {
  readonly cuid?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
}

/** Why a link cannot be carried out; `error` is stable. */
export interface LinkProblem {
  readonly error: string;
  readonly message: string;
}

/** A parameter's value; undefined where it is missing, empty, or a placeholder that the sender did not fill (`{object.user.phone}`). */
export function readParameter(pairs: readonly QueryPair[], key: string): string | undefined {
  const value = pairs.find((pair) => pair.key === key)?.value?.trim();
  return value === undefined || value === "" || isPlaceholder(value) ? undefined : value;
}

const isPlaceholder = (value: string) => /^\{[^{}]*\}$/.test(value.trim());

/** An e-mail has no spaces, and a phone begins with none: both stood as `+` in the address. BotHelp's page writes the CUID's name twice for orders (`idBotHelp=idBotHelp=…`), and links are copied from there. */
export function readPerson(pairs: readonly QueryPair[]): LinkPerson {
  const rawPhone = pairs.find(({ key }) => key === "phone")?.value;
  const phone = readParameter(pairs, "phone");
  const unrepeated = pairs.map(({ key, value }) => ({ key, value: value?.replace(/^idBotHelp=/, "") }));
  return {
    cuid: readParameter(unrepeated, "idBotHelp"),
    email: readParameter(pairs, "email")?.replaceAll(" ", "+"),
    phone: phone !== undefined && rawPhone?.startsWith(" ") && /^\d/.test(phone) ? `+${phone}` : phone,
  };
}

/** The first pair whose value is not UTF-8. */
export function findUnreadable(pairs: readonly QueryPair[]): LinkProblem | undefined {
  const pair = pairs.find(({ value }) => value === undefined);
  if (pair === undefined) return undefined;
  const message = `the value of "${pair.key}" is not percent-encoded UTF-8 (windows-1251 is not taken); encode it again`;
  return { error: "bad_encoding", message };
}

type Companions = ReadonlyMap<string, readonly string[]>;
type ToCall = (value: string, companion: string | undefined) => ActionCall | LinkProblem;

const missing = (parameter: string): LinkProblem => ({
  error: "missing_value",
  message: `actions[${parameter}] needs a value`,
});

const toCalls: Readonly<Record<string, { readonly companion?: string; readonly toCall: ToCall }>> = {
  // A tag must exist beforehand (requirements/000).
  add_tag: { toCall: (tag) => ({ action: "add_tag", args: { tag, create: false } }) },
  del_tag: { toCall: (tag) => ({ action: "remove_tag", args: { tag } }) },
  set_field: {
    companion: "set_field_value",
    toCall: (field, value) =>
      value === undefined
        ? missing("set_field_value")
        : isPlaceholder(value)
          ? { error: "unfilled_placeholder", message: `the sender did not fill ${value}; the field is left as it is` }
          : // A value is a value: braces in it are no template. An empty one clears the field.
            { action: "set_field", args: { field, value: toLiteral(value) } },
  },
  add_to_funnel: { toCall: (sequence) => ({ action: "subscribe_sequence", args: { sequence } }) },
  remove_from_funnel: { toCall: (sequence) => ({ action: "unsubscribe_sequence", args: { sequence } }) },
  run_bot: {
    companion: "step_ref",
    // A step that is missing, gone or no ref at all: the flow starts at its first (requirements/000).
    toCall: (flow, step) => ({
      action: "start_flow",
      args: {
        flow,
        fallbackToStart: true,
        ...(refSchema.safeParse(step).success ? { step } : {}),
      },
    }),
  },
  stop_bot: { toCall: (flow) => ({ action: "stop_flow", args: { flow } }) },
};
const companionKeys = Object.values(toCalls).flatMap(({ companion }) => companion ?? []);

/** The link's actions in the order of the address, each with its parameter's name. The n-th `set_field_value` belongs to the n-th `set_field`; `step_ref` and `run_bot` likewise. */
export function parseActions(
  pairs: readonly QueryPair[],
): LinkProblem | { readonly calls: readonly ActionCall[]; readonly names: readonly string[] } {
  const actions = pairs.flatMap(({ key, value }) => {
    const name = /^actions\[(.*)\]$/.exec(key)?.[1];
    return name === undefined ? [] : [{ name, value: value ?? "" }];
  });
  const primaries = actions.filter(({ name }) => !companionKeys.includes(name));
  if (primaries.length === 0) {
    return { error: "no_actions", message: "name at least one action, for example actions[add_tag]=vip" };
  }
  const companions = collectCompanions(actions);
  const lonely = findLonely(primaries, companions);
  if (lonely !== undefined) return lonely;
  const seen = new Map<string, number>();
  const calls: ActionCall[] = [];
  for (const { name, value } of primaries) {
    const kind = Object.hasOwn(toCalls, name) ? toCalls[name] : undefined;
    if (kind === undefined) return unknownAction(name);
    const trimmed = value.trim();
    if (trimmed === "" || isPlaceholder(trimmed)) return missing(name);
    const index = seen.get(name) ?? 0;
    seen.set(name, index + 1);
    const call = kind.toCall(trimmed, companions.get(kind.companion ?? "")?.[index]?.trim());
    if ("error" in call) return call;
    calls.push(call);
  }
  return { calls, names: primaries.map(({ name }) => name) };
}

function collectCompanions(actions: readonly { readonly name: string; readonly value: string }[]): Companions {
  return new Map(
    companionKeys.map((key) => [key, actions.filter(({ name }) => name === key).map(({ value }) => value)]),
  );
}

/** A companion that belongs to nothing is a mistake in the link; doing only the rest would hide it. */
function findLonely(primaries: readonly { readonly name: string }[], companions: Companions): LinkProblem | undefined {
  for (const [primary, { companion }] of Object.entries(toCalls)) {
    if (companion === undefined) continue;
    const count = primaries.filter(({ name }) => name === primary).length;
    if ((companions.get(companion)?.length ?? 0) > count) {
      return { error: "missing_value", message: `actions[${companion}] needs actions[${primary}] beside it` };
    }
  }
  return undefined;
}

function unknownAction(name: string): LinkProblem {
  const known = [...Object.keys(toCalls), ...companionKeys].join(", ");
  return { error: "unknown_action", message: `there is no action "${name}"; there are ${known}` };
}
