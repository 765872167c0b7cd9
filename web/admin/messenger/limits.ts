import type { ChannelCapabilities } from "../../../src/engine/channel-type.ts";
import type { MessageContent } from "../../../src/model/message.ts";

/** What of a message a channel cannot do as it is written. */
export type Limit =
  | { readonly kind: "text"; readonly length: number; readonly most: number }
  | { readonly kind: "buttons"; readonly count: number; readonly most: number }
  | { readonly kind: "title"; readonly title: string; readonly most: number }
  | { readonly kind: "quickReplies"; readonly count: number; readonly most: number }
  | { readonly kind: "media"; readonly media: string };

/** Lengths in UTF-16 units, as channels count them. */
export function findLimits(content: MessageContent, can: ChannelCapabilities): readonly Limit[] {
  const { text = "", buttons, quickReplies, attachments } = content;
  const limits: Limit[] = [];
  if (text.length > can.textLength) limits.push({ kind: "text", length: text.length, most: can.textLength });
  if (buttons.length > can.buttons) limits.push({ kind: "buttons", count: buttons.length, most: can.buttons });
  if (quickReplies.length > can.quickReplies) {
    limits.push({ kind: "quickReplies", count: quickReplies.length, most: can.quickReplies });
  }
  for (const { title } of buttons) {
    if (title.length > can.buttonTitleLength) limits.push({ kind: "title", title, most: can.buttonTitleLength });
  }
  for (const { kind } of attachments) if (!can.media.includes(kind)) limits.push({ kind: "media", media: kind });
  return limits;
}
