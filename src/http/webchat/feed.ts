import type { Live } from "../../shell/live.ts";
import type { Database } from "../../store/database.ts";
import {
  type ConversationMessage,
  findVisitorContact,
  listConversation,
  listConversationEnd,
} from "../../store/webchat-store.ts";
import type { Standing } from "../contract/webchat.ts";
import type { VisitorWatch } from "./visitor-watch.ts";

export interface FeedOptions {
  readonly db: Database;
  readonly live: Live;
  readonly watch: VisitorWatch;
  readonly channelId: number;
  readonly visitor: string;
  /** The last message the page has; 0: none, and it gets the end of the conversation. */
  readonly after: number;
  /** Hands messages on, in order, each once. The next ones are read when it resolves: a page that reads slowly waits in the database. */
  readonly push: (messages: readonly ConversationMessage[], standing: Standing) => Promise<void> | void;
  /** Everything there was has been pushed; called once. */
  readonly onCaughtUp: (standing: Standing) => void;
  readonly onError: (error: unknown) => void;
}

const pageSize = 100;
/** News can be lost (another process's connection breaks); every page is looked after at least this often, half of it earlier. */
const floorMs = 10_000;
/** Of a visitor without a contact another process has no way to tell; a page that is open stays one for moments only. */
const unknownFloorMs = 2_000;

/** Follows a visitor's conversation until the returned function is called. */
export function startFeed(options: FeedOptions): () => void {
  const { db, live, watch, channelId, visitor, push, onCaughtUp, onError } = options;
  let { after } = options;
  let contactId: number | undefined;
  let unlisten: (() => void) | undefined;
  let hasEarlier = false;
  let isCaughtUp = false;
  let isLooking = false;
  let again = false;
  let stopped = false;
  let floor: ReturnType<typeof setTimeout> | undefined;

  function followContact(id: number): void {
    unlisten?.();
    contactId = id;
    unlisten = live.listen(id, look);
  }

  async function read(): Promise<void> {
    if (contactId === undefined) await findContact();
    const hasNews = await pushNews();
    // Nothing new: the visitor may have become part of another contact, where the news are.
    if (!hasNews && contactId !== undefined && (await findContact())) await pushNews();
    if (isCaughtUp || stopped) return;
    isCaughtUp = true;
    onCaughtUp(standing());
  }

  /** Whether the visitor is somebody else than was known. */
  async function findContact(): Promise<boolean> {
    if (stopped) return false;
    const found = await findVisitorContact(db, channelId, visitor);
    if (stopped || found === undefined || found === contactId) return false;
    // Listening begins before reading: what is stored in between is heard of.
    followContact(found);
    return true;
  }

  async function pushNews(): Promise<boolean> {
    let hasNews = false;
    for (let messages = await nextPage(); messages.length > 0; messages = await nextPage()) {
      if (stopped) break;
      hasNews = true;
      after = messages.at(-1)?.id ?? after;
      await push(messages, standing());
    }
    return hasNews;
  }

  async function nextPage(): Promise<readonly ConversationMessage[]> {
    if (contactId === undefined || stopped) return [];
    if (after > 0) return await listConversation(db, { contactId, channelId, after, limit: pageSize });
    const end = await listConversationEnd(db, { contactId, channelId, limit: pageSize });
    hasEarlier = end.hasEarlier;
    return end.messages;
  }

  const standing = (): Standing => ({ isKnown: contactId !== undefined, hasEarlier });

  /** One look at a time; what is heard meanwhile makes it look once more. */
  function look(): void {
    if (stopped) return;
    if (isLooking) {
      again = true;
      return;
    }
    isLooking = true;
    clearTimeout(floor);
    read()
      .catch(onError)
      .finally(() => {
        isLooking = false;
        if (again) {
          again = false;
          look();
        } else if (!stopped) lookLater();
      });
  }

  function lookLater(): void {
    const longest = contactId === undefined ? unknownFloorMs : floorMs;
    floor = setTimeout(look, longest * (0.5 + Math.random() / 2));
  }

  const unwatch = watch.watch(channelId, visitor, (id) => {
    if (id !== undefined && id !== contactId) followContact(id);
    look();
  });
  look();
  return () => {
    stopped = true;
    clearTimeout(floor);
    unwatch();
    unlisten?.();
  };
}
