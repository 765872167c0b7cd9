import type { FieldValue } from "../model/field.ts";
import type { EntryData, EntryLink } from "../model/flow.ts";
import { DraftContext } from "./contact-context.ts";
import type { Draft } from "./draft.ts";
import { decodeEntryPayload } from "./entry-payload.ts";
import { findTriggers, type Triggered } from "./triggers.ts";
import { parseEmail, parseFieldValue, parsePhone } from "./values.ts";

/**
 * What a link's payload brings (requirements/002): a plain key becomes `clientExternalId`; encoded data fills phone, e-mail, external id
 * and variables; the ref of one of our entry links names that link and the data stored with it. Returns the flow that the
 * link, or an `entry_link` trigger, starts.
 */
export function enterByLink(draft: Draft, payload: string): Triggered | undefined {
  const known = draft.bot.entryLinks.get(payload);
  const decoded = known === undefined ? decodeEntryPayload(payload) : { data: {} };
  const sent: EntryData = "data" in decoded ? decoded.data : { externalId: decoded.plain };
  const link =
    known ?? (sent.link === undefined ? findCarrying(draft.bot, payload) : draft.bot.entryLinks.get(sent.link));
  const variables = { ...link?.data?.variables, ...sent.variables };
  apply(draft, { ...definedOnly(link?.data), ...definedOnly(sent) }, variables);
  draft.contact = { ...draft.contact, entry: { link: link?.ref, payload, at: draft.event.at, variables } };
  draft.facts.push({ kind: "entry", payload, ...(link === undefined ? {} : { link: link.ref }) });
  return flowOf(draft, link);
}

/** The link that was made with this very payload. It started nothing and kept nothing then, so that it does not name itself; meanwhile it may, and flows may ask for it. Of several the newest. */
function findCarrying({ entryLinks }: Draft["bot"], payload: string): EntryLink | undefined {
  return [...entryLinks.values()].findLast((link) => link.payload === payload);
}

/**
 * The payload of an entry link, where the text is one and the channel's links only fill in what the person then sends (WhatsApp: https://wa.me/NUMBER?text=PAYLOAD). Undefined: the text is a
 * text. A key that is no link's is what anybody might type, and stays one.
 */
export function findTypedEntry({ bot, channelId }: Pick<Draft, "bot" | "channelId">, text: string): string | undefined {
  const kind = channelId === undefined ? undefined : bot.channels.get(channelId);
  if (kind === undefined || bot.channelRules?.get(kind)?.typedEntry !== true) return undefined;
  const said = text.trim();
  if (said === "" || /\s/.test(said)) return undefined;
  const isLink = bot.entryLinks.has(said) || [...bot.entryLinks.values()].some(({ payload }) => payload === said);
  return isLink || "data" in decodeEntryPayload(said) ? said : undefined;
}

function definedOnly(data: EntryData | undefined): EntryData {
  return Object.fromEntries(Object.entries(data ?? {}).filter(([, value]) => value !== undefined));
}

function apply(draft: Draft, data: EntryData, variables: Readonly<Record<string, FieldValue>>): void {
  const context = new DraftContext(draft);
  const phone = data.phone === undefined ? undefined : parsePhone(data.phone);
  const email = data.email === undefined ? undefined : parseEmail(data.email);
  if (phone !== undefined) context.setProfile("phone", phone);
  if (email !== undefined) context.setProfile("email", email);
  if (data.externalId !== undefined) context.setProfile("clientExternalId", data.externalId);
  if ((data.phone !== undefined && phone === undefined) || (data.email !== undefined && email === undefined)) {
    context.error("entry.bad_value", "the link's phone or e-mail is not one; it was left out");
  }
  for (const [key, value] of Object.entries(variables)) setSameNamedField(draft, key, value);
}

/** A variable of the link whose name is a contact field's fills that field too, so that it stays when the next link comes. */
function setSameNamedField(draft: Draft, key: string, value: FieldValue): void {
  const field = draft.bot.fields.get(key);
  if (field === undefined) return;
  const context = new DraftContext(draft);
  const parsed = parseFieldValue(field.kind, value);
  if (parsed.ok) context.setField(field.key, parsed.value);
  else context.error("entry.bad_value", `the link's "${key}" does not fit the field: ${parsed.message}`);
}

function flowOf(draft: Draft, link: EntryLink | undefined): Triggered | undefined {
  const channelKind = draft.channelId === undefined ? undefined : draft.bot.channels.get(draft.channelId);
  const named = link?.flow === undefined ? undefined : draft.bot.flows.get(link.flow);
  if (named !== undefined) {
    // A step that is gone meanwhile means the first one: whoever opens the link is answered.
    const step = link?.step !== undefined && named.steps.has(link.step) ? link.step : undefined;
    return { flow: named, step, trigger: { kind: "entry_link", link: link?.ref } };
  }
  const triggers = findTriggers(
    draft.bot,
    "entry_link",
    channelKind,
    (trigger) => trigger.link === undefined || trigger.link === link?.ref,
  );
  // A trigger for this very link goes before one for any link.
  return triggers.find(({ trigger }) => trigger.kind === "entry_link" && trigger.link !== undefined) ?? triggers[0];
}
