import type { ChannelRules } from "../model/channel-rules.ts";
import type { MessageAuthor, MessageContent } from "../model/message.ts";

/** What decides whether a message may go out at this moment, and in which form. */
export interface WindowState {
  /** Of the channel's kind; undefined: it has none. */
  readonly rules: ChannelRules | undefined;
  /** Unix milliseconds of the person's last message or press there; undefined: never. */
  readonly lastInboundAt: number | undefined;
  /** Unix milliseconds. */
  readonly now: number;
  readonly author?: MessageAuthor | undefined;
}

/** The message as it may go out, or why it may not, as a stable word. */
export type Fitted = { readonly content: MessageContent } | { readonly skipped: "window_closed" | "only_template" };

/**
 * Platforms with a messaging window (Messenger, Instagram, WhatsApp: 24 hours) let a bot write only for so long after the person was heard. Within it the message goes out as it is written;
 * after it, only its template. An agent's message is tried in any case: what people may do for longer depends on what the platform has granted, and its refusal is shown to them.
 */
export function fitToWindow(content: MessageContent, { rules, lastInboundAt, now, author }: WindowState): Fitted {
  const { template, ...written } = content;
  const hasContent =
    (content.text ?? "").trim() !== "" || content.attachments.length > 0 || content.location !== undefined;
  const knowsTemplates = rules?.templates === true;
  const isOpen = isWindowOpen({ rules, lastInboundAt, now });
  if (template !== undefined && knowsTemplates && !(isOpen && hasContent)) {
    // The conversation shows what stands beside the template, for nobody but the platform knows its words.
    return {
      content: {
        ...content,
        text: hasContent ? content.text : `[${template.name}]`,
        attachments: [],
        location: undefined,
      },
    };
  }
  if (!isOpen && author !== "agent") return { skipped: "window_closed" };
  return hasContent ? { content: written } : { skipped: "only_template" };
}

function isWindowOpen({ rules, lastInboundAt, now }: Omit<WindowState, "author">): boolean {
  if (rules?.windowMs === undefined) return true;
  return lastInboundAt !== undefined && now - lastInboundAt < rules.windowMs;
}
