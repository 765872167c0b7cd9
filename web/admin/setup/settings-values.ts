import type { JsonSchema } from "../builder/json-schema.ts";

/** `format`: what the kind says a setting is, besides its type. */
export interface SettingSchema extends JsonSchema {
  readonly format?: string;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
}

export type SettingValues = Readonly<Record<string, unknown>>;

/** What hardly anybody changes: shown when it is asked for. */
const rare = new Set([
  "secretToken",
  "username",
  "apiRoot",
  "bulkPerSecond",
  "perChatPerSecond",
  "chatBurst",
  "uncertainPolicy",
  "authority",
  "webhookSecret",
  "linkSecret",
  "linkBase",
  "unsubscribeTitle",
  "cuidField",
  "instagramId",
  "pageId",
  "pageName",
  "phone",
  "listTitle",
  "typing",
  "optOutWords",
  "optInWords",
  "optOutAnswer",
  "optInAnswer",
  "agentPauseMinutes",
  "outsidePauseMinutes",
  "groups",
  "paidBroadcast",
  "mode",
  "uri",
  "senderAvatar",
  "groupId",
  "screenName",
  "secret",
  "confirmationCode",
  "serverId",
  "attachUpTo",
  "attachImages",
  "imapHost",
  "imapPort",
  "imapTls",
  "imapUser",
  "imapPassword",
  "imapFolder",
  "imapMoveTo",
  "imapSince",
]);

/** A kind's settings, those first that have to be looked at. */
export function sortSettings(schema: SettingSchema): {
  readonly plain: readonly (readonly [string, SettingSchema])[];
  readonly rare: readonly (readonly [string, SettingSchema])[];
} {
  const entries = Object.entries(schema.properties ?? {});
  return { plain: entries.filter(([key]) => !rare.has(key)), rare: entries.filter(([key]) => rare.has(key)) };
}

/** The setting that says how messages come in, and what it is to be where nobody chose; empty: the kind leaves no choice. */
export function receivingOf(schema: SettingSchema, isReached: boolean): SettingValues {
  const entry = Object.entries(schema.properties ?? {}).find(([, { format }]) => format === "receiving");
  return entry === undefined ? {} : { [entry[0]]: isReached ? "webhook" : "polling" };
}

/** Whether messages are asked for: then nobody has to be told an address. */
export function isPolling(schema: SettingSchema, values: SettingValues): boolean {
  return Object.keys(receivingOf(schema, true)).some((key) => values[key] === "polling");
}

/** What is sent when something is made: what was left empty takes its default. */
export function toNewSettings(values: SettingValues): SettingValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value !== undefined));
}

/** What is sent when something is changed: a secret that was left empty stays as it is, anything else that was emptied takes its default again. */
export function toChangedSettings(values: SettingValues, secrets: readonly string[]): SettingValues {
  const entries = Object.entries(values).filter(([key, value]) => !(secrets.includes(key) && isEmpty(value)));
  return Object.fromEntries(entries.map(([key, value]) => [key, isEmpty(value) ? null : value]));
}

const isEmpty = (value: unknown) => value === "" || value === undefined;

/** What a form begins with: secrets are never shown. */
export function toFormValues(settings: SettingValues, secrets: readonly string[]): SettingValues {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !secrets.includes(key)));
}
