import type { settingsPlaces } from "../../layout/menu.ts";

type Found = Readonly<Record<(typeof settingsPlaces)[number]["word"], string>>;

/** What stands in each page of the settings, besides its name: by these words too it is found. Phrases, separated by commas; the one that fits is shown. */
const words = {
  "menu.channels":
    "bots, messengers, Telegram, WhatsApp, Viber, VK, Instagram, Facebook Messenger, e-mail and SMTP, web chat for the site, embed code, bot token, widget colour, names of the team in the chat",
  "menu.integrations": "GetCourse, amoCRM, Kommo, CRM, SMTP, connect another system",
  "menu.actionLinks": "GetCourse, links that set a tag, secret key",
  "menu.webhooks": "tell other systems, Make, Zapier, deliveries, send again, signature",
  "menu.inboundWebhooks": "forms of the site, Tilda, address where other systems tell the bot",
  "menu.tokens": "API access, access key, access for programs, UChat, BotHelp, ChatBot.com",
  "nav.tags": "marks on contacts, segments",
  "menu.labels": "colours in the inbox, marks for the team",
  "menu.fields": "data of contacts, custom fields, UTM, date of birth",
  "menu.variables": "values of the bot, the same for all contacts, prices, dates",
  "menu.secrets": "passwords of other systems, keys of other systems, tokens for requests",
  "menu.customEvents": "events of contacts, counting, what happened",
  "nav.members": "members, agents, invite, roles and rights, sign out everywhere",
  "nav.account":
    "password, my e-mail, change e-mail address, passkeys, second factor, two-step sign-in, recovery codes, devices, my name, delete my account",
  "inbox.saved": "templates for answers, snippets, shortcuts",
  "menu.closingNotes": "why a conversation was closed, results of conversations",
  "menu.workspace":
    "name, time zone, domain, PUBLIC_URL, address of the server, second factor for everybody, who gets a conversation, delete the workspace",
  "menu.auditLog": "who changed what, history of changes, security",
  "menu.log": "calls of other systems, requests and answers, API calls, errors of integrations",
  "menu.failures": "errors, messages that were not sent, jobs that failed, try again",
  "menu.system": "version, server, database, backup, queues, how long data is kept, doctor",
} satisfies Found as Found;

export const settingsSearchWords = {
  settingsSearch: {
    label: "Search settings",
    placeholder: "token, password…",
    none: "No setting fits. Try another word.",
    words,
  },
};
