import { z } from "zod";
import { renderMessageTemplate } from "../../engine/render-message-template.ts";
import { toSendable } from "../../engine/sendable.ts";
import { defineStep, type StepContext, type StepOutput } from "../../engine/step-type.ts";
import { parsePhone } from "../../engine/values.ts";
import { actionCallSchema } from "../../model/action-call.ts";
import type { InboundMessage } from "../../model/event.ts";
import { refSchema } from "../../model/flow.ts";
import {
  keyboardKinds,
  type Location,
  locationSchema,
  type MessageContent,
  mediaKinds,
  messageTemplateSchema,
  type OutgoingButton,
  requestKinds,
} from "../../model/message.ts";
import { say } from "../../model/sentence.ts";

const template = (longest: number) => z.string().max(longest);

/** A part that some kinds of channels have (`ChannelCapabilities.ownParts`): forms show it where the bot has such a channel. */
const ownPart = { isOwnPart: true };

const buttonSchema = z.object({
  id: refSchema,
  title: template(200).min(1),
  url: template(2000)
    .optional()
    .describe("The button opens this page; absent: it comes back, by an output of its own."),
  /** It is counted who opens the page. */
  isTracked: z.boolean().optional(),
  actions: z.array(actionCallSchema).max(20).default([]),
});

const configSchema = z.object({
  messages: z
    .array(
      z.object({
        /** For channels that have such a line: e-mail. */
        subject: template(500).optional().meta(ownPart),
        /** What e-mail programs show beside the subject. */
        preheader: template(500).optional().meta(ownPart),
        text: template(10_000).default(""),
        /** It is counted who opens the addresses in the text, where the channel can: e-mail. */
        tracksLinks: z.boolean().optional().meta(ownPart),
        attachments: z
          .array(z.object({ kind: z.enum(mediaKinds), url: template(2000).min(1), name: template(200).optional() }))
          .max(10)
          .default([]),
        buttons: z.array(buttonSchema).max(20).default([]),
        /** A point on the map; the numbers are templates too. */
        location: z
          .object({
            latitude: template(100).min(1),
            longitude: template(100).min(1),
            title: template(200).optional(),
            address: template(500).optional(),
          })
          .optional(),
        /** For channels that have such: goes out instead where the messaging window is closed, or nothing else is written. */
        template: messageTemplateSchema.optional(),
      }),
    )
    .min(1)
    .max(10),
  quickReplies: z
    .array(
      buttonSchema.omit({ url: true, isTracked: true }).extend({
        /** Asks the person's messenger for their own phone number, or for where they are. */
        request: z.enum(requestKinds).optional(),
      }),
    )
    .max(13)
    .default([]),
  /** Where the quick replies stand, on channels that have the choice (Telegram). */
  keyboard: z.enum(keyboardKinds).optional(),
  /** A press that leads here changes the message under which the button stands, where the channel can (Telegram), instead of sending another. */
  edit: z.boolean().optional(),
});
type Config = z.output<typeof configSchema>;

export const message = defineStep({
  kind: "message",
  title: "Message",
  category: "message",
  description: "Sends a text, pictures, files, buttons.",
  config: configSchema,
  example: {
    messages: [
      {
        text: 'Hello, {{ contact.first_name | default: "friend" }}!',
        attachments: [],
        buttons: [{ id: "go", title: "Go on", actions: [] }],
      },
    ],
    quickReplies: [],
  },
  outputs: (config) => [
    { name: "next", title: "Next" },
    ...pressables(config).map(
      ({ id, title, actions }): StepOutput => ({ name: `button:${id}`, title, isAwaited: actions.length === 0 }),
    ),
    { name: "not_allowed", title: "Too late to write" },
  ],
  problems(config) {
    const ids = [...config.messages.flatMap(({ buttons }) => buttons), ...config.quickReplies].map(({ id }) => id);
    return ids.length === new Set(ids).size ? [] : [say`two buttons of the step have the same id`];
  },
  warnings({ messages }) {
    const isEmpty = (part: Config["messages"][number]) =>
      part.text.trim() === "" &&
      part.attachments.length === 0 &&
      part.location === undefined &&
      part.template === undefined;
    return messages.some(isEmpty) ? [say`the message is empty: nothing is sent`] : [];
  },
  run(context) {
    const { titles, contents } = prepare(context);
    const isClosed = contents.length > 0 && contents.every((content) => context.isWindowClosed(content));
    if (isClosed && context.isConnected("not_allowed")) return { go: "not_allowed" };
    for (const content of contents) context.send(content);
    if (context.isConnected("next") || titles.length === 0) return { go: "next" };
    return { wait: "button", state: { titles } };
  },
  resume(context, signal) {
    if (signal.kind === "timeout" || signal.kind === "job_result") return { go: "next" };
    const id =
      signal.kind === "button"
        ? signal.button
        : (findByRequest(context.config, signal.message) ?? findByTitle(context.state, signal.message.text ?? ""));
    const button = pressables(context.config).find((candidate) => candidate.id === id);
    if (button === undefined) return { pass: true };
    context.runActions(button.actions);
    return { go: `button:${button.id}` };
  },
});

