import { z } from "zod";
import type { ActionCall } from "../model/action-call.ts";
import type { MessageContent, OutgoingButton, QuickReply } from "../model/message.ts";
import { toLiteral, toLiteralParts } from "./literal-text.ts";
import { toStepPayload } from "./walk.ts";

const text = (longest = 20_000) =>
  z
    .union([z.string(), z.number(), z.boolean()], { error: "must be a string" })
    .transform(String)
    .pipe(z.string().trim().min(1, "is required").max(longest, `must not be longer than ${longest} characters`));
/** Absent, null and empty are the same: that is how other systems leave something out. */
const optional = (longest?: number) =>
  z.preprocess((given) => (given === "" || given === null ? undefined : given), text(longest).optional());
const word = <const Words extends readonly [string, ...string[]]>(words: Words) => {
  const error = `must be one of ${words.join(", ")}`;
  return z
    .string({ error })
    .transform((given) => given.trim().toLowerCase())
    .pipe(z.enum(words, { error }));
};

const buttonSchema = z.object({
  type: text(40),
  caption: text(200),
  url: optional(2000),
  phone: optional(60),
  target: optional(200),
});
type Button = z.output<typeof buttonSchema>;
const buttons = z.array(buttonSchema).max(20).nullish();

const cardSchema = z.object({
  title: text(500),
  subtitle: optional(2000),
  image_url: optional(2000),
  action_url: optional(2000),
  buttons,
});

const messageSchema = z.object({
  type: word(["text", "image", "audio", "video", "file", "cards"]),
  text: optional(),
  url: optional(2000),
  elements: z.array(cardSchema).max(10).nullish(),
  buttons,
});
type Message = z.output<typeof messageSchema>;

const actionSchema = z.object({
  action: word(["add_tag", "remove_tag", "set_field_value", "unset_field_value"]),
  tag_name: optional(200),
  field_name: optional(200),
  value: z.json().optional(),
});
type Action = z.output<typeof actionSchema>;

/** UChat's "dynamic content", version 1: what its send-content call sends, and what an external request may answer (WIRE-FORMATS 1.4). */
export const dynamicContentSchema = z.object({
  version: z.literal("v1", { error: "must be v1" }),
  content: z.object({
    messages: z.array(messageSchema).max(10).nullish(),
    actions: z.array(actionSchema).max(20).nullish(),
    quick_replies: z.array(buttonSchema).max(13).nullish(),
    goto: optional(200),
  }),
});
export type DynamicContent = z.output<typeof dynamicContentSchema>["content"];

/** Something that cannot be done, with the code that doors answer. */
export interface ContentProblem {
  readonly code: "request.invalid" | "door.unknown_id" | "door.not_offered" | "tag.not_found";
  readonly message: string;
}

/** What is known about the bot. A node is named by its ns, its name or its ref. */
export interface ContentLookup {
  findNode(nameOrNs: string): { readonly flow: string; readonly step: string } | undefined;
  hasTag(name: string): boolean;
}

/** The nodes that the content names, for whoever has to look them up first. */
export function listNodeNames({ messages, quick_replies: replies, goto }: DynamicContent): string[] {
  const inMessages = (messages ?? []).flatMap(({ buttons, elements }) => [
    ...(buttons ?? []),
    ...(elements ?? []).flatMap((card) => card.buttons ?? []),
  ]);
  const targets = [...inMessages, ...(replies ?? [])].flatMap(({ type, target }) => (type === "node" ? target : []));
  return [...new Set([...targets, goto].filter((name) => name !== undefined))];
}

/** Dynamic content as calls of the catalogue (the actions, then the messages, then the jump), and what of it cannot be said. */
export function toContentCalls(
  content: DynamicContent,
  lookup: ContentLookup,
): { readonly calls: readonly ActionCall[]; readonly problems: readonly ContentProblem[] } {
  const problems: ContentProblem[] = [];
  const translation = createTranslation(lookup, (code, message) => void problems.push({ code, message }));
  const { messages, actions, quick_replies: quickReplies, goto } = content;
  const acts = (actions ?? []).flatMap((action) => translation.toActionCall(action) ?? []);
  const sent = (messages ?? []).flatMap((message) => translation.toContents(message));
  const told = translation.withQuickReplies(sent, quickReplies ?? []);
  const target = goto === undefined ? undefined : translation.findNode(goto);
  const calls = [
    ...acts,
    ...told.map(
      (content): ActionCall => ({ action: "send_message", args: { content: toLiteralParts(content) } as never }),
    ),
    ...(target === undefined ? [] : [{ action: "start_flow", args: { ...target } }]),
  ];
  return { calls, problems };
}

