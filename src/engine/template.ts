import { Drop, Liquid, type Template } from "liquidjs";
import { DateTime } from "luxon";
import { type Contact, utmKeys } from "../model/contact.ts";
import type { InboundMessage } from "../model/event.ts";
import type { FieldValue } from "../model/field.ts";
import { type Sentence, say } from "../model/sentence.ts";
import type { BotSnapshot } from "../model/world.ts";
import { cleanText } from "./clean-text.ts";
import { hash32, seededRandom } from "./random.ts";
import { zoneOf } from "./time.ts";
import { formatValue } from "./values.ts";

/** What templates and conditions can look at. */
export interface TemplateScope {
  readonly contact: Contact;
  readonly bot: BotSnapshot;
  readonly variables: Readonly<Record<string, FieldValue>>;
  /** Values local to the walk. */
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly message?: InboundMessage | undefined;
}

export interface Rendered {
  readonly text: string;
  /** Why the template could not be rendered; the text is then empty. */
  readonly error?: string;
}

const maxCached = 2_000;
const maxTemplateLength = 20_000;

/**
 * Liquid with its limits on: a template of a user's can neither read files nor run long. Lengths and counts are liquidjs's own units
 * (https://liquidjs.com/tutorials/dos.html).
 */
const liquid = new Liquid({
  parseLimit: maxTemplateLength,
  renderLimit: 200,
  memoryLimit: 1_000_000,
  ownPropertyOnly: true,
  strictVariables: false,
  strictFilters: true,
  // No file system: include, render and layout find nothing.
  templates: {},
  // Liquid's own words (`nil`, `blank`, `forloop`) are objects that show nothing.
  outputEscape: (value) => (value instanceof Drop ? "" : formatValue((value ?? undefined) as FieldValue | undefined)),
});

/** The event's time and the contact's zone stand in for a clock: a template renders the same whenever it is run again. */
liquid.registerFilter("date", function (value: unknown, format?: string, zone?: string) {
  const { now, timeZone } = this.context.globals as { now: number; timeZone: string };
  const moment = toMoment(value, now, zone ?? timeZone);
  return moment === undefined ? value : formatDate(moment, format ?? "%Y-%m-%d");
});

/** Liquid's own asks Math.random; here the same contact at the same moment gets the same item, and the next moment another. */
liquid.registerFilter("sample", function (list: unknown) {
  const { seed } = this.context.globals as { seed: string };
  const items = Array.isArray(list) ? list : [list];
  return items[Math.floor(seededRandom(hash32(seed))() * items.length)];
});

// These read the process's clock and zone.
for (const name of ["string", "long_string", "rfc822", "xmlschema"]) delete liquid.filters[`date_to_${name}`];

const cache = new Map<string, Template[]>();

function parse(template: string): Template[] {
  const known = cache.get(template);
  // Put last again: the first of the map is the one that was used longest ago.
  cache.delete(template);
  const parsed = known ?? liquid.parse(template);
  if (cache.size >= maxCached) cache.delete(cache.keys().next().value ?? "");
  cache.set(template, parsed);
  return parsed;
}

/** What templates take from the event instead of a clock and a die. */
export interface TemplateGlobals {
  /** Unix milliseconds. */
  readonly now: number;
  /** IANA name. */
  readonly timeZone: string;
  readonly seed: string;
}

/** Renders a Liquid template. `now` in Unix milliseconds. Never throws. */
export function renderTemplate(template: string, scope: TemplateScope, now: number): Rendered {
  if (isPlain(template)) return { text: template };
  return renderNames(template, toNames(scope, listRoots(template)), toGlobals(scope, now));
}

export function toGlobals({ contact, bot }: TemplateScope, now: number): TemplateGlobals {
  return { now, timeZone: zoneOf(contact, bot), seed: `${contact.cuid}:${now}` };
}

/** The same with names that were gathered before (`toNames`). Never throws. */
export function renderNames(
  template: string,
  names: Readonly<Record<string, unknown>>,
  globals: TemplateGlobals,
): Rendered {
  if (isPlain(template)) return { text: template };
  try {
    const text: unknown = liquid.renderSync(parse(template), names, { globals: { ...globals } });
    // Filters can cut a character in two, or decode what no text may hold.
    return { text: cleanText(String(text)) };
  } catch (error) {
    return { text: "", error: describe(error).message };
  }
}

function isPlain(template: string): boolean {
  return !template.includes("{{") && !template.includes("{%");
}

/** What is wrong with a template's form, in words; undefined: nothing. */
export function checkTemplate(template: string): Sentence | undefined {
  if (isPlain(template)) return undefined;
  try {
    parse(template);
    return undefined;
  } catch (error) {
    return describe(error);
  }
}

/** Where something is looked up: `["fields", "city"]` for `fields.city`. */
export type NamePath = readonly [root: string, ...parts: string[]];

const pathsOf = new WeakMap<readonly Template[], readonly NamePath[]>();

/**
 * What a template looks up outside of itself, each path once: neither what it assigns nor what its loops name. A path ends before a part that is known only when it is rendered (`fields[key]`).
 * A template that cannot be parsed looks up nothing.
 */
export function listPaths(template: string): readonly NamePath[] {
  if (isPlain(template)) return [];
  try {
    const parsed = parse(template);
    const known = pathsOf.get(parsed);
    if (known !== undefined) return known;
    const found = liquid.globalVariableSegmentsSync(parsed, { partials: false }).flatMap(toPaths);
    const paths = [...new Map(found.map((path) => [path.join("\n"), path])).values()];
    pathsOf.set(parsed, paths);
    return paths;
  } catch {
    return [];
  }
}

