import { z } from "zod";
import { toLiteral } from "../../../engine/literal-text.ts";
import { toStepPayload } from "../../../engine/walk.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import type { MediaKind, MessageContent, OutgoingButton, QuickReply } from "../../../model/message.ts";
import { findStepByName } from "../../../store/flow-store.ts";
import { listMissingTags } from "../../../store/tag-store.ts";
import type { Call } from "./endpoint.ts";
import { notOffered } from "./errors.ts";
import { anyValue, listOfUpTo, text, word } from "./input.ts";
import { requireNode } from "./subscriber-flows.ts";

const buttonSchema = z.object({
  type: text(40),
  caption: text(200),
  url: text(2000).optional(),
  phone: text(60).optional(),
  target: text(200).optional(),
});
type Button = z.output<typeof buttonSchema>;
const buttons = z.array(buttonSchema).max(20).nullish();

const cardSchema = z.object({
  title: text(500),
  subtitle: text(2000).optional(),
  image_url: text(2000).optional(),
  action_url: text(2000).optional(),
  buttons,
});

const messageSchema = z.object({
  type: word(["text", "image", "audio", "video", "file", "cards"]),
  text: text().optional(),
  url: text(2000).optional(),
  elements: z.array(cardSchema).max(10).optional(),
  buttons,
});
type Message = z.output<typeof messageSchema>;

const actionSchema = z.object({
  action: word(["add_tag", "remove_tag", "set_field_value", "unset_field_value"]),
  tag_name: text(200).optional(),
  field_name: text(200).optional(),
  value: anyValue.optional(),
});
type Action = z.output<typeof actionSchema>;

/** UChat's "dynamic content", version 1: what a call sends, and what an external request may answer there. */
export const dynamicContentSchema = z.object({
  version: z.literal("v1", { error: "must be v1" }),
  content: z.object({
    messages: z.array(messageSchema).max(10).nullish(),
    actions: z.array(actionSchema).max(20).nullish(),
    quick_replies: z.array(buttonSchema).max(13).nullish(),
    goto: z.union([text(200), z.literal("")]).nullish(),
  }),
});
type Content = z.output<typeof dynamicContentSchema>["content"];

/** Dynamic content as calls of the catalogue: the actions, then the messages, then the jump. Throws what it cannot say. */
export async function toContentCalls(call: Call, botId: number, content: Content): Promise<ActionCall[]> {
  const { messages, actions, quick_replies: quickReplies, goto } = content;
  await checkTags(call, actions ?? []);
  const sent: MessageContent[] = [];
  for (const message of messages ?? []) sent.push(...(await toContents(call, botId, message)));
  await addQuickReplies(call, botId, sent, quickReplies ?? []);
  const target = goto === undefined || goto === null || goto === "" ? undefined : await findNode(call, botId, goto);
  const calls = [
    ...(actions ?? []).map(toActionCall),
    ...sent.map((content) => ({ action: "send_message", args: { content } })),
    ...(target === undefined ? [] : [{ action: "start_flow", args: { ...target } }]),
  ];
  if (calls.length === 0) throw new AppError("message.not_found", "the content has no message, no action and no goto");
  return calls as ActionCall[];
}

/** Here, unlike elsewhere in its API, UChat takes only tags that exist (docs.uchat.com.au, "Actions format"). */
async function checkTags({ db, caller }: Call, actions: readonly Action[]): Promise<void> {
  const names = actions.flatMap(({ action, tag_name }) => (action === "add_tag" ? (tag_name ?? []) : []));
  const [missing] = names.length === 0 ? [] : await listMissingTags(db, caller.workspaceId, names);
  if (missing !== undefined) throw new AppError("tag.not_found", `there is no tag "${missing}"; make it first`);
}

function toActionCall({ action, tag_name, field_name, value }: Action): ActionCall {
  const isTag = action === "add_tag" || action === "remove_tag";
  const subject = isTag ? tag_name : field_name;
  if (subject === undefined) {
    throw new AppError("request.invalid", `the action ${action} needs ${isTag ? "tag_name" : "field_name"}`);
  }
  if (isTag) return { action, args: { tag: subject } };
  if (action === "unset_field_value" || value === undefined || value === null) {
    return { action: "clear_field", args: { field: subject } };
  }
  const literal = typeof value === "string" ? toLiteral(value) : value;
  return { action: "set_field", args: { field: subject, value: literal } } as ActionCall;
}

