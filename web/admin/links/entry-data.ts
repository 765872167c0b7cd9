import type { z } from "zod";
import type { entryDataSchema } from "../../../src/http/contract/entry-links.ts";

type EntryDataBody = z.infer<typeof entryDataSchema>;

/** What is typed of a link's data. */
export interface DataDraft {
  readonly phone: string;
  readonly email: string;
  readonly externalId: string;
  readonly variables: readonly (readonly [string, string])[];
}

export const emptyData: DataDraft = { phone: "", email: "", externalId: "", variables: [] };

/** What was typed as the API takes it; undefined where nothing was. */
export function toEntryData({ phone, email, externalId, variables }: DataDraft): EntryDataBody | undefined {
  const texts = Object.entries({ phone, email, externalId })
    .map(([key, value]) => [key, value.trim()] as const)
    .filter(([, value]) => value !== "");
  const named = variables.map(([key, value]) => [key.trim(), value] as const).filter(([key]) => key !== "");
  if (texts.length === 0 && named.length === 0) return undefined;
  return { ...Object.fromEntries(texts), ...(named.length === 0 ? {} : { variables: Object.fromEntries(named) }) };
}

/** What the API gave, for typing. */
export function fromEntryData(data: Readonly<Record<string, unknown>> | null): DataDraft {
  const text = (key: string) => (typeof data?.[key] === "string" ? data[key] : "");
  const variables = Object.entries((data?.variables ?? {}) as Record<string, unknown>);
  return {
    phone: text("phone"),
    email: text("email"),
    externalId: text("externalId"),
    variables: variables.map(([key, value]) => [key, String(value)]),
  };
}

/** The marks by which advertising tells where people come from. */
export const utmKeys = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"] as const;

export const isUtm = (key: string): boolean => (utmKeys as readonly string[]).includes(key);

export function readVariable({ variables }: DataDraft, key: string): string {
  return variables.find(([name]) => name === key)?.[1] ?? "";
}

/** The marks that say something and have no contact field of their key; none while the fields are not known. */
export function missingFields(draft: DataDraft, fields: readonly string[] | undefined): (typeof utmKeys)[number][] {
  return utmKeys.filter((key) => readVariable(draft, key) !== "" && fields?.includes(key) === false);
}

/** With this value in its place; an empty one takes the variable out. */
export function withVariable(draft: DataDraft, key: string, value: string): DataDraft {
  const at = draft.variables.findIndex(([name]) => name === key);
  if (value === "") return { ...draft, variables: draft.variables.filter(([name]) => name !== key) };
  const entry = [key, value] as const;
  return { ...draft, variables: at === -1 ? [...draft.variables, entry] : draft.variables.with(at, entry) };
}
