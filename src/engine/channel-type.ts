import type { z } from "zod";
import type { ChannelRules } from "../model/channel-rules.ts";
import type { Profile } from "../model/contact.ts";
import type { Happening } from "../model/event.ts";
import type { Json } from "../model/field.ts";
import type { MediaKind, MessageAuthor, MessageContent, RequestKind } from "../model/message.ts";
import type { OutboundHttp } from "./outbound.ts";
import type { CallPlatform } from "./platform-call.ts";

/** What a channel can do, as data: the engine, the renderer and the editor read it; nobody asks "is this Telegram?". */
export interface ChannelCapabilities extends ChannelRules {
  /** The platform calls this server, and there is no other way to hear of messages: it has to be reached at a public https address. */
  readonly needsPublicAddress?: true;
  /** The person's own page fetches the messages: they are sent once they are stored, and `send` is not called. */
  readonly pull?: true;
  /** What the platform tells of a message that has left; absent: nothing. */
  readonly receipts?: readonly ("delivered" | "read")[];
  /** Longest text of one message, in UTF-16 units; longer text is split. */
  readonly textLength: number;
  /** Buttons under one message; 0: buttons become numbered text. */
  readonly buttons: number;
  readonly buttonTitleLength: number;
  readonly quickReplies: number;
  readonly media: readonly MediaKind[];
  /** A place can be sent as such: with its title and address (`places`), or its point alone (`points`), so that the words stand in the text. Absent: a link to a map. */
  readonly locations?: "places" | "points";
  /** Parts of a message that other channels leave out. */
  readonly ownParts?: readonly ("subject" | "preheader" | "tracksLinks")[];
  /** What quick replies may ask the messenger for. */
  readonly requests?: readonly RequestKind[];
  /** Those of them whose key has the platform's own words: what the reply is called is not shown. */
  readonly ownWords?: readonly RequestKind[];
  /** Longest payload of an entry link and its alphabet (a regular expression for one character); absent: no entry links. */
  readonly entryPayload?: { readonly maxLength: number; readonly alphabet: string };
  /** Default rates, changeable per channel: bulk messages a second, and messages a second to one chat in the long run. */
  readonly rates: { readonly bulkPerSecond: number; readonly perChatPerSecond: number; readonly chatBurst: number };
}

/** An event as a channel reports it, before anybody knows which contact it is. */
export interface InboundEvent {
  /** The platform's id of the event, the same when it is delivered again; unique within the channel. */
  readonly externalId: string;
  /** The platform's id of the person. */
  readonly from: string;
  readonly happening: Happening;
  /** Unix milliseconds by the platform's clock, where it says. */
  readonly at?: number | undefined;
  readonly profile?: Profile | undefined;
  readonly username?: string | undefined;
  /** The contact that a message of ours went to, where what came says so: whoever is not on the channel yet is that contact. */
  readonly contactId?: number | undefined;
  /** Somebody whom the channel does not know is nobody: the event is left out instead of making a contact. */
  readonly onlyKnown?: true | undefined;
  /**
   * The answer to the call can say something to the person, who may not be written to yet: how many of the messages that follow from the event it can hold, from the first on.
   * They are stored as sent, and handed to `answerWith`.
   */
  readonly countInAnswer?: ((contents: readonly MessageContent[]) => number) | undefined;
}

/** What somebody who follows a signed link in one of our messages is to do there, and who they are. */
export type OpenedLink =
  | {
      readonly kind: "press";
      readonly recipient: string;
      readonly contactId: number;
      readonly payload: string;
      readonly title: string;
    }
  | { readonly kind: "unsubscribe"; readonly recipient: string; readonly contactId: number };

/** A webhook call, as far as a channel may see it. */
export interface WebhookRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** The raw body: signatures are over bytes. */
  readonly body: Buffer;
}

/**
 * What `receive` makes of a webhook call. `response` is answered after the commit (empty 200 where absent); `acknowledge` is then handed to the function of that name, for a platform that wants
 * to be called back.
 */
export type WebhookResult =
  | {
      readonly ok: true;
      readonly events: readonly InboundEvent[];
      readonly response?: { readonly body: unknown };
      readonly acknowledge?: Json;
    }
  | { readonly ok: false; readonly status: 400 | 401 | 403 | 404; readonly code: string; readonly message: string };

