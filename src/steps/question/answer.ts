import { compilePattern } from "../../engine/pattern.ts";
import { parseEmail, parseFieldValue, parsePhone } from "../../engine/values.ts";
import type { InboundMessage } from "../../model/event.ts";
import type { FieldValue } from "../../model/field.ts";
import { type Location, locationSchema } from "../../model/message.ts";

/** What counts as an answer. */
export interface AnswerRule {
  readonly type: "text" | "number" | "email" | "phone" | "date" | "choice" | "file" | "location";
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: string | undefined;
  readonly options: readonly { readonly id: string; readonly title: string; readonly value?: string | undefined }[];
  readonly timeZone: string;
}

export type ReadAnswer =
  | { readonly ok: true; readonly value: FieldValue; readonly choice?: string }
  | { readonly ok: false };

const wrong: ReadAnswer = { ok: false };

type Reader = (rule: AnswerRule, text: string, message: InboundMessage, chosen: string | undefined) => ReadAnswer;

const readers: { readonly [T in AnswerRule["type"]]: Reader } = {
  text: (rule, text) => {
    if (text === "" || text.length < (rule.minLength ?? 0) || text.length > (rule.maxLength ?? 10_000)) return wrong;
    return { ok: true, value: text };
  },
  number: (rule, text) => {
    const parsed = parseFieldValue("number", text);
    if (!parsed.ok) return wrong;
    const value = parsed.value as number;
    return value < (rule.min ?? value) || value > (rule.max ?? value) ? wrong : { ok: true, value };
  },
  email: (_rule, text) => found(parseEmail(text)),
  // What the messenger vouches for goes before what stands beside it.
  phone: (_rule, text, { sharedPhone }) => found(parsePhone(sharedPhone ?? text)),
  date: (rule, text) => {
    const parsed = parseFieldValue("date", text, { timeZone: rule.timeZone });
    return parsed.ok ? parsed : wrong;
  },
  choice: (rule, text, _message, chosen) => {
    const said = text.toLowerCase();
    const option =
      rule.options.find(({ id }) => id === chosen) ??
      rule.options.find(({ title }) => title.trim().toLowerCase() === said) ??
      (/^\d{1,2}$/.test(said) ? rule.options[Number(said) - 1] : undefined);
    return option === undefined ? wrong : { ok: true, value: option.value ?? option.title, choice: option.id };
  },
  file: (_rule, _text, { attachments }) => found(attachments[0]?.url ?? attachments[0]?.fileId),
  location: (_rule, text, { location }) => found(toCoordinates(location, text)),
};

/** As `latitude, longitude` in degrees, however it came. */
function toCoordinates(location: Location | undefined, text: string): string | undefined {
  const [, latitude, longitude] = /^(-?\d{1,2}(?:\.\d+)?)\s*[,;]\s*(-?\d{1,3}(?:\.\d+)?)$/.exec(text) ?? [];
  const typed = { latitude: Number(latitude), longitude: Number(longitude) };
  const point = location ?? (latitude === undefined ? undefined : locationSchema.safeParse(typed).data);
  return point === undefined ? undefined : `${point.latitude}, ${point.longitude}`;
}

function found(value: string | undefined): ReadAnswer {
  return value === undefined ? wrong : { ok: true, value };
}

/** Checks an answer against the rule. `chosen` is the pressed option's id, where one was pressed. */
export function readAnswer(rule: AnswerRule, message: InboundMessage, chosen: string | undefined): ReadAnswer {
  const text = (message.text ?? "").trim();
  const read = readers[rule.type](rule, text, message, chosen);
  if (
    !read.ok ||
    rule.pattern === undefined ||
    rule.type === "choice" ||
    rule.type === "file" ||
    rule.type === "location"
  )
    return read;
  const pattern = compilePattern(rule.pattern, { ignoreCase: false });
  return pattern.ok && pattern.test(text) ? read : wrong;
}
