import type { channelTypes } from "../../../../src/channels/index.ts";

/** What one is told of a kind of channel before it is connected and after. */
export interface ChannelKindWords {
  /** Where it is no name of somebody's, which is the same everywhere. */
  readonly title?: string;
  readonly about: string;
  /** What has to be at hand to connect it. */
  readonly needs: string;
  readonly steps: readonly string[];
  /** Once it is connected. */
  readonly next: readonly string[];
}

/** In the order in which they are offered. */
type EveryKind = Readonly<Record<keyof typeof channelTypes, ChannelKindWords>>;

export const channelKindWords = {
  channelKind: {
    telegram: {
      about: "A bot in Telegram: people write to it, and get what you send them.",
      needs: "a token from @BotFather in Telegram; takes two minutes.",
      steps: [
        "Open @BotFather in Telegram, send /newbot, and choose a name.",
        "Copy the token that it answers with, and put it below.",
      ],
      next: [
        "Open the chat in Telegram and press Start: what your flow says comes back.",
        "Give people the link below, or make an entry link of its own for each advertisement, so that you see who came by which.",
      ],
    },
    webchat: {
      title: "Web chat",
      about: "A chat window on your own site, and a page of its own to link to.",
      needs: "nothing, it works at once; for your site, one line of code.",
      steps: [
        "Nothing has to be set up elsewhere: connect it, and copy the code for your site.",
        "Title and colour can be changed at any time.",
      ],
      next: [
        "Open the chat and write to the bot, as a visitor would.",
        "Copy the code below, and have it put on the pages of your site.",
        "Without a site: give people the link to the chat.",
      ],
    },
    whatsapp: {
      about: "Your company's number in WhatsApp, by Meta's Cloud API.",
      needs: "an app and a business account at Meta, and a phone number that is not used in the WhatsApp app.",
      steps: [
        "At developers.facebook.com, make an app of the type Business and add WhatsApp to it. This server has to be reached at an https address.",
        "Copy the ids of the number and of the account from API Setup, and the app's secret from App settings, Basic.",
        "In the Business Manager, make a system user, give it the app and the account, and generate its token with both WhatsApp permissions.",
      ],
      next: [
        "Write to the number from your own WhatsApp: what your flow says comes back.",
        "Give people the link below. More than 24 hours after they wrote, WhatsApp takes only templates that it approved.",
      ],
    },
    instagram: {
      about: "Direct messages of your Instagram account.",
      needs: "a professional account, and an app at developers.facebook.com.",
      steps: [
        "In Instagram, switch to a professional account and allow access to messages (Settings, Messages and story replies).",
        "At developers.facebook.com, make an app and add Instagram to it. Generate the account's access token, and put it below with the secret of the Instagram app.",
        "Connect the channel, then set the webhook in the app: the channel's page shows the address and the verify token. Accounts that are linked with a page: docs/channels/instagram.md.",
      ],
      next: [
        "In the Instagram app at developers.facebook.com, set the webhook: its address and the verify token are below.",
        "Write to the account from another one: what your flow says comes back.",
      ],
    },
    messenger: {
      about: "Messages of your Facebook page.",
      needs: "a page that you manage, and an app at developers.facebook.com.",
      steps: [
        "At developers.facebook.com, make an app of the type Business and add Messenger to it. This server has to be reached at an https address.",
        "Connect your page there and generate its access token. Put it below, with the app's secret and id from App settings, Basic.",
        "With the app's id, the webhook address is set for you. Without it, set it by hand in the app once the channel is connected: its page shows the address and the verify token.",
      ],
      next: [
        "Write to your page from another account: what your flow says comes back.",
        "Give people the link below, or make an entry link of its own for each advertisement.",
      ],
    },
    vk: {
      about: "Messages of your VK community.",
      needs: "a community that you manage, with messages switched on, and its access token.",
      steps: [
        "In the community open Manage, Messages: switch messages on, and under Bot settings the bot's abilities.",
        "In Manage, API usage, make an access token with the rights to manage the community, to messages, photos and documents.",
        "Copy the token, and put it below.",
      ],
      next: [
        "Write to the community from your own account: what your flow says comes back.",
        "Give people the link below, or make an entry link of its own for each advertisement.",
      ],
    },
    viber: {
      about: "A bot in Viber.",
      needs: "a Viber bot, which Viber or a partner of theirs opens for a fee, and its token.",
      steps: [
        "Have Viber or a partner of theirs open a bot for your company.",
        "In Viber, open the bot's Edit info and copy Your app key. Put it below as the token.",
      ],
      next: [
        "Open the bot in Viber and write to it: what your flow says comes back.",
        "Give people the link below, or make an entry link of its own for each advertisement.",
      ],
    },
    email: {
      title: "E-mail",
      about: "Letters that flows, sequences and broadcasts send, and the answers to them.",
      needs: "an SMTP server with user and password, from your mail provider.",
      steps: [
        "Ask your mail provider for the name of its SMTP server, and a user and a password for it.",
        "Put them below with the address that mails shall come from.",
        "So that mails arrive, the address's domain needs SPF, DKIM and DMARC: docs/channels/email.md says how.",
      ],
      next: [
        "Send yourself a mail: make a contact with your own address, and start a flow for it on its page.",
        "So that answers reach the bot, name the mailbox that is read under Advanced settings.",
      ],
    },
  } satisfies EveryKind as EveryKind,
};
