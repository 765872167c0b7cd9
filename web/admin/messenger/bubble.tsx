import { IconFile, IconMicrophone, IconMusic, IconVideo } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Attachment, MessageContent } from "../../../src/model/message.ts";
import { Place } from "./place.tsx";
import "./messenger.css";

export interface Pressable {
  readonly title: string;
  readonly payload: string;
}

/** A message of the bot as a messenger draws it. Without `onPress` it is only looked at. */
export function Bubble({
  content,
  draw = (text) => text,
  onPress,
}: {
  readonly content: MessageContent;
  /** How its texts are drawn, where they are no plain ones yet. */
  readonly draw?: (text: string) => ReactNode;
  readonly onPress?: ((button: Pressable) => void) | undefined;
}) {
  const { text = "", subject, attachments, buttons, quickReplies, location } = content;
  return (
    <div className="messenger-message">
      {text === "" && attachments.length === 0 && subject === undefined && location === undefined ? null : (
        <div className="messenger-bubble">
          {subject === undefined ? null : (
            <strong>
              {draw(subject)}
              {"\n"}
            </strong>
          )}
          {attachments.map((attachment, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same file may be there twice, and none moves.
            <Media key={index} attachment={attachment} />
          ))}
          {draw(text)}
          {location === undefined ? null : <Place location={location} />}
        </div>
      )}
      {buttons.map((button, index) =>
        button.type === "url" ? (
          <a
            // biome-ignore lint/suspicious/noArrayIndexKey: two may be alike, and none moves.
            key={index}
            className="messenger-button"
            href={/^https?:\/\//.test(button.url) ? button.url : undefined}
            target="_blank"
            rel="noreferrer"
          >
            {draw(button.title)} ↗
          </a>
        ) : (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: two may be alike, and none moves.
            key={index}
            type="button"
            className="messenger-button"
            disabled={onPress === undefined}
            onClick={() => onPress?.(button)}
          >
            {draw(button.title)}
          </button>
        ),
      )}
      {quickReplies.map((reply, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: two may be alike, and none moves.
          key={index}
          type="button"
          className="messenger-quick"
          disabled={onPress === undefined}
          onClick={() => onPress?.(reply)}
        >
          {draw(reply.title)}
        </button>
      ))}
    </div>
  );
}

const icons = { video: IconVideo, audio: IconMusic, voice: IconMicrophone, file: IconFile } as const;

function Media({ attachment: { kind, url = "", name } }: { readonly attachment: Attachment }) {
  if (kind === "image" && /^https?:\/\//.test(url)) return <img className="messenger-media" src={url} alt="" />;
  const Icon = kind === "image" ? IconFile : icons[kind];
  return (
    <div>
      <Icon size={16} aria-hidden /> {name ?? url}
    </div>
  );
}