/** The quick reply that asked for what came: what the messenger vouches for, or a place or phone that was written where it cannot be asked. */
function findByRequest({ quickReplies }: Config, { location, sharedPhone, text = "" }: InboundMessage) {
  const asked = (request: "phone" | "location") => quickReplies.find((reply) => reply.request === request)?.id;
  if (location !== undefined) return asked("location");
  const isPhone = sharedPhone !== undefined || parsePhone(text.trim()) !== undefined;
  return isPhone ? asked("phone") : undefined;
}

/** Buttons and quick replies that come back to the step. */
function pressables(
  config: Config,
): readonly { id: string; title: string; actions: Config["quickReplies"][number]["actions"] }[] {
  const buttons = config.messages.flatMap((part) => part.buttons.filter(({ url }) => url === undefined));
  return [...buttons, ...config.quickReplies];
}

/** Every part as it is to be sent; and ids and rendered titles of what can be pressed, in order, so that a typed title or number counts. */
function prepare(context: StepContext<Config>): { titles: [string, string][]; contents: MessageContent[] } {
  const { messages, quickReplies, keyboard, edit } = context.config;
  const pressed = edit === true ? context.pressedMessage : undefined;
  const contents: MessageContent[] = [];
  const titles: [string, string][] = [];
  const press = ({ id, title }: { id: string; title: string }) => {
    const rendered = context.render(title);
    if (rendered.trim() !== "") titles.push([id, rendered]);
    return { title: rendered, payload: context.buttonPayload(id) };
  };
  messages.forEach((part, index) => {
    const isLast = index === messages.length - 1;
    const place = part.location === undefined ? undefined : findPlace(context, part.location);
    const content = {
      ...(place === undefined ? {} : { location: place }),
      ...(index > 0 || pressed === undefined ? {} : { replaces: pressed }),
      ...(isLast && keyboard !== undefined ? { keyboard } : {}),
      ...forMail(context, part),
      text: context.render(part.text),
      attachments: part.attachments.map(({ kind, url, name }) => ({
        kind,
        url: context.render(url).trim(),
        ...(name === undefined ? {} : { name: context.render(name) }),
      })),
      buttons: part.buttons.map(
        (button): OutgoingButton =>
          button.url === undefined
            ? { type: "press", ...press(button) }
            : {
                type: "url",
                title: context.render(button.title),
                url: context.render(button.url).trim(),
                ...(button.isTracked === true ? { isTracked: true } : {}),
              },
      ),
      quickReplies: isLast
        ? quickReplies.map((reply) =>
            reply.request === undefined
              ? press(reply)
              : {
                  title: context.render(reply.title),
                  payload: context.buttonPayload(reply.id),
                  request: reply.request,
                },
          )
        : [],
      ...(part.template === undefined
        ? {}
        : { template: renderMessageTemplate(part.template, (text) => context.render(text)) }),
    };
    const sendable = toSendable(content, context);
    if (sendable !== undefined) contents.push(sendable);
  });
  return { titles, contents };
}

function forMail(
  context: StepContext<Config>,
  { subject, preheader, tracksLinks }: Config["messages"][number],
): Pick<MessageContent, "subject" | "preheader" | "tracksLinks"> {
  return {
    ...(subject === undefined ? {} : { subject: context.render(subject).trim() }),
    ...(preheader === undefined ? {} : { preheader: context.render(preheader).trim() }),
    ...(tracksLinks === true ? { tracksLinks } : {}),
  };
}

/** Undefined: the numbers came out as no place, which is recorded. */
function findPlace(
  context: StepContext<Config>,
  { latitude, longitude, title, address }: NonNullable<Config["messages"][number]["location"]>,
): Location | undefined {
  const degrees = (template: string) => Number(context.render(template).trim().replace(",", ".") || Number.NaN);
  const words = (key: "title" | "address", template: string | undefined) =>
    template === undefined ? {} : { [key]: context.render(template).trim() };
  const place = { latitude: degrees(latitude), longitude: degrees(longitude) };
  const parsed = locationSchema.safeParse({ ...place, ...words("title", title), ...words("address", address) });
  if (!parsed.success)
    context.error(
      "message.incomplete",
      "a place's latitude and longitude came out as none; it was left out of the message",
    );
  return parsed.data;
}

function findByTitle(state: unknown, text: string): string | undefined {
  const { titles } = (state ?? {}) as { titles?: [string, string][] };
  const said = text.trim().toLowerCase();
  const byTitle = titles?.find(([, title]) => title.trim().toLowerCase() === said);
  const byNumber = /^\d{1,2}$/.test(said) ? titles?.[Number(said) - 1] : undefined;
  return (byTitle ?? byNumber)?.[0];
}
