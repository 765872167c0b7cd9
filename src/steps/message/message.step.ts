import { z } from "zod";
import { toSendable } from "../../engine/sendable.ts";
import { defineStep, type StepContext, type StepOutput } from "../../engine/step-type.ts";
import { actionCallSchema } from "../../model/action-call.ts";
import { refSchema } from "../../model/flow.ts";
import { mediaKinds, type OutgoingButton } from "../../model/message.ts";

const template = (longest: number) => z.string().max(longest);

const buttonSchema = z.object({
  id: refSchema,
  title: template(200).min(1),
  /** Opens this page instead of coming back. */
  url: template(2000).optional(),
  actions: z.array(actionCallSchema).max(20).default([]),
});

const configSchema = z.object({
  messages: z
    .array(
      z.object({
        /** For channels that have such a line: e-mail. */
        subject: template(500).optional(),
        /** What e-mail programs show beside the subject. */
        preheader: template(500).optional(),
        text: template(10_000).default(""),
        attachments: z
          .array(z.object({ kind: z.enum(mediaKinds), url: template(2000).min(1), name: template(200).optional() }))
          .max(10)
          .default([]),
        buttons: z.array(buttonSchema).max(20).default([]),
      }),
    )
    .min(1)
    .max(10),
  quickReplies: z
    .array(buttonSchema.omit({ url: true }))
    .max(13)
    .default([]),
});
type Config = z.output<typeof configSchema>;

export const message = defineStep({
  kind: "message",
  title: "Message",
  category: "message",
  description: "Sends one or several messages: text, media by URL, buttons, quick replies.",
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
    ...pressables(config).map(({ id, title }): StepOutput => ({ name: `button:${id}`, title })),
  ],
  problems(config) {
    const ids = [...config.messages.flatMap(({ buttons }) => buttons), ...config.quickReplies].map(({ id }) => id);
    return ids.length === new Set(ids).size ? [] : ["two buttons of the step have the same id"];
  },
  run(context) {
    const titles = sendAll(context);
    if (context.isConnected("next") || titles.length === 0) return { go: "next" };
    return { wait: "button", state: { titles } };
  },
  resume(context, signal) {
    if (signal.kind === "timeout" || signal.kind === "job_result") return { go: "next" };
    const id = signal.kind === "button" ? signal.button : findByTitle(context.state, signal.message.text ?? "");
    const button = pressables(context.config).find((candidate) => candidate.id === id);
    if (button === undefined) return { pass: true };
    context.runActions(button.actions);
    return { go: `button:${button.id}` };
  },
});

/** Buttons and quick replies that come back to the step. */
function pressables(
  config: Config,
): readonly { id: string; title: string; actions: Config["quickReplies"][number]["actions"] }[] {
  const buttons = config.messages.flatMap((part) => part.buttons.filter(({ url }) => url === undefined));
  return [...buttons, ...config.quickReplies];
}

/** Sends every part; returns ids and rendered titles of what can be pressed, in order, so that a typed title or number counts. */
function sendAll(context: StepContext<Config>): [string, string][] {
  const { messages, quickReplies } = context.config;
  const titles: [string, string][] = [];
  const press = ({ id, title }: { id: string; title: string }) => {
    const rendered = context.render(title);
    if (rendered.trim() !== "") titles.push([id, rendered]);
    return { title: rendered, payload: context.buttonPayload(id) };
  };
  messages.forEach((part, index) => {
    const isLast = index === messages.length - 1;
    const content = {
      ...(part.subject === undefined ? {} : { subject: context.render(part.subject).trim() }),
      ...(part.preheader === undefined ? {} : { preheader: context.render(part.preheader).trim() }),
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
            : { type: "url", title: context.render(button.title), url: context.render(button.url).trim() },
      ),
      quickReplies: isLast ? quickReplies.map(press) : [],
    };
    const sendable = toSendable(content, context);
    if (sendable !== undefined) context.send(sendable);
  });
  return titles;
}

function findByTitle(state: unknown, text: string): string | undefined {
  const { titles } = (state ?? {}) as { titles?: [string, string][] };
  const said = text.trim().toLowerCase();
  const byTitle = titles?.find(([, title]) => title.trim().toLowerCase() === said);
  const byNumber = /^\d{1,2}$/.test(said) ? titles?.[Number(said) - 1] : undefined;
  return (byTitle ?? byNumber)?.[0];
}
