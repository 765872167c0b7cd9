import { byKeyAndName } from "../../../src/engine/by-key-and-name.ts";
import { parseFieldValue } from "../../../src/engine/values.ts";
import type { Contact } from "../../../src/model/contact.ts";
import type { FieldDefinition, FieldValue } from "../../../src/model/field.ts";
import { inventContact } from "../../../src/simulator/invent-contact.ts";

/** Who talks to the bot, by which kind of channel, and when. */
export interface Setup {
  /** Id of a contact that there is; absent: one is invented. */
  readonly contact: number | undefined;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly tags: readonly string[];
  /** Values as they are typed, by the fields' keys. */
  readonly fields: Readonly<Record<string, string>>;
  readonly channelKind: string;
  /** Where the clock stands at first, as an input of date and time gives it; empty: now. */
  readonly at: string;
  readonly begin: "flow" | "start" | "message";
  /** What stands in the link that opens the chat. */
  readonly payload: string;
}

export const firstSetup: Setup = {
  contact: undefined,
  name: "",
  email: "",
  phone: "",
  tags: [],
  fields: {},
  channelKind: "webchat",
  at: "",
  begin: "flow",
  payload: "",
};

/** A channel that the bot does not have in truth. */
const simulatedChannelId = 2 ** 40;

/** The contact on a channel of the chosen kind, with the channel that the play goes by. A real one that is not there gets there. */
export function placeContact(
  setup: Setup,
  real: Contact | undefined,
  bot: { readonly id: number; readonly fields: readonly FieldDefinition[] },
  at: number,
): { readonly contact: Contact; readonly channelId: number } {
  const { channelKind } = setup;
  const known = real?.identities.find((identity) => identity.channelKind === channelKind);
  if (real !== undefined && known !== undefined) return { contact: real, channelId: known.channelId };
  const channelId = simulatedChannelId;
  const invented = inventContact({ botId: bot.id, channelId, channelKind, at });
  if (real !== undefined) {
    return { contact: { ...real, identities: [...real.identities, ...invented.identities] }, channelId };
  }
  const [firstName = "", ...others] = setup.name.trim().split(/\s+/);
  const told = {
    name: setup.name.trim(),
    firstName,
    lastName: others.join(" "),
    email: setup.email,
    phone: setup.phone,
  };
  const profile = Object.fromEntries(Object.entries(told).filter(([, value]) => value.trim() !== ""));
  return {
    contact: { ...invented, profile, tags: setup.tags, fields: readFields(setup.fields, bot.fields) },
    channelId,
  };
}

/** What does not fit a field's kind is left out, as the form says beside it. */
function readFields(typed: Setup["fields"], definitions: readonly FieldDefinition[]): Record<string, FieldValue> {
  const known = byKeyAndName(definitions);
  const values: Record<string, FieldValue> = {};
  for (const [key, text] of Object.entries(typed)) {
    const kind = known.get(key)?.kind;
    const parsed = kind === undefined || text === "" ? undefined : parseFieldValue(kind, text);
    if (parsed?.ok === true) values[key] = parsed.value;
  }
  return values;
}