type Segments = ReturnType<typeof liquid.globalVariableSegmentsSync>[number];

/** The path itself, and those that its parts are looked up by. */
function toPaths(segments: Segments): NamePath[] {
  const end = segments.findIndex((part) => typeof part === "object");
  const [root, ...parts] = (end === -1 ? segments : segments.slice(0, end)).map(String);
  const inner = segments.flatMap((part) => (typeof part === "object" ? toPaths(part) : []));
  return root === undefined ? inner : [[root, ...parts], ...inner];
}

function describe(error: unknown): Sentence {
  const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
  return say`the template cannot be used: ${{ why: line ?? "" }}`;
}

const rootsOf = new WeakMap<readonly Template[], Roots>();
type Roots = Pick<ReadonlySet<string>, "has">;
const everyRoot: Roots = { has: () => true };

/** What a template's look-ups begin with. Where one may begin with what is known only when it is rendered (`{{ [vars.which].city }}`, which the analysis takes for `vars.which.city`): all there is. */
function listRoots(template: string): Roots {
  try {
    const parsed = parse(template);
    const known = rootsOf.get(parsed);
    if (known !== undefined) return known;
    const mayBeginAnywhere = /(?<![\w\]])\[/.test(template);
    const found = mayBeginAnywhere ? everyRoot : new Set(listPaths(template).map(([root]) => root));
    rootsOf.set(parsed, found);
    return found;
  } catch {
    return everyRoot;
  }
}

/** Every name a template can use, or those of some roots: what nobody asks for is not made. Values that are missing are left out, so that `default` takes over. */
export function toNames(scope: TemplateScope, roots: Roots = everyRoot) {
  const { contact, bot } = scope;
  const { clientExternalId } = contact.profile;
  const names: Record<string, unknown> = {};
  if (roots.has("contact")) names.contact = toPerson(contact);
  if (roots.has("fields")) names.fields = contact.fields;
  if (roots.has("vars")) names.vars = variablesOf(scope);
  if (roots.has("entry"))
    names.entry = contact.entry === undefined ? {} : { link: contact.entry.link, payload: contact.entry.payload };
  if (roots.has("clientExternalId")) names.clientExternalId = clientExternalId;
  if (roots.has("externalId")) names.externalId = clientExternalId;
  if (roots.has("message")) names.message = { text: scope.message?.text };
  if (roots.has("bot")) names.bot = { name: bot.name, ref: bot.ref };
  return names;
}

function toPerson(contact: Contact): Record<string, unknown> {
  const { profile } = contact;
  const wholeName = [profile.firstName, profile.lastName].filter(Boolean).join(" ");
  const name = profile.name ?? (wholeName === "" ? undefined : wholeName);
  const person = {
    id: contact.id,
    cuid: contact.cuid,
    ...profile,
    name,
    first_name: profile.firstName ?? profile.name?.split(" ")[0],
    last_name: profile.lastName,
    time_zone: profile.timeZone,
    avatar_url: profile.avatarUrl,
    client_external_id: profile.clientExternalId,
    username: contact.identities.find(({ username }) => username !== undefined)?.username,
    tags: contact.tags,
    labels: contact.labels,
    utm: Object.fromEntries(utmKeys.map((key) => [key, contact.utm[key]])),
  };
  return { ...person, firstName: person.first_name };
}

/** What `vars.` means: a value of the walk hides one of the entry link, which hides the bot's. */
export function variablesOf(scope: TemplateScope): Record<string, FieldValue> {
  return { ...scope.variables, ...scope.contact.entry?.variables, ...scope.values };
}

function toMoment(value: unknown, now: number, zone: string): DateTime | undefined {
  const moment = readMoment(value, now, zone);
  return moment?.isValid === true ? moment : undefined;
}

function readMoment(value: unknown, now: number, zone: string): DateTime | undefined {
  if (value === "now" || value === "today") return DateTime.fromMillis(now, { zone });
  if (typeof value === "number") return DateTime.fromSeconds(value, { zone });
  const text = String(value);
  return /^\d{4}/.test(text) ? DateTime.fromISO(text.replace(" ", "T"), { zone }) : undefined;
}

/** strftime's letters, as Liquid's users write them. */
const strftime: Readonly<Record<string, string>> = {
  Y: "yyyy",
  y: "yy",
  m: "MM",
  d: "dd",
  e: "d",
  H: "HH",
  I: "hh",
  M: "mm",
  S: "ss",
  p: "a",
  B: "LLLL",
  b: "LLL",
  A: "cccc",
  a: "ccc",
  j: "ooo",
  u: "c",
  V: "WW",
  Z: "z",
  z: "ZZZ",
  F: "yyyy-MM-dd",
  T: "HH:mm:ss",
  R: "HH:mm",
};

function formatDate(moment: DateTime, format: string): string {
  return format.replace(/%-?([A-Za-z%])/g, (whole, letter: string) => {
    if (letter === "%") return "%";
    if (letter === "s") return String(Math.floor(moment.toSeconds()));
    const token = strftime[letter];
    if (token === undefined) return whole;
    const text = moment.toFormat(token, { locale: "en" });
    return whole.startsWith("%-") ? text.replace(/^0+(?=\d)/, "") : text;
  });
}
