import type { ChannelPolicy } from "./channel-policy.ts";
import type { ChannelRules } from "./channel-rules.ts";
import type { Contact } from "./contact.ts";
import type { ClosingNote } from "./conversation.ts";
import type { FieldDefinition, FieldValue } from "./field.ts";
import type { EntryLink, PreparedFlow } from "./flow.ts";
import type { DealView, SalesPlan } from "./sales-plan.ts";
import type { SequenceDefinition } from "./sequence.ts";
import type { ShopView } from "./shop.ts";
import type { WebhookSubscription } from "./webhook.ts";

/** An integration that flows can name. */
export interface IntegrationOfWorkspace {
  readonly id: number;
  readonly ref: string;
  readonly kind: string;
  readonly name: string;
}

/** A bot as published: shared by all its contacts, replaced as a whole when something in it is changed. */
export interface BotSnapshot {
  readonly id: number;
  readonly ref: string;
  readonly name: string;
  readonly workspaceId: number;
  /** IANA name; stands in for contacts whose time zone is unknown. */
  readonly timeZone: string;
  /** Whoever of the team answers an unassigned conversation first gets it. Absent: so it is (the simulator, which has no team). */
  readonly assignsOnReply?: boolean | undefined;
  /** Published flows by `ref`. */
  readonly flows: ReadonlyMap<string, PreparedFlow>;
  /** Tags and labels that exist in the workspace, by name. */
  readonly tags: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
  /** Field definitions by key and by name (people's scripts use either). */
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  readonly variableDefinitions: ReadonlyMap<string, FieldDefinition>;
  /** By `ref`. */
  readonly sequences: ReadonlyMap<string, SequenceDefinition>;
  readonly entryLinks: ReadonlyMap<string, EntryLink>;
  /** Names of the workspace's members by id. */
  readonly members: ReadonlyMap<number, string>;
  /** Their ids by e-mail in small letters. */
  readonly memberEmails: ReadonlyMap<string, number>;
  /** What may be said at a conversation's close, by name. */
  readonly closingNotes: ReadonlyMap<string, ClosingNote>;
  /** The workspace's, by ref. */
  readonly salesPlans: ReadonlyMap<string, SalesPlan>;
  /** Active webhooks that hear of this bot. */
  readonly webhooks: readonly WebhookSubscription[];
  readonly integrations: readonly IntegrationOfWorkspace[];
  /** Kinds of the bot's channels by id. */
  readonly channels: ReadonlyMap<number, string>;
  /** By kind of channel. Absent: nothing is restricted (the simulator). */
  readonly channelRules?: ReadonlyMap<string, ChannelRules> | undefined;
  /** By channel. Absent: nothing was chosen (the simulator, whose words are the defaults). */
  readonly channelPolicies?: ReadonlyMap<number, ChannelPolicy> | undefined;
}

/** What `advance` decides over: the bot, its variables' values, and one contact. */
export interface World {
  readonly bot: BotSnapshot;
  readonly variables: Readonly<Record<string, FieldValue>>;
  readonly contact: Contact;
  /** The contact was made for this very event. */
  readonly isNew?: boolean;
  /** Who is to be merged into the contact, where the event says so. */
  readonly secondary?: Contact | undefined;
  /** What was read of the shop so far; absent: there is no shop (the simulator). */
  readonly shop?: ShopView | undefined;
  /** What was read of the contact's deals so far; absent: it has none, and more cannot be read (the simulator). */
  readonly deals?: DealView | undefined;
}
