import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js";
import { DateTime, IANAZone } from "luxon";
import type { ProfileKey } from "../model/contact.ts";
import type { FieldKind, FieldValue, Json } from "../model/field.ts";
import { type Sentence, say } from "../model/sentence.ts";

/** A value of the wanted kind, or why the raw one is none. */
export type ParsedValue = { readonly ok: true; readonly value: FieldValue } | ({ readonly ok: false } & Sentence);

interface ParseOptions {
  /** IANA zone in which a date-time without an offset is meant; default UTC. */
  readonly timeZone?: string | undefined;
}

type Parser = (raw: unknown, options: ParseOptions) => ParsedValue;

const good = (value: FieldValue): ParsedValue => ({ ok: true, value });
const bad = (sentence: Sentence): ParsedValue => ({ ok: false, ...sentence });

const longestText = 20_000;

const parsers: { readonly [K in FieldKind]: Parser } = {
  text: (raw) => {
    const text = toText(raw);
    if (text === undefined) return bad(say`has to be a text`);
    return text.length > longestText ? bad(say`may have ${{ longest: longestText }} characters at most`) : good(text);
  },
  number: (raw) => {
    if (typeof raw === "number") return Number.isFinite(raw) ? good(raw) : bad(say`has to be a number`);
    const plain = toPlainNumber(toText(raw) ?? "");
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(plain) && Number.isFinite(Number(plain))
      ? good(Number(plain))
      : bad(say`has to be a number`);
  },
  boolean: (raw) => {
    if (typeof raw === "boolean") return good(raw);
    const word = toText(raw)?.trim().toLowerCase() ?? "";
    if (["true", "yes", "y", "1", "on", "да"].includes(word)) return good(true);
    return ["false", "no", "n", "0", "off", "нет"].includes(word) ? good(false) : bad(say`has to be yes or no`);
  },
  date: (raw, options) => {
    const moment = parseMoment(raw, options);
    return moment === undefined ? bad(say`has to be a date such as 2026-12-31`) : good(moment.toFormat("yyyy-MM-dd"));
  },
  datetime: (raw, options) => {
    const moment = parseMoment(raw, options);
    return moment === undefined
      ? bad(say`has to be a date and time such as 2026-12-31T18:00`)
      : good(moment.toUTC().toISO() ?? "");
  },
  list: (raw) => {
    const list = Array.isArray(raw) ? raw : parseListText(toText(raw));
    return list === undefined ? bad(say`has to be a list`) : good(list as Json[]);
  },
  json: (raw) => {
    if (typeof raw !== "string")
      return raw === null || raw === undefined ? bad(say`has to be JSON`) : good(raw as FieldValue);
    try {
      const value = JSON.parse(raw) as Json;
      return value === null ? bad(say`null stands for no value; clear the field instead`) : good(value);
    } catch {
      return bad(say`has to be JSON`);
    }
  },
};

/** Reads a value as people and their scripts write it, in the kind's stored form (`model/field.ts`). */
export function parseFieldValue(kind: FieldKind, raw: unknown, options: ParseOptions = {}): ParsedValue {
  return parsers[kind](raw, options);
}

/** "1 234,5" as people type it: spaces group, a single comma is the decimal sign. Commas before a point or among each other group: "1,234.5". */
function toPlainNumber(text: string): string {
  const tight = text.replace(/[\s\u00a0\u202f]/g, "").replace(/^\u2212/, "-");
  if (/^[+-]?\d+,\d+$/.test(tight)) return tight.replace(",", ".");
  return /^[+-]?\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,})$/.test(tight) ? tight.replaceAll(",", "") : tight;
}

function toText(raw: unknown): string | undefined {
  if (typeof raw === "string") return raw;
  if (typeof raw === "number" || typeof raw === "boolean") return String(raw);
  return typeof raw === "object" && raw !== null ? JSON.stringify(raw) : undefined;
}

const dayFirst = ["d.M.yyyy", "d.M.yyyy H:mm", "d.M.yyyy H:mm:ss", "d/M/yyyy"] as const;

