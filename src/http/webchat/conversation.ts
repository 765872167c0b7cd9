import type { IncomingHttpHeaders } from "node:http";
import { channelTypes, type WebchatSettings } from "../../channels/index.ts";
import { renderForChannel } from "../../engine/render-content.ts";
import { AppError } from "../../model/app-error.ts";
import type { Happening } from "../../model/event.ts";
import type { MessageContent } from "../../model/message.ts";
import { createTrackedLinks, type TrackedLinks } from "../../shell/tracked-links.ts";
import { type ConversationMessage, findWebchat } from "../../store/webchat-store.ts";
import type { ChatMessage, SessionBody, Speaker, VisitorAct } from "../contract/webchat.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { readVisitorToken } from "./visitor-token.ts";
import type { VisitorWatch } from "./visitor-watch.ts";

/** A bot's web chat as its doors see it. */
export interface Webchat {
  readonly channelId: number;
  readonly botName: string;
  readonly settings: WebchatSettings;
}

/** Finds the web chat of a bot, and whether the page that asks may embed it. Throws `channel.not_found`, `webchat.forbidden_origin`. */
export async function openWebchat(
  { db, channels, publicUrl }: HttpDependencies,
  botRef: string,
  { origin, host }: IncomingHttpHeaders,
): Promise<Webchat> {
  const found = await findWebchat(db, botRef);
  const channel = found === undefined ? undefined : await channels.find(found.channelId);
  if (found === undefined || channel === undefined) {
    throw new AppError("channel.not_found", `the bot "${botRef}" has no web chat`);
  }
  // The channel is of the kind webchat: its settings were made by that kind's schema.
  const settings = channel.settings as WebchatSettings;
  const { allowedOrigins } = settings;
  // Our own pages, by whichever name the visitor knows this server.
  const own = [new URL(publicUrl).origin, `http://${host}`, `https://${host}`];
  if (origin !== undefined && allowedOrigins.length > 0 && ![...own, ...allowedOrigins].includes(origin)) {
    throw new AppError("webchat.forbidden_origin", `the web chat may not be embedded at ${origin}`);
  }
  return { ...found, settings };
}

/** Throws `webchat.bad_token`. */
export function requireVisitor({ secretKey }: HttpDependencies, { channelId }: Webchat, token: string): string {
  const visitor = readVisitorToken(secretKey, channelId, token);
  if (visitor === undefined) {
    throw new AppError("webchat.bad_token", "the visitor's token is not of this server; ask for a new session");
  }
  return visitor;
}

/**
 * Hands what a visitor did to the waist and resolves after the commit; what comes a second time under the same id is done once. Pages of the
 * visitor that are open hear of it at once, also where this made the contact. Tells whether the bot says nothing to it, so that no answer is on its way.
 * Throws `channel.not_found`, `Unavailable`.
 */
export async function submitAct(
  { submit, log }: HttpDependencies,
  { channelId, visitor, watch }: { readonly channelId: number; readonly visitor: string; readonly watch: VisitorWatch },
  act: VisitorAct,
): Promise<{ readonly isSilent?: true }> {
  const reply = await submit({
    target: { channelId, externalId: visitor },
    happening: toHappening(act),
    source: "channel",
    dedupeKey: `c${channelId}:w${visitor}:${act.id}`,
  });
  if (reply.status === "refused" && reply.code === "channel.not_found") {
    throw new AppError("channel.not_found", "the web chat was disconnected");
  }
  // What broke inside is kept as a failed event for those who run the bot; the visitor has been heard.
  if (reply.status === "refused") log.warn({ channelId, code: reply.code }, "what a visitor did was refused");
  watch.wake(channelId, visitor, reply.contactId);
  return reply.isSilent === true ? { isSilent: true } : {};
}

function toHappening(act: VisitorAct): Happening {
  if (act.kind === "text") return { kind: "message", message: { text: act.text, attachments: [] } };
  const { kind, payload } = act;
  if (kind === "button") return { kind, payload, title: act.title };
  return payload === undefined || payload === "" ? { kind } : { kind, payload };
}

/** Makes messages what the visitor's page gets: tracked buttons lead over this server, and of who answers it says as much as the chat's settings allow. */
export function createPresenter(
  { secretKey, publicUrl }: Pick<HttpDependencies, "secretKey" | "publicUrl">,
  webchat: Pick<Webchat, "botName" | "settings">,
): (message: ConversationMessage) => ChatMessage {
  const { track } = createTrackedLinks(secretKey, () => publicUrl);
  return (message) => {
    const shown = presentMessage(message, track);
    return message.direction === "in" ? shown : { ...shown, from: presentSpeaker(message, webchat) };
  };
}

function presentSpeaker(
  { author, writer }: ConversationMessage,
  { botName, settings }: Pick<Webchat, "botName" | "settings">,
): Speaker {
  if (author !== "agent") return { kind: "bot", name: botName };
  const name = nameForVisitors(writer ?? "", settings.agentNames);
  return { kind: "agent", ...(name === undefined ? {} : { name }) };
}

/** An account without a name of its own has its e-mail there, which is nobody's outside. */
function nameForVisitors(name: string, shown: WebchatSettings["agentNames"]): string | undefined {
  const whole = name.trim();
  if (shown === "team" || whole === "" || whole.includes("@")) return undefined;
  return shown === "full_name" ? whole : whole.split(/\s+/)[0];
}

function presentMessage(
  { id, direction, content, at, dedupeKey }: ConversationMessage,
  track: TrackedLinks["track"],
): ChatMessage {
  const tracked = direction === "out" ? track({ ...content, buttons: content.buttons ?? [] }, id) : content;
  const { text, attachments = [], buttons = [], quickReplies = [] } = fitToPage(tracked);
  const clientId = dedupeKey?.split(":").at(-1);
  return {
    id,
    direction,
    at,
    attachments,
    buttons,
    quickReplies,
    ...(text === undefined ? {} : { text }),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

/** What a page needs to draw the chat. */
export function presentSession({ botName, settings }: Webchat, token: string): SessionBody {
  const { title, accent, position } = settings;
  return { token, title: title === "" ? botName : title, accent, position };
}

/** The page draws neither maps nor buttons that ask a messenger for something: they are words there, by the rules of all channels. */
function fitToPage(content: MessageContent): MessageContent {
  const { location, quickReplies = [] } = content;
  if (location === undefined && quickReplies.every(({ request }) => request === undefined)) return content;
  const whole = { ...channelTypes.webchat.capabilities, textLength: Number.POSITIVE_INFINITY };
  return (
    renderForChannel(
      { ...content, attachments: content.attachments ?? [], buttons: content.buttons ?? [], quickReplies },
      whole,
    )[0] ?? content
  );
}
