import { findByJsonPath } from "../../engine/json-path.ts";
import { toLiteral } from "../../engine/literal-text.ts";
import { parseEmail, parsePhone, parseProfileValue } from "../../engine/values.ts";
import type { ActionCall } from "../../model/action-call.ts";
import type { Json } from "../../model/field.ts";
import type { InboundMapping } from "../../model/webhook.ts";

/** Whom an inbound call means, in the order in which it is looked for. */
export interface InboundPerson {
  /** From `user_ns` (`f<bot>u<contact>`, UChat's form) or `contact_id`. */
  readonly contactId?: number | undefined;
  readonly cuid?: string | undefined;
  /** E.164. */
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
}

/** What an inbound call says, by the hook's mapping. */
export interface InboundCall {
  readonly person: InboundPerson;
  /** The actions that the mapped values come to. */
  readonly actions: readonly ActionCall[];
  /** Values that do not fit their target, as sentences; the others are kept all the same. */
  readonly problems: readonly string[];
}

type Body = Readonly<Record<string, Json>>;

/** Reads a call's body. Mapped values of the profile say who is meant as well as the names `phone` and `email` at the top do. */
export function readInboundCall(
  body: Body,
  { botId, mapping }: { readonly botId: number; readonly mapping: readonly InboundMapping[] },
): InboundCall {
  const mapped = mapping.map((one) => readMapping(body, one));
  const told = (key: "phone" | "email") => mapped.findLast(({ profile }) => profile?.key === key)?.profile?.text;
  return {
    person: {
      ...readIds(body, botId),
      phone: readWith(parsePhone, told("phone") ?? toText(body.phone)),
      email: readWith(parseEmail, told("email") ?? toText(body.email)),
    },
    actions: mapped.flatMap(({ action }) => action ?? []),
    problems: mapped.flatMap(({ problem }) => problem ?? []),
  };
}

interface Mapped {
  readonly action?: ActionCall;
  readonly problem?: string;
  readonly profile?: { readonly key: string; readonly text: string };
}

/** Nothing where the call does not say it: what there is then stays. */
function readMapping(body: Body, { path, field, variable, profile }: InboundMapping): Mapped {
  const found = findByJsonPath(body as Json, path);
  if (found.length === 0) return {};
  const value = found.length > 1 ? [...found] : (found[0] ?? null);
  if (field !== undefined) return { action: { action: "set_field", args: { field, value: literal(value) } } };
  if (variable !== undefined) return { action: { action: "set_variable", args: { variable, value: literal(value) } } };
  const text = toText(value);
  if (profile === undefined || text === undefined || text === "") return {};
  if (parseProfileValue(profile, text) === undefined) return { problem: `${path} is not a valid ${profile}` };
  return {
    action: { action: "set_profile", args: { key: profile, value: toLiteral(text) } },
    profile: { key: profile, text },
  };
}

/** The calls that give a new contact what it is known by. */
export function toContactCalls({ phone, email }: InboundPerson): ActionCall[] {
  return [
    ...(phone === undefined ? [] : [{ action: "set_profile", args: { key: "phone", value: phone } }]),
    ...(email === undefined ? [] : [{ action: "set_profile", args: { key: "email", value: toLiteral(email) } }]),
  ];
}

/** A `user_ns` of another bot names nobody here, though a contact of this one may have the same number. */
function readIds(body: Body, botId: number): Pick<InboundPerson, "contactId" | "cuid"> {
  const cuid = toText(body.cuid);
  const [, bot, contact] = /^f(\d{1,15})u(\d{1,15})$/.exec(toText(body.user_ns)?.trim() ?? "") ?? [];
  const [plain] = /^\d{1,15}$/.exec(toText(body.contact_id)?.trim() ?? "") ?? [];
  const id = Number(bot) === botId ? contact : plain;
  return { contactId: id === undefined ? undefined : Number(id), cuid: cuid === "" ? undefined : cuid };
}

function readWith(parse: (raw: string) => string | undefined, text: string | undefined): string | undefined {
  return text === undefined ? undefined : parse(text);
}

function toText(value: Json | undefined): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** Text from outside is no template. */
function literal(value: Json): Json {
  return typeof value === "string" ? toLiteral(value) : value;
}
