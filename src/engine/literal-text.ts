import type { Attachment, MessageContent } from "../model/message.ts";

/**
 * Text that a template renders as it stands. Actions take templates; what a caller gives as a value (a name, a field) is no template,
 * and `{{` in it is two braces.
 */
export function toLiteral(text: string): string {
  return text.replace(/\{([{%])/g, '{{ "{$1" }}');
}

/** The same for files' addresses and names. */
export function toLiteralFiles<File extends Pick<Attachment, "url" | "name">>(files: readonly File[]): File[] {
  return files.map((file) => ({
    ...file,
    ...(file.url === undefined ? {} : { url: toLiteral(file.url) }),
    ...(file.name === undefined ? {} : { name: toLiteral(file.name) }),
  }));
}

/** The same for everything of a message beside its text: what another system sent is shown as it is. */
export function toLiteralParts(content: MessageContent): MessageContent {
  return {
    ...content,
    ...(content.subject === undefined ? {} : { subject: toLiteral(content.subject) }),
    ...(content.preheader === undefined ? {} : { preheader: toLiteral(content.preheader) }),
    attachments: toLiteralFiles(content.attachments),
    buttons: content.buttons.map((button) =>
      button.type === "url"
        ? { ...button, title: toLiteral(button.title), url: toLiteral(button.url) }
        : { ...button, title: toLiteral(button.title) },
    ),
    quickReplies: content.quickReplies.map((reply) => ({ ...reply, title: toLiteral(reply.title) })),
  };
}
