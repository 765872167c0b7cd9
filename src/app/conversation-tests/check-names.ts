import { actions } from "../../actions/index.ts";
import { channelTypes } from "../../channels/index.ts";
import { parseActionCall } from "../../engine/actions.ts";
import { compilePattern } from "../../engine/pattern.ts";
import { findPlan, findStatus } from "../../engine/sales-plans.ts";
import { parseFieldValue } from "../../engine/values.ts";
import type { ActionCall } from "../../model/action-call.ts";
import type { FieldDefinition } from "../../model/field.ts";
import type { Variant } from "../../model/shop.ts";
import type { BotSnapshot } from "../../model/world.ts";
import type { BotFile } from "../../store/bot-file.ts";
import type { Path } from "../../store/yaml-file.ts";
import { toVariants } from "../simulator/products.ts";
import { botOfFile } from "./bot-of-file.ts";
import type {
  Answer,
  Check,
  ContactOfFile,
  Conversation,
  ConversationFile,
  ExpectedNames,
  Line,
} from "./conversation-file.ts";
import { factKinds } from "./fact-kinds.ts";
import { findVariant, toSetUpCalls } from "./goods.ts";
import { isZone, parseMoment, parseSpan } from "./moment.ts";

interface Told {
  readonly path: Path;
  readonly message: string;
}

interface Known {
  readonly bot: BotSnapshot;
  /** Names that the bot's file lists, and those that flows and the script itself give: adding makes them. */
  readonly tags: Names;
  readonly labels: Names;
  /** Refs of flows that the bot's file has as drafts only. */
  readonly drafts: ReadonlySet<string>;
  readonly variants: readonly Variant[];
}

/** What a file names that its bot does not have, and what could never happen or hold. */
export function checkNames(botFile: BotFile, file: ConversationFile): readonly Told[] {
  const bot = botOfFile(botFile, file, file.channel ?? "webchat");
  const drafts = new Set(botFile.flows.filter(({ isPublished }) => !isPublished).map(({ ref }) => ref));
  const named = { flows: botFile.flows, conversations: file.conversations };
  const variants = toVariants(file.products);
  const known = {
    bot,
    drafts,
    variants,
    tags: addNamed(bot.tags, "tag", named),
    labels: addNamed(bot.labels, "label", named),
  };
  return [
    ...(isZone(file.timeZone) ? [] : [{ path: ["timeZone"], message: `there is no time zone "${file.timeZone}"` }]),
    ...checkSetUp(known, file, []),
    ...file.members.flatMap(({ managerOf }, index) =>
      checkList("sales plan", managerOf, bot.salesPlans, ["members", index, "managerOf"]),
    ),
    ...file.conversations.flatMap((conversation, index) => checkConversation(known, conversation, index)),
  ];
}

function checkSetUp(
  known: Known,
  setUp: Pick<Conversation, "channel" | "at" | "contact" | "answers">,
  path: Path,
): Told[] {
  const { channel, at, contact, answers = [] } = setUp;
  return [
    ...(channel === undefined || Object.hasOwn(channelTypes, channel)
      ? []
      : [{ path: [...path, "channel"], message: lacking("kind of channel", channel, Object.keys(channelTypes)) }]),
    ...checkMoment(at, [...path, "at"]),
    ...(contact === undefined ? [] : checkContact(known, contact, [...path, "contact"])),
    ...answers.flatMap((answer, index) => checkAnswer(known, answer, [...path, "answers", index])),
  ];
}

function checkMoment(at: string | undefined, path: Path): Told[] {
  if (at === undefined || parseMoment(at, "UTC") !== undefined) return [];
  return [{ path, message: `"${at}" is no date with a time: write it as 2026-12-24T10:00` }];
}

function checkContact({ bot, ...known }: Known, contact: ContactOfFile, path: Path): Told[] {
  const { timeZone, tags, labels, sequences, fields } = contact;
  return [
    ...(timeZone === undefined || isZone(timeZone)
      ? []
      : [{ path: [...path, "timeZone"], message: `there is no time zone "${timeZone}"` }]),
    ...checkList("tag", tags, known.tags, [...path, "tags"]),
    ...checkList("label", labels, known.labels, [...path, "labels"]),
    ...checkList("sequence", sequences, bot.sequences, [...path, "sequences"]),
    ...checkValues("field", fields, bot.fields, [...path, "fields"]),
    ...toSetUpCalls(contact).flatMap((one) => checkCall(bot, one.call, [...path, ...one.path])),
  ];
}

/** Whether an action of that name would take it. */
function checkCall(bot: BotSnapshot, call: ActionCall, path: Path): Told[] {
  const parsed = parseActionCall(actions, call);
  const refusal = parsed.ok ? parsed.action.check?.(bot, parsed.args) : parsed.refusal;
  return refusal === undefined ? [] : [{ path, message: refusal.message }];
}

