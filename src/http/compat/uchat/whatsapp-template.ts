import { z } from "zod";
import { toLiteral } from "../../../engine/literal-text.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import type { MessageTemplate } from "../../../model/message.ts";
import { invalid, notOffered } from "./errors.ts";
import { text } from "./input.ts";

/** UChat asks for a namespace too; the template is known by its name and language alone. */
export const whatsappTemplateInput = z.looseObject({
  namespace: text(200).optional(),
  name: text(512),
  lang: text(20),
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});

const headerKinds = { TEXT: "text", IMAGE: "image", VIDEO: "video", DOCUMENT: "file", FILE: "file" } as const;
const isHeader = (name: string): name is keyof typeof headerKinds => Object.hasOwn(headerKinds, name);

/** The call that sends an approved template: on the subscriber's latest channel that has such. `params` as UChat names them: `HEADER_IMAGE`, `BODY_{{1}}`, `URL_1`. */
export function toTemplateCall({ name, lang, params }: z.output<typeof whatsappTemplateInput>): ActionCall {
  const body: string[] = [];
  const urls: { index: number; value: string }[] = [];
  let header: MessageTemplate["header"];
  for (const [key, given] of Object.entries(params)) {
    const value = toLiteral(String(given));
    const [, part = "", which = ""] = /^(HEADER|BODY|URL|QUICK_REPLY)_(.+)$/.exec(key) ?? [];
    const number = Number(which.replace(/^\{\{\s*(\d+)\s*\}\}$/, "$1"));
    const isCounted = Number.isInteger(number) && number >= 1 && number <= 30;
    if (part === "HEADER" && isHeader(which)) header = { kind: headerKinds[which], value };
    else if (part === "HEADER" && isCounted) header = { kind: "text", value };
    else if (part === "BODY" && isCounted) body[number - 1] = value;
    else if (part === "URL" && isCounted) urls.push({ index: number - 1, value });
    else if (part === "QUICK_REPLY") {
      throw notOffered("a template's quick reply comes back as its words: give the flow a keyword trigger instead");
    } else throw invalid(`content.params.${key}`, "is no parameter of a template");
  }
  const gap = Array.from(body).indexOf(undefined as never);
  if (gap !== -1) throw invalid(`content.params.BODY_{{${gap + 1}}}`, "is required");
  const template = { name, language: lang, body, urls, ...(header === undefined ? {} : { header }) };
  const content = { attachments: [], buttons: [], quickReplies: [], template };
  return { action: "send_message", args: { content } as never };
}
