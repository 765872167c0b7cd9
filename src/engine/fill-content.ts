import type { Location, MessageContent } from "../model/message.ts";
import { renderMessageTemplate } from "./render-message-template.ts";

/** Everything that people read or open is written for the contact; payloads and kinds stay. */
export function fillContent(content: MessageContent, render: (template: string) => string): MessageContent {
  const renderPart = <K extends string>(key: K, value: string | undefined) =>
    value === undefined ? {} : ({ [key]: render(value) } as Record<K, string>);
  const address = (template: string) => render(template).trim();
  return {
    ...content,
    ...renderPart("subject", content.subject),
    ...renderPart("preheader", content.preheader),
    ...renderPart("text", content.text),
    ...(content.template === undefined ? {} : { template: renderMessageTemplate(content.template, render) }),
    attachments: content.attachments.map((attachment) => ({
      ...attachment,
      ...(attachment.url === undefined ? {} : { url: address(attachment.url) }),
      ...renderPart("name", attachment.name),
    })),
    buttons: content.buttons.map((button) =>
      button.type === "url"
        ? { ...button, title: render(button.title), url: address(button.url) }
        : { ...button, title: render(button.title) },
    ),
    ...(content.location === undefined ? {} : { location: fillPlace(content.location, render) }),
    quickReplies: content.quickReplies.map((reply) => ({ ...reply, title: render(reply.title) })),
  };
}

function fillPlace({ title, address, ...point }: Location, render: (template: string) => string): Location {
  return {
    ...point,
    ...(title === undefined ? {} : { title: render(title) }),
    ...(address === undefined ? {} : { address: render(address) }),
  };
}