function checkConversation(known: Known, conversation: Conversation, index: number): Told[] {
  const path = ["conversations", index];
  const { script, variables } = conversation;
  const expects = script.some(
    ({ bot, check, refused }) => bot !== undefined || check !== undefined || refused !== undefined,
  );
  return [
    ...checkSetUp(known, conversation, path),
    ...checkValues("variable", variables, known.bot.variableDefinitions, [...path, "variables"]),
    ...script.flatMap((line, number) => checkLine(known, line, [...path, "script", number])),
    ...(expects
      ? []
      : [{ path, message: "it expects nothing, so that it could not fail: add bot or check to a line" }]),
  ];
}

function checkLine(known: Known, line: Line, path: Path): Told[] {
  const { bot } = known;
  const { link, after, at, do: calls = [], answers = [], bot: speech, check, refused } = line;
  const wishes = typeof speech !== "object" ? [] : Array.isArray(speech) ? speech : speech.some;
  return [
    ...(link === undefined ? [] : checkList("entry link", [link], bot.entryLinks, [...path, "link"])),
    ...(after === undefined || parseSpan(after) !== undefined
      ? []
      : [
          {
            path: [...path, "after"],
            message: `"${after}" is no span of time: write it as 2 days, 1 hour 30 minutes, 45s`,
          },
        ]),
    ...checkMoment(at, [...path, "at"]),
    ...calls.flatMap((call, index) => (refused === undefined ? checkCall(bot, call, [...path, "do", index]) : [])),
    ...answers.flatMap((answer, index) => checkAnswer(known, answer, [...path, "answers", index])),
    ...wishes.flatMap((wish) => {
      const pattern = typeof wish === "string" || wish.matches === undefined ? undefined : wish.matches;
      const compiled = pattern === undefined ? undefined : compilePattern(pattern, { ignoreCase: false });
      return compiled?.ok === false ? [{ path: [...path, "bot"], message: `matches: ${compiled.message}` }] : [];
    }),
    ...(check === undefined ? [] : checkCheck(known, check, [...path, "check"])),
  ];
}

function checkCheck(known: Known, check: Check, path: Path): Told[] {
  const { bot } = known;
  return [
    ...checkList("tag", namesOf(check.tags), known.tags, [...path, "tags"]),
    ...checkList("label", namesOf(check.labels), known.labels, [...path, "labels"]),
    ...checkList("sequence", namesOf(check.sequences), bot.sequences, [...path, "sequences"]),
    ...namesOf(check.positions).flatMap((place) => checkPlace(known, place, [...path, "positions"])),
    ...checkValues("field", check.fields, bot.fields, [...path, "fields"]),
    ...checkValues("variable", check.variables, bot.variableDefinitions, [...path, "variables"]),
    ...(check.facts ?? []).flatMap((fact, index) => checkFact(known, fact, [...path, "facts", index])),
    ...checkSkus(known, check.cart, [...path, "cart"]),
    ...checkSkus(known, check.stock, [...path, "stock"]),
    ...(check.orders ?? []).flatMap(({ items }, index) => checkSkus(known, items, [...path, "orders", index, "items"])),
    ...(check.deals ?? []).flatMap((deal, index) => checkDeal(known, deal, [...path, "deals", index])),
  ];
}

function checkSkus({ variants }: Known, named: Readonly<Record<string, unknown>> = {}, path: Path): Told[] {
  return Object.keys(named)
    .filter((key) => findVariant(variants, key) === undefined)
    .map((key) => {
      const there = variants.map(({ sku, id }) => sku ?? String(id));
      return {
        path: [...path, key],
        message: `the file's products have no variant "${key}": ${listNames(there, "they have none")}`,
      };
    });
}

function checkDeal({ bot }: Known, { plan, status }: ExpectedDeal, path: Path): Told[] {
  const plans = [...bot.salesPlans.values()];
  const named = plan === undefined ? undefined : findPlan(plans, plan);
  if (plan !== undefined && named === undefined) {
    return [{ path: [...path, "plan"], message: lacking("sales plan", plan, [...bot.salesPlans.keys()]) }];
  }
  const possible = named === undefined ? plans : [named];
  if (status === undefined || possible.some((one) => findStatus(one, status) !== undefined)) return [];
  const there = possible.flatMap(({ statuses }) => statuses.map(({ ref }) => ref));
  return [{ path: [...path, "status"], message: lacking("status of a deal", status, there) }];
}

function checkFact(known: Known, fact: Readonly<Record<string, unknown>> & { kind: string }, path: Path): Told[] {
  const { bot } = known;
  const { kind, tag, label, field, flow, step } = fact;
  const one = (value: unknown) => (typeof value === "string" ? [value] : []);
  return [
    ...(Object.hasOwn(factKinds, kind)
      ? []
      : [{ path: [...path, "kind"], message: lacking("kind of fact", kind, Object.keys(factKinds)) }]),
    ...checkList("tag", one(tag), known.tags, [...path, "tag"]),
    ...checkList("label", one(label), known.labels, [...path, "label"]),
    ...checkList("field", one(field), bot.fields, [...path, "field"]),
    ...(typeof step === "string"
      ? checkPlace(known, typeof flow === "string" ? `${flow}/${step}` : step, [...path, "step"])
      : one(flow).flatMap((ref) => checkFlow(known, ref, [...path, "flow"]))),
  ];
}

