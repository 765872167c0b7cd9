import type { JsonSchema } from "../builder/json-schema.ts";

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
]);

/** A kind's settings, those first that have to be looked at. */
export function sortSettings(schema: JsonSchema): {
  readonly plain: readonly (readonly [string, JsonSchema])[];
  readonly rare: readonly (readonly [string, JsonSchema])[];
} {
  const entries = Object.entries(schema.properties ?? {});
  return { plain: entries.filter(([key]) => !rare.has(key)), rare: entries.filter(([key]) => rare.has(key)) };
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