/** How a send ended; decided by what the platform should do next. */
export type SendResult =
  /** `externalId`: the platform's message id; `knownAs`: what the platform itself calls the person, who will answer under that id. */
  | { readonly status: "sent"; readonly externalId?: string | undefined; readonly knownAs?: string | undefined }
  /**
   * A passing fault; try again (after `afterMs`, where the platform says). `maybeSent`: the message left and no answer came, so that it may
   * have gone out; the channel's policy for uncertain sends applies.
   */
  | {
      readonly status: "retry-later";
      readonly message: string;
      readonly afterMs?: number | undefined;
      readonly maybeSent?: true;
    }
  /** Too fast: pause this chat, and the bot where the platform means it. */
  | {
      readonly status: "rate-limited";
      readonly message: string;
      readonly afterMs: number;
      readonly scope: "chat" | "channel";
    }
  /** The person blocked or left: the identity is marked, nothing is retried. */
  | { readonly status: "recipient-gone"; readonly message: string }
  /** The content is refused; trying again cannot help. */
  | { readonly status: "rejected"; readonly message: string }
  /** The platform lets nobody write to the person at this moment: they have to write first. The message fails; the person is still there. */
  | { readonly status: "window-closed"; readonly message: string }
  /** The channel's own credentials are refused: the connection is broken. */
  | { readonly status: "unauthorized"; readonly message: string };

/** One message to one person. */
export interface SendRequest {
  readonly messageId: number;
  readonly contactId: number;
  readonly recipient: string;
  readonly content: MessageContent;
  /** Absent: the bot. */
  readonly author?: MessageAuthor | undefined;
  /** Absent: `live`. */
  readonly lane?: "live" | "bulk" | undefined;
  /** Platform calls of this message that went out in an earlier attempt; a repetition starts after them. */
  readonly partsSent?: number | undefined;
  /** Reports that so many calls of this message have gone out by now. */
  onPartSent?(count: number): Promise<void>;
}

/** A connected channel: its row with settings parsed and secrets opened. */
export interface ConnectedChannel<Settings> {
  readonly id: number;
  readonly botId: number;
  readonly settings: Settings;
}

/** Looks a name up and refuses what is not public, unless whoever runs the server allows it. Throws what is wrong, in words. */
export type FindAddresses = (host: string) => Promise<readonly string[]>;

/** A file behind an address that a user gave. */
export interface FetchedFile {
  readonly bytes: Uint8Array;
  /** As the server says, without having looked at the file; empty: it says nothing. */
  readonly mimeType: string;
}

/** Fetches a file of at most `maxBytes`. Undefined: it cannot be had (gone, too large, not a public address). What was just fetched may come from memory. Never rejects. */
export type FetchFile = (url: string, limits: { readonly maxBytes: number }) => Promise<FetchedFile | undefined>;

/** Ports that channel code may use; tests pass others. */
export interface ChannelPorts {
  /** Calls of the platform's own API. */
  readonly callPlatform: CallPlatform;
  /** Tells live listeners (open web chats) that a contact has something new. */
  readonly announce: (contactId: number) => void;
  /** For protocols other than HTTP: the checked addresses of a server that a user named. What was checked is what to connect to. */
  readonly findAddresses: FindAddresses;
  /** For files of messages that go along instead of being linked. */
  readonly fetchFile: FetchFile;
  /** For addresses that users gave: files in messages. */
  readonly outbound: OutboundHttp;
  readonly log: { warn(data: object, message: string): void; info(data: object, message: string): void };
}

/** What the platform says of a connection. `webhookUrl`: where it sends what happens, where it tells that. */
export interface ChannelHealth {
  readonly ok: boolean;
  readonly message: string;
  readonly webhookUrl?: string | undefined;
}

/** Where a connected channel's own receiver (long polling) hands what it got. Resolves after the commit. */
export type DeliverInbound = (events: readonly InboundEvent[]) => Promise<void>;

/** What `connect` needs besides the channel. */
export interface ConnectContext {
  /** Where the platform reaches the channel; undefined: nowhere. */
  readonly webhookUrl: string | undefined;
  /** Stores settings at once, for a platform that calls back before it has answered. */
  readonly keep?: ((settings: Readonly<Record<string, Json>>) => Promise<void>) | undefined;
}