async function toContents(call: Call, botId: number, message: Message): Promise<MessageContent[]> {
  const { type, url } = message;
  if (type === "cards") {
    if ((message.elements ?? []).length === 0) throw missing("cards", "elements");
    return await Promise.all((message.elements ?? []).map(async (card) => await toCard(call, botId, card)));
  }
  if (type === "text" && message.text === undefined) throw missing(type, "text");
  if (type !== "text" && url === undefined) throw missing(type, "url");
  const kind: MediaKind | undefined = type === "text" ? undefined : type;
  const attachments = kind === undefined || url === undefined ? [] : [{ kind, url }];
  return [await withButtons(call, botId, { text: message.text, attachments }, message.buttons ?? [])];
}

const missing = (type: string, key: string) =>
  new AppError("request.invalid", `a message of the type ${type} needs ${key}`);

/** Cards come one message each. */
async function toCard(call: Call, botId: number, card: z.output<typeof cardSchema>): Promise<MessageContent> {
  const { title, subtitle, image_url: image, action_url: page } = card;
  const content = {
    text: [title, subtitle].filter((line) => line !== undefined).join("\n"),
    attachments: image === undefined ? [] : [{ kind: "image" as const, url: image }],
  };
  const opening = page === undefined ? [] : [{ type: "url", caption: title, url: page }];
  return await withButtons(call, botId, content, [...(card.buttons ?? []), ...opening]);
}

async function withButtons(
  call: Call,
  botId: number,
  content: Pick<MessageContent, "text" | "attachments">,
  given: readonly Button[],
): Promise<MessageContent> {
  const lines = content.text === undefined ? [] : [content.text];
  const made: OutgoingButton[] = [];
  for (const button of given) {
    // No messenger of ours has a button that dials.
    if (button.type === "call") lines.push(`${button.caption}: ${button.phone ?? ""}`);
    else made.push(await toButton(call, botId, button));
  }
  const { attachments } = content;
  const shown = lines.length === 0 ? {} : { text: toLiteral(lines.join("\n")) };
  return { ...shown, attachments, buttons: made, quickReplies: [] };
}

async function toButton(call: Call, botId: number, button: Button): Promise<OutgoingButton> {
  const { type, caption: title, url, target } = button;
  if (type === "url" && url !== undefined) return { type: "url", title, url };
  if (type === "node" && target !== undefined) {
    const { flow, step } = await findNode(call, botId, target);
    return { type: "press", title, payload: toStepPayload(flow, step) };
  }
  if (type === "dynamic_block_callback") {
    throw notOffered("buttons of the type dynamic_block_callback are not offered; use a flow with an external request");
  }
  throw new AppError("request.invalid", `the button "${title}" needs the type url with a url, or node with a target`);
}

/** Quick replies stand under the last message; one that opens a page is a button there. */
async function addQuickReplies(call: Call, botId: number, sent: MessageContent[], replies: readonly Button[]) {
  const last = sent.pop();
  if (last === undefined) {
    if (replies.length === 0) return;
    throw new AppError("request.invalid", "quick replies need a message to stand under");
  }
  const made = await Promise.all(replies.map(async (reply) => await toButton(call, botId, reply)));
  const pages = made.filter(({ type }) => type === "url");
  const quickReplies = made.flatMap((button): QuickReply[] =>
    button.type === "press" ? [{ title: button.title, payload: button.payload }] : [],
  );
  sent.push({ ...last, buttons: [...last.buttons, ...pages], quickReplies });
}

/** A node by ns or by its name, in the subscriber's bot. */
async function findNode(call: Call, botId: number, nameOrNs: string) {
  if (/^f\d+n\d+$/.test(nameOrNs)) return await requireNode(call, botId, nameOrNs);
  const found = await findStepByName(call.db, botId, nameOrNs);
  if (found === undefined) {
    throw new AppError("door.unknown_id", `no published flow of the bot has a node "${nameOrNs}"`);
  }
  return found;
}

/** The body's `data` of send-content. */
export const contentInput = z.object({ user_ns: text(60), data: dynamicContentSchema });

/** Plain messages: what send-text sends. */
export function toTextCall(content: string): ActionCall {
  return { action: "send_message", args: { content: toLiteral(content) } };
}

/** For lists of mids. */
export const midsInput = z.object({ mids: listOfUpTo(100, text(200)) });
