import { type Sentence, say } from "../model/sentence.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { ContactContext } from "./action-type.ts";
import { parseEmail } from "./values.ts";

/** The kind of channels that take e-mail addresses for identities. */
const emailKind = "email";

type Problem = { readonly code: string } & Sentence;

/** The bot's e-mail channel of that id, or its first one. */
export function findEmailChannel(bot: BotSnapshot, channelId: number | undefined): number | Problem {
  if (channelId !== undefined && bot.channels.get(channelId) === emailKind) return channelId;
  const first = [...bot.channels].filter(([, kind]) => kind === emailKind).map(([id]) => id)[0];
  if (channelId === undefined && first !== undefined) return first;
  const sentence =
    channelId === undefined
      ? say`the bot has no e-mail channel; connect one first`
      : say`the bot has no e-mail channel with the id ${{ channelId }}`;
  return { code: "channel.not_found", ...sentence };
}

/** Where a contact gets e-mail: the address given (a template), else the one that it has on the channel, else that of its profile; in small letters. */
export function findEmailAddress(
  context: Pick<ContactContext, "contact" | "render">,
  channelId: number,
  template: string | undefined,
): string | Problem {
  const { contact } = context;
  const raw =
    template === undefined
      ? (contact.identities.find((identity) => identity.channelId === channelId && identity.status === "active")
          ?.externalId ?? contact.profile.email)
      : context.render(template);
  const address = raw === undefined || raw.trim() === "" ? undefined : parseEmail(raw);
  if (address !== undefined) return address.toLowerCase();
  const sentence =
    raw === undefined || raw.trim() === ""
      ? say`the contact has no e-mail address`
      : say`"${{ raw: raw.slice(0, 100) }}" is no e-mail address`;
  return { code: "contact.no_email", ...sentence };
}
