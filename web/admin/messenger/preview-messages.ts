import type { StoredStep } from "../../../src/model/flow.ts";
import { type MessageContent, messageContentSchema } from "../../../src/model/message.ts";

interface Written {
  readonly messages?: readonly (Partial<MessageContent> & { readonly buttons?: readonly WrittenButton[] })[];
  readonly quickReplies?: readonly WrittenButton[];
  readonly text?: string;
  readonly attachments?: MessageContent["attachments"];
  readonly answer?: { readonly type?: string; readonly options?: readonly WrittenButton[] };
}

interface WrittenButton {
  readonly title?: string;
  readonly url?: string;
}

/** What a step with messages or a question says, half written as it may be; its templates stand as they are. */
export function previewMessages({ kind, config }: StoredStep): readonly MessageContent[] {
  const written = config as Written;
  const toReply = ({ title = "" }: WrittenButton) => ({ title, payload: "" });
  const toButton = ({ title = "", url }: WrittenButton) =>
    url === undefined ? { type: "press", title, payload: "" } : { type: "url", title, url };
  const parts =
    kind === "message"
      ? (written.messages ?? []).map((part, index, all) => ({
          ...part,
          buttons: (part.buttons ?? []).map(toButton),
          quickReplies: index === all.length - 1 ? (written.quickReplies ?? []).map(toReply) : [],
        }))
      : kind === "question"
        ? [
            {
              text: written.text,
              attachments: written.attachments,
              quickReplies: written.answer?.type === "choice" ? (written.answer.options ?? []).map(toReply) : [],
            },
          ]
        : [];
  return parts.flatMap((part) => {
    const parsed = messageContentSchema.safeParse(part);
    return parsed.success ? [parsed.data] : [];
  });
}
