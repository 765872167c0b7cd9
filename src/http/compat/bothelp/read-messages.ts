import { toLiteral, toLiteralParts } from "../../../engine/literal-text.ts";
import { AppError } from "../../../model/app-error.ts";
import type { MediaKind, MessageContent } from "../../../model/message.ts";

/** As many as one call may hold. */
const mostMessages = 50;
const longestText = 20_000;

/** What callers name the kinds of files. */
const mediaKindsByName: Readonly<Record<string, MediaKind>> = {
  image: "image",
  photo: "image",
  picture: "image",
  video: "video",
  audio: "audio",
  voice: "voice",
  file: "file",
  document: "file",
};

/**
 * The messages of a body, in the three forms that BotHelp's callers use: `[{"content":"text"}]` (its SDK), the same as `application/vnd.api+json`, and
 * `{"data":{"content":["text",{"type":"image","url":"…"}]}}`. A text is a text, no template. Throws `request.invalid`.
 */
export function readMessages(body: unknown): readonly MessageContent[] {
  const messages = readBlocks(unwrap(body));
  if (messages.length > mostMessages) {
    throw new AppError("request.invalid", `a call may hold ${mostMessages} messages at most`);
  }
  if (messages.length === 0) throw notUnderstood("the body holds no message");
  return messages;
}

function unwrap(body: unknown): unknown {
  return isRecord(body) && body.data !== undefined && body.content === undefined ? body.data : body;
}

/** A list of blocks, a block that wraps further ones under `content`, or a block itself; not deeper than callers nest them. */
function readBlocks(blocks: unknown, depth = 0): MessageContent[] {
  if (depth > 4) throw notUnderstood("the message is nested too deeply");
  if (Array.isArray(blocks)) return blocks.flatMap((block: unknown) => readBlocks(block, depth + 1));
  if (typeof blocks === "string") return [readText(blocks)];
  if (!isRecord(blocks)) throw notUnderstood("a message has to be a text or an object");
  const { type, content } = blocks;
  if (content !== undefined && (type === undefined || typeof content !== "string"))
    return readBlocks(content, depth + 1);
  return [readBlock(blocks)];
}

function readBlock(block: Readonly<Record<string, unknown>>): MessageContent {
  const text = firstText(block, ["text", "message", "content", "caption"]);
  const type = typeof block.type === "string" ? block.type.toLowerCase() : undefined;
  if (type === undefined || type === "text") {
    if (text === undefined) throw notUnderstood("a text message needs content or text");
    return readText(text);
  }
  const kind = Object.hasOwn(mediaKindsByName, type) ? mediaKindsByName[type] : undefined;
  if (kind === undefined) {
    const known = ["text", ...Object.keys(mediaKindsByName)].join(", ");
    throw notUnderstood(`there is no message type "${type.slice(0, 40)}"; there are ${known}`);
  }
  const url = firstText(block, ["url", "link", "src", "file"]);
  if (url === undefined || !isWebAddress(url))
    throw notUnderstood(`a message of type ${type} needs a url with http or https`);
  const attachment = { kind, url, ...nameOf(block) };
  return { ...(text === undefined ? {} : readText(text)), ...toLiteralParts({ ...empty, attachments: [attachment] }) };
}

const empty: Omit<MessageContent, "text"> = { attachments: [], buttons: [], quickReplies: [] };

function readText(text: string): MessageContent {
  if (text.trim() === "") throw notUnderstood("a message's text is empty");
  if (text.length > longestText) throw notUnderstood(`a message's text may have ${longestText} characters at most`);
  return { ...empty, attachments: [], buttons: [], quickReplies: [], text: toLiteral(text) };
}

function nameOf({ name, filename }: Readonly<Record<string, unknown>>): { name?: string } {
  const found = [name, filename].find((one) => typeof one === "string" && one !== "");
  return typeof found === "string" ? { name: found.slice(0, 200) } : {};
}

function firstText(block: Readonly<Record<string, unknown>>, keys: readonly string[]): string | undefined {
  return keys.map((key) => block[key]).find((value) => typeof value === "string" && value !== "") as string | undefined;
}

function isWebAddress(url: string): boolean {
  return url.length <= 4000 && /^https?:\/\//i.test(url) && URL.canParse(url);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notUnderstood(what: string): AppError {
  return new AppError("request.invalid", `${what}; send for example [{"content":"Hello"}]`);
}
