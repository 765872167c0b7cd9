import type { StoredStep } from "../../../src/model/flow.ts";
import {
  locationSchema,
  type MessageContent,
  messageContentSchema,
  type RequestKind,
} from "../../../src/model/message.ts";

interface Written {
  readonly messages?: readonly (Partial<MessageContent> & { readonly buttons?: readonly WrittenButton[] })[];
  readonly quickReplies?: readonly WrittenButton[];
  readonly keyboard?: MessageContent["keyboard"];
  readonly text?: string;
  readonly attachments?: MessageContent["attachments"];
  readonly answer?: { readonly type?: string; readonly options?: readonly WrittenButton[] };
}

/** A place whose numbers are templates cannot be shown before they are filled in. */
function toPlace(location: unknown): MessageContent["location"] {
  const { latitude, longitude, ...words } = (location ?? {}) as Record<string, unknown>;
  return locationSchema.safeParse({ ...words, latitude: Number(latitude), longitude: Number(longitude) }).data;
}

interface WrittenButton {
  readonly title?: string;
  readonly url?: string;
  readonly request?: RequestKind;
}

/** What a step with messages or a question says, half written as it may be; its templates stand as they are. */
export function previewMessages({ kind, config }: StoredStep): readonly MessageContent[] {
  const written = config as Written;
  const toReply = ({ title = "", request }: WrittenButton) => ({ title, payload: "", request });
  const toButton = ({ title = "", url }: WrittenButton) =>
    url === undefined ? { type: "press", title, payload: "" } : { type: "url", title, url };
  const parts =
    kind === "message"
      ? (written.messages ?? []).map((part, index, all) => ({
          ...part,
          location: toPlace(part.location),
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