const asking: Readonly<Record<string, readonly (keyof Answer)[]>> = {
  request: ["status", "headers", "body"],
  query: ["result"],
  script: ["output", "fields", "vars"],
};

function checkAnswer(known: Known, answer: Answer, path: Path): Told[] {
  const problems = checkPlace(known, answer.step, [...path, "step"]);
  if (problems.length > 0) return problems;
  const kinds = findSteps(known.bot, answer.step).map(({ kind }) => kind);
  const kind = kinds.find((one) => Object.hasOwn(asking, one));
  if (kind === undefined) {
    return [{ path: [...path, "step"], message: `the step "${answer.step}" (${kinds[0]}) asks no other system` }];
  }
  const allowed = asking[kind] ?? [];
  return Object.values(asking)
    .flat()
    .filter((key) => answer[key] !== undefined && !allowed.includes(key))
    .map((key) => ({ path: [...path, key], message: `the step is a ${kind}: its answer has ${allowed.join(", ")}` }));
}

function findSteps({ flows }: BotSnapshot, place: string) {
  const [flow, step] = place.includes("/") ? place.split("/", 2) : [undefined, place];
  const meant = [...flows.values()].filter(({ ref }) => flow === undefined || ref === flow);
  return meant.flatMap(({ steps }) => steps.get(step ?? "") ?? []);
}

function checkPlace(known: Known, place: string, path: Path): Told[] {
  if (findSteps(known.bot, place).length > 0) return [];
  const [flow, step = ""] = place.includes("/") ? place.split("/", 2) : [undefined, place];
  if (flow === undefined) return [{ path, message: `no published flow of the bot has a step "${place}"` }];
  const missing = checkFlow(known, flow, path);
  if (missing.length > 0) return missing;
  const steps = [...(known.bot.flows.get(flow)?.steps.keys() ?? [])];
  return [{ path, message: lacking(`step in the flow "${flow}"`, step, steps) }];
}

function checkFlow({ bot, drafts }: Known, ref: string, path: Path): Told[] {
  if (bot.flows.has(ref)) return [];
  if (drafts.has(ref))
    return [{ path, message: `the flow "${ref}" is only a draft: nobody comes there (isPublished)` }];
  return [{ path, message: lacking("flow", ref, [...bot.flows.keys()]) }];
}

function namesOf(expected: ExpectedNames | undefined): readonly string[] {
  if (expected === undefined) return [];
  return Array.isArray(expected) ? expected : [...expected.with, ...expected.without];
}

/** With all that stands under a key, at any depth; a template among it may come to any name. */
function addNamed(there: ReadonlySet<string>, key: "tag" | "label", value: unknown): Names {
  const named = new Set(there);
  const visit = (inner: unknown): void => {
    if (typeof inner !== "object" || inner === null) return;
    for (const [name, item] of Object.entries(inner)) {
      if (name === key && typeof item === "string") named.add(item);
      // What is expected makes nothing.
      else if (name !== "check") visit(item);
    }
  };
  visit(value);
  const isOpen = [...named].some((name) => name.includes("{{") || name.includes("{%"));
  return { has: (name) => isOpen || named.has(name), keys: () => named };
}

type Names = { has(name: string): boolean; keys(): Iterable<string> };

function checkList(what: string, names: readonly string[], there: Names, path: Path): Told[] {
  return names
    .filter((name) => !there.has(name))
    .map((name) => ({ path, message: lacking(what, name, [...there.keys()]) }));
}

function checkValues(
  what: string,
  values: Readonly<Record<string, unknown>> | undefined,
  there: ReadonlyMap<string, FieldDefinition>,
  path: Path,
): Told[] {
  return Object.entries(values ?? {}).flatMap(([name, value]) => {
    const definition = there.get(name);
    const keys = [...new Set([...there.values()].map(({ key }) => key))];
    if (definition === undefined) return [{ path: [...path, name], message: lacking(what, name, keys) }];
    const parsed = value === null ? undefined : parseFieldValue(definition.kind, value);
    return parsed?.ok === false ? [{ path: [...path, name], message: `${definition.kind}: ${parsed.message}` }] : [];
  });
}

type ExpectedDeal = NonNullable<Check["deals"]>[number];

/** Longer lists help nobody. */
const mostNamed = 12;

function lacking(what: string, name: string, there: readonly string[]): string {
  return `the bot has no ${what} "${name}": ${listNames(there)}`;
}

function listNames(there: readonly string[], none = "it has none"): string {
  const more = there.length > mostNamed ? ", …" : "";
  return there.length === 0 ? none : `there are ${there.slice(0, mostNamed).join(", ")}${more}`;
}
