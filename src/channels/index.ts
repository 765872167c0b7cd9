import type { ChannelCatalogue } from "../engine/channel-type.ts";
import { email } from "./email/email.channel.ts";
import { telegram } from "./telegram/telegram.channel.ts";
import { viber } from "./viber/viber.channel.ts";
import { vk } from "./vk/vk.channel.ts";
import { webchat } from "./webchat/webchat.channel.ts";

/** Every channel kind, by name. */
export const channelTypes = { email, telegram, viber, vk, webchat } as const satisfies ChannelCatalogue;

export type { WebchatSettings } from "./webchat/webchat.channel.ts";