function parseMoment(raw: unknown, { timeZone = "UTC" }: ParseOptions): DateTime<true> | undefined {
  const text = toText(raw)?.trim() ?? "";
  // Digits alone are Unix time, in seconds or (13 digits) milliseconds.
  if (/^\d{9,10}$|^\d{13}$/.test(text)) {
    return valid(DateTime.fromMillis(Number(text) * (text.length === 13 ? 1 : 1000), { zone: timeZone }));
  }
  const iso = DateTime.fromISO(text.replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, "$1T"), { zone: timeZone });
  if (/^\d{4}-/.test(text)) return valid(iso);
  return dayFirst.map((format) => valid(DateTime.fromFormat(text, format, { zone: timeZone }))).find(Boolean);
}

function valid(moment: DateTime): DateTime<true> | undefined {
  return moment.isValid ? (moment as DateTime<true>) : undefined;
}

function parseListText(text: string | undefined): unknown[] | undefined {
  if (text === undefined) return undefined;
  if (text.trim().startsWith("[")) {
    try {
      const list: unknown = JSON.parse(text);
      if (Array.isArray(list)) return list;
    } catch {
      // Not JSON after all: a list of words that begins with a bracket.
    }
  }
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** A value as a message shows it. */
export function formatValue(value: FieldValue | undefined): string {
  if (value === undefined) return "";
  if (Array.isArray(value))
    return value.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * A phone number in E.164 form. Numbers without a plus are tried with one (`79000000000`), then as of the given country. Undefined: not
 * a number that can exist.
 */
export function parsePhone(raw: string, country?: CountryCode): string | undefined {
  const text = raw.trim();
  if (text.length > 40) return undefined;
  const candidates = [
    text.startsWith("+") ? parsePhoneNumberFromString(text) : parsePhoneNumberFromString(`+${text.replace(/^00/, "")}`),
    country === undefined ? undefined : parsePhoneNumberFromString(text, country),
    // Russia's inner prefix, as most of the field's customers type it.
    /^8\D*9(\D*\d){9}\D*$/.test(text) ? parsePhoneNumberFromString(text, "RU") : undefined,
  ];
  return candidates.find((candidate) => candidate?.isPossible() && candidate.isValid())?.number;
}

/** An e-mail address, trimmed, its domain in small letters. Undefined: not one that mail could go to. */
export function parseEmail(raw: string): string | undefined {
  const text = raw.trim();
  const at = text.lastIndexOf("@");
  const [local, domain] = [text.slice(0, at), text.slice(at + 1).toLowerCase()];
  const labels = domain.split(".");
  const isDomain =
    labels.length > 1 && labels.every((label) => /^[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u.test(label));
  return at > 0 && text.length <= 254 && local.length <= 64 && isDomain && /^[^\s@<>()[\],;:"\\]+$/.test(local)
    ? `${local}@${domain}`
    : undefined;
}

/** An IANA time zone name that this machine knows, or undefined. */
export function parseTimeZone(raw: string): string | undefined {
  const name = raw.trim();
  return IANAZone.isValidZone(name) ? name : undefined;
}

/** Profile values that have a form of their own; the others are any text. */
const profileReaders: { readonly [K in ProfileKey]?: (raw: string) => string | undefined } = {
  email: parseEmail,
  phone: (raw) => parsePhone(raw),
  timeZone: parseTimeZone,
  language: (raw) => (/^[a-z]{2,3}([-_][a-z0-9]{2,8})*$/i.test(raw) ? raw.replaceAll("_", "-") : undefined),
};

/** A value of the profile, trimmed and in its stored form (phone in E.164, language as BCP 47 writes it). Undefined: not one. */
export function parseProfileValue(key: ProfileKey, raw: string): string | undefined {
  const text = raw.trim();
  const read = profileReaders[key];
  if (text === "" || text.length > 2000) return undefined;
  return read === undefined ? text : read(text);
}