function createTranslation(lookup: ContentLookup, complain: (code: ContentProblem["code"], message: string) => void) {
  function findNode(nameOrNs: string) {
    const found = lookup.findNode(nameOrNs);
    if (found === undefined) complain("door.unknown_id", `no published flow of the bot has a node "${nameOrNs}"`);
    return found;
  }

  function toActionCall({ action, tag_name, field_name, value }: Action): ActionCall | undefined {
    const isTag = action === "add_tag" || action === "remove_tag";
    const subject = isTag ? tag_name : field_name;
    if (subject === undefined) {
      complain("request.invalid", `the action ${action} needs ${isTag ? "tag_name" : "field_name"}`);
      return undefined;
    }
    // Here, unlike elsewhere in its API, UChat takes only tags that exist (docs.uchat.com.au, "Actions format").
    if (action === "add_tag" && !lookup.hasTag(subject)) {
      complain("tag.not_found", `there is no tag "${subject}"; make it first`);
      return undefined;
    }
    if (isTag) return { action, args: { tag: subject } };
    if (action === "unset_field_value" || value === undefined || value === null) {
      return { action: "clear_field", args: { field: subject } };
    }
    const literal = typeof value === "string" ? toLiteral(value) : value;
    return { action: "set_field", args: { field: subject, value: literal } } as ActionCall;
  }

  function toContents({ type, url, text: said, elements, buttons: given }: Message): MessageContent[] {
    if (type === "cards") {
      const cards = elements ?? [];
      if (cards.length === 0) complain("request.invalid", "a message of the type cards needs elements");
      // One message each.
      return cards.map(toCard);
    }
    const attachments = type === "text" || url === undefined ? [] : [{ kind: type, url }];
    if (type === "text" ? said === undefined : attachments.length === 0) {
      complain("request.invalid", `a message of the type ${type} needs ${type === "text" ? "text" : "url"}`);
      return [];
    }
    return [withButtons({ text: said, attachments }, given ?? [])];
  }

  function toCard(card: z.output<typeof cardSchema>): MessageContent {
    const { title, subtitle, image_url: image, action_url: page } = card;
    const content = {
      text: [title, subtitle].filter((line) => line !== undefined).join("\n"),
      attachments: image === undefined ? [] : [{ kind: "image" as const, url: image }],
    };
    const opening: Button[] =
      page === undefined ? [] : [{ type: "url", caption: title, url: page, phone: undefined, target: undefined }];
    return withButtons(content, [...(card.buttons ?? []), ...opening]);
  }

  function withButtons(content: Pick<MessageContent, "text" | "attachments">, given: readonly Button[]) {
    const lines = content.text === undefined ? [] : [content.text];
    const made: OutgoingButton[] = [];
    for (const button of given) {
      // No messenger of ours has a button that dials.
      if (button.type === "call") lines.push(`${button.caption}: ${button.phone ?? ""}`);
      else made.push(...toButton(button));
    }
    const { attachments } = content;
    const shown = lines.length === 0 ? {} : { text: toLiteral(lines.join("\n")) };
    return { ...shown, attachments, buttons: made, quickReplies: [] };
  }

  function toButton({ type, caption: title, url, target }: Button): OutgoingButton[] {
    if (type === "url" && url !== undefined) return [{ type: "url", title, url }];
    if (type === "node" && target !== undefined) {
      const found = findNode(target);
      return found === undefined ? [] : [{ type: "press", title, payload: toStepPayload(found.flow, found.step) }];
    }
    if (type === "dynamic_block_callback") {
      const sentence =
        "buttons of the type dynamic_block_callback are not offered; use a flow with an external request";
      complain("door.not_offered", sentence);
    } else {
      complain("request.invalid", `the button "${title}" needs the type url with a url, or node with a target`);
    }
    return [];
  }

  /** They stand under the last message; one that opens a page is a button there. */
  function withQuickReplies(sent: readonly MessageContent[], replies: readonly Button[]): readonly MessageContent[] {
    const last = sent.at(-1);
    if (replies.length === 0) return sent;
    if (last === undefined) {
      complain("request.invalid", "quick replies need a message to stand under");
      return sent;
    }
    const made = replies.flatMap(toButton);
    const pages = made.filter(({ type }) => type === "url");
    const quickReplies = made.flatMap((button): QuickReply[] =>
      button.type === "press" ? [{ title: button.title, payload: button.payload }] : [],
    );
    return [...sent.slice(0, -1), { ...last, buttons: [...last.buttons, ...pages], quickReplies }];
  }

  return { findNode, toActionCall, toContents, withQuickReplies };
}