/** A message that the platform approved beforehand, as an author chooses it. */
export interface PlatformTemplate {
  readonly name: string;
  readonly language: string;
  /** In the platform's words, small: only what is `approved` goes out. */
  readonly status: string;
  readonly category: string;
  readonly text: string;
  /** What stands above the text: `text`, `image`, `video`, `document`, `location`; absent: nothing. */
  readonly header?: string;
  /** How many variables the text has. */
  readonly variables: number;
  readonly buttons: readonly { readonly kind: string; readonly title: string; readonly hasVariable: boolean }[];
}

/** A channel kind: one folder, one registry line. */
export interface ChannelType<Settings = unknown> {
  readonly kind: string;
  readonly title: string;
  readonly capabilities: ChannelCapabilities;
  /** Settings as stored; `secrets` names the keys that are encrypted at rest, masked in every answer, never logged. */
  readonly settings: z.ZodType<Settings>;
  readonly secrets: readonly string[];
  /** What to do with a send whose answer a crash cut off, unless the channel's settings say otherwise. */
  readonly uncertainPolicy: "repeat" | "ask";
  /** Checks and parses a webhook call; pure but for the signature check. Absent: the channel has no webhooks. */
  receive?(request: WebhookRequest, channel: ConnectedChannel<Settings>): WebhookResult | Promise<WebhookResult>;
  /** Tells the platform that what it sent is dealt with (ends the waiting of a button). After the commit; nobody waits for it, and a failure loses nothing. */
  acknowledge?(what: Json, channel: ConnectedChannel<Settings>, ports: ChannelPorts): Promise<void>;
  /** The body of an answer that says this to the person; the same when the call comes again. For events with `countInAnswer`. */
  answerWith?(contents: readonly MessageContent[], channel: ConnectedChannel<Settings>): unknown;
  send(request: SendRequest, channel: ConnectedChannel<Settings>, ports: ChannelPorts): Promise<SendResult>;
  /** Registers with the platform (sets the webhook); returns what to store into the settings. Throws `ChannelConnectError`. */
  connect?(
    channel: ConnectedChannel<Settings>,
    context: ConnectContext,
    ports: ChannelPorts,
  ): Promise<Readonly<Record<string, Json>>>;
  disconnect?(channel: ConnectedChannel<Settings>, ports: ChannelPorts): Promise<void>;
  /** A receiver that runs beside the server (long polling); absent or undefined: none for these settings. Runs until aborted. */
  poll?(
    channel: ConnectedChannel<Settings>,
    deliver: DeliverInbound,
    ports: ChannelPorts,
    signal: AbortSignal,
  ): Promise<void> | undefined;
  health?(channel: ConnectedChannel<Settings>, ports: ChannelPorts): Promise<ChannelHealth>;
  /** What the platform tells of a person when asked; undefined: nothing. Rejects where it cannot be asked at the moment. For channels whose rules say so. */
  lookUpProfile?(
    person: string,
    channel: ConnectedChannel<Settings>,
    ports: ChannelPorts,
  ): Promise<Profile | undefined>;
  /** The messages that the platform approved beforehand. Throws `ChannelConnectError`. Absent: it knows none. */
  templates?(channel: ConnectedChannel<Settings>, ports: ChannelPorts): Promise<readonly PlatformTemplate[]>;
  /** Reads what stands behind `/e/` in a link of our own making. Undefined: it is none of this channel's. */
  openLink?(token: string, channel: ConnectedChannel<Settings>): OpenedLink | undefined;
  /** The link that opens the bot, with this payload where there is one; undefined where the settings lack what it needs. `publicUrl` without a trailing slash. */
  entryUrl?(
    channel: ConnectedChannel<Settings>,
    payload: string | undefined,
    context: { readonly publicUrl: string; readonly botRef: string },
  ): string | undefined;
}

export function defineChannel<Settings>(channel: ChannelType<Settings>): ChannelType<Settings> {
  return channel;
}

/** A channel kind whose settings' type is forgotten: only its own schema can make what its functions take. */
export interface AnyChannel extends Omit<ChannelType<never>, "settings"> {
  readonly settings: z.ZodType;
}

export type ChannelCatalogue = Readonly<Record<string, AnyChannel>>;

/** A platform refused the connection; `message` is for the person who is connecting it. */
export class ChannelConnectError extends Error {
  override readonly name = "ChannelConnectError";
}
