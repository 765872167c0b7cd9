import { z } from "zod";
import { toLiteral } from "../../../engine/literal-text.ts";
import { toStepPayload } from "../../../engine/walk.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import type { MessageTemplate, OutgoingButton } from "../../../model/message.ts";
import type { Call } from "./endpoint.ts";
import { invalid } from "./errors.ts";
import { text } from "./input.ts";
import { requireStart } from "./subscriber-flows.ts";

/** UChat asks for a namespace too; the template is known by its name and language alone. PHP writes an empty object as a list. */
export const whatsappTemplateInput = z.looseObject({
  namespace: text(200).optional(),
  name: text(512),
  lang: text(20),
  params: z
    .preprocess(
      (given) => (given === null || (Array.isArray(given) && given.length === 0) ? undefined : given),
      z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    )
    .transform((params = {}) => params)
    .meta({ shownAs: { type: "object", additionalProperties: { type: "string" } } }),
});

const headerKinds = { TEXT: "text", IMAGE: "image", VIDEO: "video", DOCUMENT: "file", FILE: "file" } as const;
const isHeader = (name: string): name is keyof typeof headerKinds => Object.hasOwn(headerKinds, name);

/** What `params` say, in the words of a template; `replies`: sub flows' ns, "" where none was named. */
interface Parts {
  readonly body: string[];
  readonly urls: { index: number; value: string }[];
  readonly replies: string[];
  header?: MessageTemplate["header"];
}

/** `params` as UChat names them: `HEADER_IMAGE`, `BODY_{{1}}`, `URL_1`, `QUICK_REPLY_1`. Throws what is none of these. */
function readParams(params: Readonly<Record<string, string | number>>): Parts {
  const parts: Parts = { body: [], urls: [], replies: [] };
  for (const [key, given] of Object.entries(params)) {
    const value = toLiteral(String(given));
    const [, part = "", which = ""] = /^(HEADER|BODY|URL|QUICK_REPLY)_(.+)$/.exec(key) ?? [];
    const number = Number(which.replace(/^\{\{\s*(\d+)\s*\}\}$/, "$1"));
    const isCounted = Number.isInteger(number) && number >= 1 && number <= (part === "QUICK_REPLY" ? 10 : 30);
    if (part === "HEADER" && isHeader(which)) parts.header = { kind: headerKinds[which], value };
    else if (!isCounted) throw invalid(`content.params.${key}`, "is no parameter of a template");
    else if (part === "HEADER") parts.header = { kind: "text", value };
    else if (part === "BODY") parts.body[number - 1] = value;
    else if (part === "URL") parts.urls.push({ index: number - 1, value });
    else parts.replies[number - 1] = String(given).trim();
  }
  const gap = Array.from(parts.body).indexOf(undefined as never);
  if (gap !== -1) throw invalid(`content.params.BODY_{{${gap + 1}}}`, "is required");
  return parts;
}

/**
 * The call that sends an approved template: on the subscriber's latest channel that has such, else to their phone. A quick reply's parameter is the sub flow that begins when it is
 * pressed; one without says its words.
 */
export async function toTemplateCall(
  call: Call,
  botId: number,
  { name, lang, params }: z.output<typeof whatsappTemplateInput>,
): Promise<ActionCall> {
  const { body, urls, header, replies } = readParams(params);
  const buttons: OutgoingButton[] = [];
  for (const subFlowNs of Array.from(replies, (one: string | undefined) => one ?? "")) {
    buttons.push(await toPress(call, botId, subFlowNs));
  }
  const template = { name, language: lang, body, urls, ...(header === undefined ? {} : { header }) };
  const content = { attachments: [], buttons, quickReplies: [], template };
  return { action: "send_message", args: { content, byPhone: true } as never };
}

/** A press that begins a sub flow, called by its name, since nobody but Meta knows the button's words. */
async function toPress(call: Call, botId: number, subFlowNs: string): Promise<OutgoingButton> {
  if (subFlowNs === "") return { type: "press", title: "…", payload: "" };
  const { ref, name, start } = await requireStart(call, botId, subFlowNs);
  return { type: "press", title: name, payload: toStepPayload(ref, start) };
}
