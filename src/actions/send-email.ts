import { z } from "zod";
import { type ContactContext, defineAction, ok, refuse } from "../engine/action-type.ts";
import { findEmailAddress, findEmailChannel } from "../engine/email-address.ts";
import { toSendable } from "../engine/sendable.ts";
import { toStepPayload } from "../engine/walk.ts";
import { refSchema } from "../model/flow.ts";
import { type MessageContent, mediaKinds, type OutgoingButton } from "../model/message.ts";
import { say } from "../model/sentence.ts";

const template = (longest: number) => z.string().max(longest);

const buttonSchema = z.union([
  z.object({
    title: template(200).min(1),
    url: template(2000).min(1),
    /** It is counted who opens the page. */
    isTracked: z.boolean().optional(),
  }),
  z.object({ title: template(200).min(1), flow: refSchema, step: refSchema }),
]);

const argsSchema = z.object({
  subject: template(500).default(""),
  preheader: template(500).optional(),
  text: template(50_000).default(""),
  /** It is counted who opens the addresses in the text. */
  tracksLinks: z.boolean().optional(),
  /** A button opens a page, or goes on at a step of a flow. */
  buttons: z.array(buttonSchema).max(20).default([]),
  attachments: z
    .array(z.object({ kind: z.enum(mediaKinds), url: template(2000).min(1), name: template(200).optional() }))
    .max(10)
    .default([]),
  channelId: z.number().int().positive().optional(),
  /** A template; absent: the contact's own address. */
  email: z.string().min(1).max(500).optional(),
  createSubscriber: z.boolean().default(false),
});
type Args = z.output<typeof argsSchema>;

export const sendEmail = defineAction<Args>({
  name: "send_email",
  title: "Send an e-mail",
  group: "messages",
  description:
    "Sends subject, text, buttons and files (all templates) to the contact's e-mail address, whatever channel the contact is on. With `createSubscriber` the address is also linked with the contact on the e-mail channel.",
  args: argsSchema,
  example: {
    subject: "Your lesson",
    text: 'Hello, {{ contact.first_name | default: "friend" }}!',
    buttons: [{ title: "Open", url: "https://school.example/lesson" }],
    attachments: [],
    createSubscriber: false,
  },
  check(bot, { channelId, buttons }) {
    const channel = findEmailChannel(bot, channelId);
    if (typeof channel !== "number") return channel;
    for (const button of buttons) {
      if ("flow" in button && bot.flows.get(button.flow)?.steps.has(button.step) !== true) {
        const message = `the button "${button.title}" leads to a step that is not published`;
        return { code: "step.not_found", message };
      }
    }
    return undefined;
  },
  apply(context, args) {
    const channel = findEmailChannel(context.bot, args.channelId);
    if (typeof channel !== "number") return { ok: false, error: channel };
    const address = findEmailAddress(context, channel, args.email);
    if (typeof address !== "string") return { ok: false, error: address };
    const content = toSendable(renderContent(context, args), context);
    if (content === undefined) return refuse("message.empty", say`the message has neither text nor attachment`);
    if (args.createSubscriber) context.addIdentity(channel, address);
    if (context.send(content, { channelId: channel, recipient: address })) return ok({ email: address });
    if (context.contact.optedOutAt !== undefined) {
      return refuse("contact.opted_out", say`the contact wants no more messages`);
    }
    return refuse("message.not_sendable", say`the contact is banned, or its address takes no mail`);
  },
});

function renderContent(context: ContactContext, args: Args): MessageContent {
  const { subject, preheader, text, tracksLinks, buttons, attachments } = args;
  return {
    subject: context.render(subject).trim().slice(0, 500),
    ...(preheader === undefined ? {} : { preheader: context.render(preheader).trim().slice(0, 500) }),
    text: context.render(text),
    ...(tracksLinks === true ? { tracksLinks } : {}),
    attachments: attachments.map(({ kind, url, name }) => ({
      kind,
      url: context.render(url).trim(),
      ...(name === undefined ? {} : { name: context.render(name) }),
    })),
    buttons: buttons.map((button): OutgoingButton => {
      const title = context.render(button.title);
      return "url" in button
        ? {
            type: "url",
            title,
            url: context.render(button.url).trim(),
            ...(button.isTracked === true ? { isTracked: true } : {}),
          }
        : { type: "press", title, payload: toStepPayload(button.flow, button.step) };
    }),
    quickReplies: [],
  };
}
