import type { GraphPayload, GraphRefusal } from "./graph.ts";

interface ShownButton {
  readonly type: string;
  readonly title: string;
  readonly payload?: string;
  readonly url?: string;
}

interface Template {
  readonly template_type: string;
  readonly text?: string;
  readonly buttons?: readonly ShownButton[];
  readonly elements?: readonly {
    readonly title?: string;
    readonly image_url?: string;
    readonly buttons?: readonly ShownButton[];
  }[];
}

interface Message {
  readonly text?: string;
  readonly attachment?: { readonly type: string; readonly payload: Template & { readonly url?: string } };
  readonly quick_replies?: readonly {
    readonly content_type: string;
    readonly title: string;
    readonly payload: string;
  }[];
}

/** What of a message on Messenger or Instagram a person sees, and can press. */
export function readMetaMessage(body: GraphPayload): {
  readonly text: string;
  readonly files: readonly string[];
  readonly buttons: readonly ShownButton[];
  readonly quickReplies: readonly { readonly title: string; readonly payload: string }[];
} {
  const { text, attachment, quick_replies: quickReplies = [] } = (body.message ?? {}) as Message;
  const payload = attachment?.payload;
  const [card] = payload?.elements ?? [];
  const files = [payload?.url, card?.image_url].filter((url) => url !== undefined);
  const buttons = payload?.buttons ?? card?.buttons ?? [];
  return { text: text ?? payload?.text ?? card?.title ?? "", files, buttons, quickReplies };
}

const bad = (message: string): GraphRefusal => ({ code: 100, message: `(#100) ${message}` });

/** https://developers.facebook.com/docs/messenger-platform/reference/send-api and Instagram's twin of it. */
export function refuseMetaMessage(payload: GraphPayload, isInstagram: boolean): GraphRefusal | undefined {
  const { id } = (payload.recipient ?? {}) as { readonly id?: unknown };
  if (typeof id !== "string" || id === "") return bad("param recipient must be non-empty.");
  if ("sender_action" in payload) return undefined;
  if (!["RESPONSE", "UPDATE", "MESSAGE_TAG"].includes(String(payload.messaging_type))) {
    return bad("param messaging_type must be one of RESPONSE, UPDATE, MESSAGE_TAG");
  }
  const message = (payload.message ?? {}) as Message;
  const { text, attachment, quick_replies: replies = [] } = message;
  if ((text === undefined) === (attachment === undefined)) return bad("Message needs either text or attachment");
  if (text !== undefined && !isShort(text, isInstagram)) return bad("Length of param message[text] must be less than");
  if (replies.length > 13 || replies.some(({ title }) => title === "" || title.length > 20)) {
    return bad("Invalid keys in param quick_replies");
  }
  return attachment === undefined ? undefined : refuseAttachment(attachment);
}

const isShort = (text: string, isInstagram: boolean) =>
  text.trim() !== "" && (isInstagram ? Buffer.byteLength(text) <= 1000 : text.length <= 2000);

function refuseAttachment({ type, payload }: NonNullable<Message["attachment"]>): GraphRefusal | undefined {
  if (type !== "template") {
    if (!["image", "video", "audio", "file"].includes(type)) return bad("param attachment[type] must be one of");
    if (!URL.canParse(payload.url ?? "")) return bad("attachment[payload][url] should represent a valid URL");
    return payload.url?.endsWith("/missing") === true
      ? { code: 100, subcode: 2018008, message: "(#100) Failed to fetch the file from the url" }
      : undefined;
  }
  if (payload.template_type === "button") {
    const { text = "" } = payload;
    if (text === "" || text.length > 640) return bad("Text of a button template must have 1 to 640 characters");
    return refuseButtons(payload.buttons ?? []);
  }
  const [card, ...more] = payload.elements ?? [];
  if (payload.template_type !== "generic" || card === undefined || more.length > 9) return bad("Invalid template");
  const { title = "", buttons = [] } = card;
  return /^.{1,80}$/s.test(title) ? refuseButtons(buttons) : bad("Title must have 1 to 80 characters");
}

function refuseButtons(buttons: readonly ShownButton[]): GraphRefusal | undefined {
  const isGood = ({ type, title, payload, url = "" }: ShownButton) =>
    title !== "" &&
    title.length <= 20 &&
    (type === "postback" ? (payload ?? "") !== "" : type === "web_url" && URL.canParse(url));
  return buttons.length >= 1 && buttons.length <= 3 && buttons.every(isGood) ? undefined : bad("Invalid buttons");
}

/** 24 hours; seven days for what people write: https://developers.facebook.com/docs/messenger-platform/policy/policy-overview. */
export function isDelivered({ messaging_type: type, tag }: GraphPayload, hours: number): boolean {
  return hours < 24 || (type === "MESSAGE_TAG" && tag === "HUMAN_AGENT" && hours < 168);
}
