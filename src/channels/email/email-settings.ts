import { z } from "zod";
import { policySettings } from "../../engine/channel-policy.ts";
import type { ConnectedChannel } from "../../engine/channel-type.ts";
import { parseEmail } from "../../engine/values.ts";

const host = z.string().regex(/^[A-Za-z0-9._:-]{1,253}$/, "a server's name is like smtp.example.com");
const port = z.number().int().min(1).max(65_535);
/** `implicit`: TLS from the first byte (465); `starttls`: asked for and required (587); `none`: for a server on the same machine. */
const tls = z.enum(["implicit", "starttls", "none"]);
const oneLine = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[^\r\n]*$/, "has to be one line");
/** Addresses are compared without regard to case: everything after this has them small. */
const address = z.string().transform((text, context) => {
  const parsed = normaliseAddress(text);
  if (parsed === undefined) context.addIssue({ code: "custom", message: "has to be an e-mail address" });
  return parsed ?? z.NEVER;
});

export const settingsSchema = z.object({
  host,
  port: port.default(587),
  tls: tls.default("starttls"),
  user: oneLine(320).default(""),
  password: oneLine(1000).default(""),
  fromAddress: address,
  fromName: oneLine(200).default(""),
  /** Where answers go; empty: to the sender's address. */
  replyTo: z.union([z.literal(""), address]).default(""),
  /** Said below every message (who writes, postal address). */
  footer: z.string().max(1000).default(""),
  unsubscribeTitle: oneLine(100).default("Unsubscribe"),
  /** Certificate of an authority of one's own, PEM; empty: the public ones. */
  authority: z.string().max(20_000).default(""),
  /** What a mail from somebody unknown does. */
  unknownSenders: z.enum(["create", "ignore"]).default("create"),
  /** Proves that a call of the inbound webhook is genuine; made when the channel is connected. */
  webhookSecret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,256}$/)
    .default(""),
  /** Signs the links in messages; made when the channel is connected. */
  linkSecret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,256}$/)
    .default(""),
  /** Where links in messages lead, without a trailing slash; read when the channel is connected. */
  linkBase: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]).default(""),
  /** Files of a message go along up to so many MB together; what is beyond stays a link. 0: all are links. */
  attachUpTo: z.number().min(0).max(25).default(10),
  /** Pictures too go along, instead of being loaded when the mail is opened. */
  attachImages: z.boolean().default(false),
  /** The server whose mailbox is read; empty: none is. */
  imapHost: z.union([z.literal(""), host]).default(""),
  imapPort: port.default(993),
  imapTls: tls.default("implicit"),
  /** Empty: user and password are those of sending. */
  imapUser: oneLine(320).default(""),
  imapPassword: oneLine(1000).default(""),
  imapFolder: oneLine(200).min(1).default("INBOX"),
  /** Where mails go that were read; empty: they stay, marked as seen. */
  imapMoveTo: oneLine(200).default(""),
  /** Mails that came before this day are left alone; made when the channel is connected, so that nobody hears of a mail of last year. */
  imapSince: z.union([z.literal(""), z.iso.date()]).default(""),
  bulkPerSecond: z.number().positive().max(1000).default(5),
  perChatPerSecond: z.number().positive().max(100).default(1),
  chatBurst: z.number().int().positive().max(1000).default(5),
  uncertainPolicy: z.enum(["repeat", "ask"]).default("repeat"),
  ...policySettings(),
});

export type EmailSettings = z.output<typeof settingsSchema>;
export type EmailChannel = ConnectedChannel<EmailSettings>;

/** The keys of the settings that nobody may read again. */
export const secretKeys = ["password", "webhookSecret", "linkSecret", "imapPassword"] as const;

/** The address in small letters, as identities have it. Undefined: not one. */
export function normaliseAddress(text: string): string | undefined {
  return parseEmail(text)?.toLowerCase();
}

/** A text in which none of the channel's secrets stands any more: servers repeat what they were told. */
export function withoutSecrets(text: string, settings: EmailSettings): string {
  let clean = text;
  for (const key of secretKeys) {
    const secret = settings[key];
    if (secret === "") continue;
    const forms = [
      secret,
      Buffer.from(secret).toString("base64"),
      ...[settings.user, settings.imapUser].map((user) => Buffer.from(`\0${user}\0${secret}`).toString("base64")),
    ];
    for (const form of forms) clean = clean.replaceAll(form, "…");
  }
  return clean.replaceAll(/\s+/g, " ").slice(0, 500);
}
