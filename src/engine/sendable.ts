import type { MessageContent } from "../model/message.ts";
import type { ContactContext } from "./action-type.ts";

/**
 * What of a rendered message can be sent. A template may come out empty: a file without an address, a button without a title or a page is left
 * out, since a platform refuses the whole message for it; each is recorded on the context. Undefined: neither text nor file nor place is left, nor is there a template.
 */
export function toSendable(
  content: MessageContent,
  context: Pick<ContactContext, "error">,
): MessageContent | undefined {
  const keep = (isGood: boolean, what: string) => {
    if (!isGood) context.error("message.incomplete", `${what}; it was left out of the message`);
    return isGood;
  };
  const attachments = content.attachments.filter(({ url, fileId }) =>
    keep((url ?? fileId ?? "") !== "", "a file's address came out empty"),
  );
  const buttons = content.buttons.filter(
    (button) =>
      keep(button.title.trim() !== "", "a button's title came out empty") &&
      keep(button.type !== "url" || button.url !== "", `the page of the button "${button.title}" came out empty`),
  );
  const quickReplies = content.quickReplies.filter(({ title }) =>
    keep(title.trim() !== "", "a quick reply's title came out empty"),
  );
  if (
    (content.text ?? "").trim() !== "" ||
    attachments.length > 0 ||
    content.template !== undefined ||
    content.location
  ) {
    return { ...content, attachments, buttons, quickReplies };
  }
  context.error("message.empty", "a message came out empty and was not sent");
  return undefined;
}
