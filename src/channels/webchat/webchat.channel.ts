import { z } from "zod";
import { policySettings } from "../../engine/channel-policy.ts";
import { defineChannel } from "../../engine/channel-type.ts";

const settingsSchema = z.object({
  title: z.string().max(80).default(""),
  /** Colour of the head, the button and the visitor's own messages. */
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, "a colour looks like #2563eb")
    .default("#2563eb")
    .meta({ format: "colour" }),
  position: z.enum(["right", "left"]).default("right"),
  /** What visitors are told of the member of the team who answers; `team`: nothing but that it is one. */
  agentNames: z.enum(["first_name", "full_name", "team"]).default("first_name"),
  /** Sites that may embed the widget, such as https://shop.example.com; none: any. */
  allowedOrigins: z
    .array(z.url({ protocol: /^https?$/ }).transform((url) => new URL(url).origin))
    .max(100)
    .default([]),
  ...policySettings(),
});
export type WebchatSettings = z.output<typeof settingsSchema>;

/** The chat on the user's own pages. A pull channel: a message is there once it is stored, and the open page fetches it. */
export const webchat = defineChannel<WebchatSettings>({
  kind: "webchat",
  title: "Web chat",
  capabilities: {
    pull: true,
    textLength: 20_000,
    buttons: 20,
    buttonTitleLength: 200,
    quickReplies: 20,
    media: ["image", "video", "audio", "voice", "file"],
    // No limit of the web's own: the one of requirements/002, so that a link is the same on every channel.
    entryPayload: { maxLength: 64, alphabet: "[A-Za-z0-9_-]" },
    rates: { bulkPerSecond: 10_000, perChatPerSecond: 100, chatBurst: 1_000 },
  },
  settings: settingsSchema,
  secrets: [],
  uncertainPolicy: "repeat",
  send: async ({ contactId }, _channel, ports) => {
    ports.announce(contactId);
    return { status: "sent" };
  },
  entryUrl: (_channel, payload, { publicUrl, botRef }) =>
    `${publicUrl}/chat/${encodeURIComponent(botRef)}${payload === undefined ? "" : `?start=${encodeURIComponent(payload)}`}`,
});
