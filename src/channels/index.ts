import type { ChannelCatalogue } from "../engine/channel-type.ts";
import { email } from "./email/email.channel.ts";
import { instagram } from "./instagram/instagram.channel.ts";
import { messenger } from "./messenger/messenger.channel.ts";
import { telegram } from "./telegram/telegram.channel.ts";
import { viber } from "./viber/viber.channel.ts";
import { vk } from "./vk/vk.channel.ts";
import { webchat } from "./webchat/webchat.channel.ts";
import { whatsapp } from "./whatsapp/whatsapp.channel.ts";

/** Every channel kind, by name. */
export const channelTypes = {
  email,
  instagram,
  messenger,
  telegram,
  viber,
  vk,
  webchat,
  whatsapp,
} as const satisfies ChannelCatalogue;

export type { WebchatSettings } from "./webchat/webchat.channel.ts";
