import type { MessageTemplate } from "../model/message.ts";

/** What is filled into an approved template, rendered: its texts are Liquid templates themselves. */
export function renderMessageTemplate(template: MessageTemplate, render: (text: string) => string): MessageTemplate {
  const { header, body, urls } = template;
  return {
    ...template,
    ...(header === undefined ? {} : { header: { ...header, value: render(header.value).trim() } }),
    body: body.map((text) => render(text).trim()),
    urls: urls.map(({ index, value }) => ({ index, value: render(value).trim() })),
  };
}
